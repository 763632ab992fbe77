use jiff::SignedDuration;
use kernel::{Currency, Money, OrderId};
use orders_api::Move;
use payments_api::MoneyMove;
use serde_json::{Value, json};
use testkit::{Call, Goes, Pays, StandIn};

use super::house::{House, inr};

fn cancelled() -> Move {
    Move::Cancelled { reason: "the store is closed".into() }
}

#[tokio::test]
async fn paid_captured_and_the_fee_known() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.captured(order).await;
    assert_eq!(started.component.public_key.as_ref(), Some(&house.razorpay.key_id));
    house.send_all().await;
    house.quiet().await;
    assert_eq!(
        house.told().await,
        [
            MoneyMove::Authorised { amount: inr(90_000) },
            MoneyMove::Captured { amount: inr(90_000) }
        ]
    );
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.fees), (1, 2_124));
    assert_eq!(house.count("select fee from payments.payment").await, book.fees);
}

/// The answer of each write is lost at Razorpay: what was done is found, and done once.
#[tokio::test]
async fn unknown_answers_have_one_effect() {
    for goes in [Goes::WrongAfter, Goes::WrongBefore] {
        let house = House::open().await;
        let order = OrderId::new();
        house.razorpay.fault(Call::Create, goes, 1);
        house.start(order, inr(90_000)).await.refused(503, "provider-unavailable");
        let started = house.started(order).await;
        assert_eq!(house.razorpay.names(), std::slice::from_ref(&started.provider_payment));
        let brought = house.razorpay.pay(&started.provider_payment, Pays::AfterChallenge).await;
        house.come_back(&started, brought).await.ok::<Value>();
        house.razorpay.fault(Call::Capture, goes, 1);
        house.tell(order, Move::Packed).await;
        house.quiet().await;
        house.razorpay.fault(Call::Refund, goes, 1);
        house.tell(order, cancelled()).await;
        house.quiet().await;
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.captures, book.refunds, book.refunded), (1, 1, 90_000), "{goes:?}");
        assert_eq!(house.told().await.len(), 3);
    }
}

/// Even after Razorpay has forgotten the key.
#[tokio::test]
async fn a_refund_is_looked_for_before_it_is_sent_again() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.captured(order).await;
    house.razorpay.hold_refunds(true);
    house.razorpay.fault(Call::Refund, Goes::WrongAfter, 1);
    house.tell(order, cancelled()).await;
    house
        .bench
        .later("sent", || async { (house.razorpay.asked(Call::Refund) == 1).then_some(()) })
        .await;
    house.razorpay.forget_keys();
    house.bench.advance(60);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    house.razorpay.finish_refunds(true);
    house.quiet().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.refunds, book.refunded), (1, 90_000));
    assert_eq!(house.razorpay.asked(Call::Refund), 1);
}

#[tokio::test]
async fn an_attempt_that_failed_brings_money_late_for_a_live_order() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.started(order).await;
    let brought = house.razorpay.pay(&started.provider_payment, Pays::Late).await;
    house.come_back(&started, brought).await.ok::<Value>();
    let told = house.told().await;
    assert!(
        matches!(&told[..], [MoneyMove::Declined { code, .. }] if code == "insufficient_funds")
    );
    house.razorpay.agree_late(&started.provider_payment);
    house.send_all().await;
    house.tell(order, Move::Packed).await;
    house.quiet().await;
    assert_eq!(house.razorpay.book(&started.provider_payment).captured, 90_000);
    assert_eq!(house.told().await.len(), 3);
}

/// Nobody wants it any more: it cannot be freed, so it is taken and given back, once.
#[tokio::test]
async fn late_money_for_a_dead_order_goes_back_once() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.started(order).await;
    let brought = house.razorpay.pay(&started.provider_payment, Pays::Late).await;
    house.come_back(&started, brought).await.ok::<Value>();
    house.tell(order, cancelled()).await;
    house.quiet().await;
    house.bench.clock.advance(SignedDuration::from_hours(70));
    house.razorpay.agree_late(&started.provider_payment);
    for _ in 0..3 {
        house.send_all().await;
        house.quiet().await;
    }
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.refunds, book.captured - book.refunded), (1, 1, 0));
}

/// Nobody tells of it: it is found all the same, and within minutes, however long the order is dead.
#[tokio::test]
async fn late_money_for_a_dead_order_goes_back_within_minutes_though_nobody_tells() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.started(order).await;
    let brought = house.razorpay.pay(&started.provider_payment, Pays::Late).await;
    house.come_back(&started, brought).await.ok::<Value>();
    house.tell(order, cancelled()).await;
    house.quiet().await;
    let looked = || house.razorpay.asked(Call::Retrieve);
    let before = looked();
    house.bench.clock.advance(SignedDuration::from_hours(30));
    house.bench.eventually("it is looked at", || async { (looked() > before).then_some(()) }).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    house.razorpay.agree_late(&started.provider_payment);
    house.bench.advance(301);
    let book = || house.razorpay.book(&started.provider_payment);
    let back = || async { (book().refunded == 90_000).then_some(()) };
    house.bench.eventually("it goes back", back).await;
    house.quiet().await;
    assert_eq!((book().captures, book().refunds), (1, 1));
}

/// Nobody waits for it any more: what comes all the same goes back.
#[tokio::test]
async fn money_that_comes_after_it_was_given_up_goes_back_once() {
    for captured in [false, true] {
        let house = House::open().await;
        let order = OrderId::new();
        let started = house.started(order).await;
        let brought = house.razorpay.pay(&started.provider_payment, Pays::Late).await;
        house.come_back(&started, brought).await.ok::<Value>();
        house.tell(order, cancelled()).await;
        house.quiet().await;
        house.bench.clock.advance(SignedDuration::from_hours(6 * 24));
        let given_up = "select count(*) from payments.payment where state = 'cancelled'";
        let over = || async { (house.count(given_up).await == 1).then_some(()) };
        house.bench.later("it is given up", over).await;
        house.razorpay.agree_late(&started.provider_payment);
        if captured {
            house.razorpay.capture_by_hand(&house.razorpay.payments(&started.provider_payment)[0]);
        }
        for _ in 0..3 {
            house.send_all().await;
            house.quiet().await;
        }
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.captures, book.refunds, book.captured - book.refunded), (1, 1, 0));
    }
}

/// Money beyond the order's own goes back once, whatever is repeated and whichever answer is lost;
/// people are told, and the payment's own money stays as it is.
#[tokio::test]
async fn a_second_success_of_one_order_goes_back_once() {
    let faults = [
        None,
        Some((Call::Capture, Goes::WrongAfter)),
        Some((Call::Capture, Goes::WrongBefore)),
        Some((Call::Refund, Goes::WrongAfter)),
        Some((Call::Refund, Goes::WrongBefore)),
    ];
    for fault in faults {
        let house = House::open().await;
        let order = OrderId::new();
        let started = house.started(order).await;
        house.razorpay.pay(&started.provider_payment, Pays::Late).await;
        house.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
        house.tell(order, Move::Packed).await;
        house.send_all().await;
        house.quiet().await;
        house.razorpay.agree_late(&started.provider_payment);
        if let Some((call, goes)) = fault {
            house.razorpay.fault(call, goes, 1);
        }
        for _ in 0..3 {
            house.send_all().await;
            house.come_back(&started, json!({})).await.ok::<Value>();
            house.quiet().await;
        }
        let strays = "select count(*) from payments.mismatch where what like 'stray %'";
        assert_eq!(house.count(strays).await, 1);
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.captures, book.captured), (2, 180_000), "{fault:?}");
        assert_eq!((book.refunds, book.refunded), (1, 90_000), "{fault:?}");
        let ours = "select captured - refunded from payments.payment";
        assert_eq!(house.count(ours).await, 90_000);
        let writes = "select count(*) from payments.operation where kind = 'give_back'";
        assert_eq!(house.count(writes).await, 1);
        // Its own money can still go back, and only that.
        house.tell(order, cancelled()).await;
        house.quiet().await;
        house.send_all().await;
        house.quiet().await;
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.captures, book.refunds, book.refunded), (2, 2, 180_000), "{fault:?}");
    }
}

/// What was set aside lapses; the order has ended by that, and what is paid afterwards goes back.
#[tokio::test]
async fn what_is_paid_again_after_a_lapse_goes_back_once() {
    let house = House::open().await;
    let started = house.paid(OrderId::new()).await;
    house.bench.clock.advance(SignedDuration::from_hours(4 * 24));
    house.razorpay.lapse();
    house
        .bench
        .later("it has ended", || async {
            (house.show(&started).await["state"] == "cancelled").then_some(())
        })
        .await;
    house.razorpay.pay(&started.provider_payment, Pays::AfterChallenge).await;
    for _ in 0..3 {
        house.send_all().await;
        house.quiet().await;
    }
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.refunds, book.captured - book.refunded), (1, 1, 0));
    assert_eq!(house.show(&started).await["state"], "cancelled");
    let told = house.told().await;
    assert!(matches!(&told[..], [MoneyMove::Authorised { .. }, MoneyMove::CaptureFailed { .. }]));
}

/// Razorpay takes all or nothing.
#[tokio::test]
async fn less_is_packed_than_was_ordered_so_the_rest_goes_back() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.paid(order).await;
    house.tell_total(order, Move::Packed, inr(70_000)).await;
    house.quiet().await;
    for _ in 0..2 {
        house.send_all().await;
        house.tell_total(order, Move::Packed, inr(70_000)).await;
        house.quiet().await;
    }
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.captured), (1, 90_000));
    assert_eq!((book.refunds, book.refunded), (1, 20_000));
    house.tell(order, cancelled()).await;
    house.quiet().await;
    assert_eq!(house.razorpay.book(&started.provider_payment).refunded, 90_000);
}

#[tokio::test]
async fn refunds_by_hand_and_disputes_are_kept() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.captured(order).await;
    house.razorpay.refund_by_hand(&started.provider_payment, inr(10_000));
    house.razorpay.refund_by_hand(&started.provider_payment, inr(20_000));
    let won = house.razorpay.dispute(&started.provider_payment, inr(30_000));
    let lost = house.razorpay.dispute(&started.provider_payment, inr(5_000));
    house.send_all().await;
    house.quiet().await;
    house.razorpay.decide(&won, true);
    house.razorpay.decide(&lost, false);
    house.send_all().await;
    house.quiet().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.refunded, book.disputed), (30_000, 5_000));
    assert_eq!(house.count("select refunded from payments.payment").await, book.refunded);
    assert_eq!(house.count("select disputed from payments.payment").await, book.disputed);
    let ended = "select count(*) from payments.dispute where state in ('won', 'lost')";
    assert_eq!(house.count(ended).await, 2);
    assert_eq!(house.told().await.len(), 8);
}

#[tokio::test]
async fn three_decimals_only_with_a_last_zero() {
    let house = House::open().await;
    let dinar = |amount| Money::new(amount, Currency::KWD);
    house.start(OrderId::new(), dinar(99_991)).await.refused(422, "provider-refused");
    let started: payments_api::Started = house.start(OrderId::new(), dinar(99_990)).await.ok();
    let brought = house.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
    let shown: Value = house.come_back(&started, brought).await.ok();
    assert_eq!(shown["state"], "authorised");
}

#[tokio::test]
async fn the_customer_leaves_and_comes_again() {
    let house = House::open().await;
    let started = house.started(OrderId::new()).await;
    for how in [Pays::AbandoningChallenge, Pays::FailingChallenge] {
        let brought = house.razorpay.pay(&started.provider_payment, how).await;
        assert_eq!(brought, json!({}));
        let shown: Value = house.come_back(&started, brought).await.ok();
        assert_eq!(shown["state"], "open");
    }
    let brought = house.razorpay.pay(&started.provider_payment, Pays::AfterChallenge).await;
    let shown: Value = house.come_back(&started, brought).await.ok();
    assert_eq!(shown["state"], "authorised");
}
