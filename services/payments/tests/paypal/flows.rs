//! From the customer's agreement to the last cent, whatever goes wrong on the way.

use jiff::SignedDuration;
use kernel::OrderId;
use orders_api::Move;
use payments_api::{MoneyMove, Started};
use serde_json::{Value, json};
use testkit::{Call, Goes, Pays, StandIn};

use super::till::Till;
use crate::shop::usd;

fn authorised() -> MoneyMove {
    MoneyMove::Authorised { amount: usd(2599) }
}

fn captured(amount: i64) -> MoneyMove {
    MoneyMove::Captured { amount: usd(amount) }
}

fn cancelled() -> Move {
    Move::Cancelled { reason: "the store is closed".into() }
}

fn code(told: &MoneyMove) -> &str {
    match told {
        MoneyMove::Declined { code, .. } => code,
        _ => "",
    }
}

#[tokio::test]
async fn the_order_says_whose_it_is_and_where_the_payer_goes() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.start(order).await;
    let shown = till.paypal.show(&started.provider_payment);
    let unit = &shown["purchase_units"][0];
    assert_eq!(shown["intent"], "AUTHORIZE");
    assert_eq!(unit["reference_id"], order.to_string());
    assert_eq!(unit["custom_id"], started.payment.to_string());
    assert_eq!(unit["amount"], json!({"currency_code": "USD", "value": "25.99"}));
    assert!(started.pay_url.starts_with(till.paypal.base_url()), "{}", started.pay_url);
    assert_eq!(till.start(order).await, started);
}

#[tokio::test]
async fn a_challenge_that_is_passed_authorises_once() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.pay(&started, Pays::AfterChallenge).await;
    till.send_all().await;
    till.reached(&started, "authorised").await;
    till.send_all().await;
    till.quiet().await;
    assert_eq!(till.told().await, [authorised()]);
    assert_eq!(till.paypal.asked(Call::Authorise), 1);
}

#[tokio::test]
async fn a_challenge_that_is_failed_or_left_brings_no_money_and_may_be_tried_again() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.pay(&started, Pays::FailingChallenge).await;
    till.send_all().await;
    till.bench.advance(60);
    till.quiet().await;
    let told = till.told().await;
    assert_eq!(told.iter().map(code).collect::<Vec<_>>(), ["not_authenticated"], "told once");
    till.pay(&started, Pays::AbandoningChallenge).await;
    assert_eq!(till.show(&started).await["state"], "open");
    assert_eq!(till.paypal.asked(Call::Authorise), 0, "the loss would be ours");
    for unproved in [["Y", "U", "UNKNOWN"], ["Y", "C", "UNKNOWN"], ["U", "", "UNKNOWN"]] {
        till.paypal.pay_by_card(&started.provider_payment, unproved);
        till.come_back(&started, &json!({})).await.ok::<Value>();
    }
    assert_eq!(till.paypal.asked(Call::Authorise), 0);
    till.pay(&started, Pays::AfterChallenge).await;
    till.reached(&started, "authorised").await;
    assert_eq!(till.told().await.last(), Some(&authorised()));
}

#[tokio::test]
async fn a_card_that_takes_no_part_in_challenges_is_taken() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.paypal.pay_by_card(&started.provider_payment, ["N", "", "NO"]);
    till.come_back(&started, &json!({})).await.ok::<Value>();
    till.reached(&started, "authorised").await;
}

#[tokio::test]
async fn a_decline_is_told_once_and_another_way_may_be_tried() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.pay(&started, Pays::Declined).await;
    till.bench.later("declined", || async { (!till.told().await.is_empty()).then_some(()) }).await;
    till.send_all().await;
    till.bench.advance(60);
    till.quiet().await;
    assert_eq!(till.told().await.iter().map(code).collect::<Vec<_>>(), ["other"]);
    till.pay(&started, Pays::Plainly).await;
    till.reached(&started, "authorised").await;
    assert_eq!(till.told().await[1..], [authorised()]);
    assert_eq!(till.book(&started).authorisations, 1);
}

#[tokio::test]
async fn a_bank_that_looks_at_it_first_is_waited_for() {
    let till = Till::open().await;
    let started = till.start(OrderId::new()).await;
    till.pay(&started, Pays::Late).await;
    till.bench
        .later("asked", || async { (till.paypal.asked(Call::Authorise) == 1).then_some(()) })
        .await;
    for _ in 0..20 {
        till.bench.advance(40);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(till.show(&started).await["state"], "open");
    till.paypal.agree_late(&started.provider_payment);
    till.reached(&started, "authorised").await;
    assert_eq!(till.paypal.asked(Call::Authorise), 1);
}

#[tokio::test]
async fn a_bank_that_says_no_after_all_is_not_asked_for_ever() {
    for lost in [false, true] {
        let till = Till::open().await;
        let started = till.start(OrderId::new()).await;
        if lost {
            till.paypal.fault(Call::Authorise, Goes::WrongAfter, 1);
        }
        till.pay(&started, Pays::Late).await;
        let asked = || async { (till.paypal.asked(Call::Authorise) == 1).then_some(()) };
        till.bench.later("asked", asked).await;
        till.paypal.deny(&started.provider_payment);
        let over = || async {
            till.bench.advance(40);
            let open = "select count(*) from payments.operation where ended_at is null";
            (till.count(open).await == 0 && !till.told().await.is_empty()).then_some(())
        };
        till.bench.later("it is over", over).await;
        assert_eq!(till.told().await.iter().map(code).collect::<Vec<_>>(), ["insufficient_funds"]);
        assert_eq!(till.paypal.asked(Call::Authorise), 1);
        assert_eq!(till.show(&started).await["state"], "open");
    }
}

#[tokio::test]
async fn less_is_taken_than_was_set_aside_and_goes_back_in_parts() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.captured(order, 2000).await;
    for (key, amount) in [("one", 500), ("two", 250), ("three", 1)] {
        till.refund(&started, key, amount).await.ok::<Value>();
    }
    till.send_all().await;
    till.quiet().await;
    till.refund(&started, "four", 1250).await.refused(409, "too-much");
    till.paypal.refund_by_hand(&started.provider_payment, usd(100));
    till.send_all().await;
    till.quiet().await;
    let view = till.show(&started).await;
    assert_eq!(view["captured"]["amount"], 2000);
    assert_eq!(view["refunded"]["amount"], 851);
    let book = till.book(&started);
    assert_eq!((book.captures, book.captured, book.refunds, book.refunded), (1, 2000, 4, 851));
    let fee = till.count("select fee from payments.payment").await;
    assert_eq!(fee, book.fees);
    assert_eq!(till.told().await[..2], [authorised(), captured(2000)]);
}

#[tokio::test]
async fn a_cancelled_order_frees_what_is_set_aside() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.paid(order).await;
    till.tell(order, cancelled(), 2599).await;
    till.reached(&started, "cancelled").await;
    till.quiet().await;
    assert_eq!(till.told().await, [authorised(), MoneyMove::Voided]);
    assert_eq!((till.book(&started).captures, till.paypal.asked(Call::Cancel)), (0, 1));
}

#[tokio::test]
async fn what_a_payer_agrees_to_after_the_end_is_never_asked_for() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.start(order).await;
    till.tell(order, cancelled(), 2599).await;
    let known = "select count(*) from payments.payment where wanted = 'cancel'";
    till.bench.later("known", || async { (till.count(known).await == 1).then_some(()) }).await;
    till.paypal.pay(&started.provider_payment, Pays::Plainly).await;
    till.send_all().await;
    till.quiet().await;
    assert_eq!((till.book(&started).authorisations, till.told().await), (0, vec![]));
}

#[tokio::test]
async fn disputes_are_won_and_lost() {
    for won in [true, false] {
        let till = Till::open().await;
        let started = till.captured(OrderId::new(), 2599).await;
        let dispute = till.paypal.dispute(&started.provider_payment, usd(1000));
        till.send_all().await;
        till.quiet().await;
        till.paypal.decide(&dispute, won);
        till.send_all().await;
        till.quiet().await;
        let ended = MoneyMove::DisputeEnded { amount: usd(1000), won };
        let disputed = MoneyMove::Disputed { amount: usd(1000) };
        assert_eq!(till.told().await[2..], [disputed, ended]);
        let ours = till.count("select disputed from payments.payment").await;
        assert_eq!(ours, till.book(&started).disputed);
    }
}

/// Every write, and whichever way it goes wrong: it is done once.
#[tokio::test]
async fn what_came_of_a_write_is_found_out_and_it_is_done_once() {
    for goes in [Goes::WrongBefore, Goes::WrongAfter, Goes::Slowly(1_300)] {
        let till = Till::open().await;
        let order = OrderId::new();
        till.paypal.fault(Call::Create, goes, 1);
        till.try_start(order, 2599).await.refused(503, "provider-unavailable");
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        let started = till.start(order).await;
        assert_eq!(till.paypal.names().len(), 1, "{goes:?}");
        for call in [Call::Authorise, Call::Capture, Call::Refund] {
            till.paypal.fault(call, goes, 1);
        }
        till.pay(&started, Pays::Plainly).await;
        till.reached(&started, "authorised").await;
        till.pack(order, 2000).await;
        till.reached(&started, "captured").await;
        till.refund(&started, "one", 700).await.ok::<Value>();
        till.quiet().await;
        let book = till.book(&started);
        assert_eq!((book.authorisations, book.captures, book.refunds), (1, 1, 1), "{goes:?}");
        assert_eq!((book.captured, book.refunded), (2000, 700));
        assert_eq!(till.told().await.len(), 3, "{goes:?}");

        let other = OrderId::new();
        let freed: Started = till.paid(other).await;
        till.paypal.fault(Call::Cancel, goes, 1);
        till.tell(other, cancelled(), 2599).await;
        till.reached(&freed, "cancelled").await;
        till.quiet().await;
    }
}

/// PayPal is away for longer than it remembers keys.
#[tokio::test]
async fn a_key_that_paypal_has_forgotten_doubles_nothing() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.captured(order, 2599).await;
    till.paypal.fault(Call::Refund, Goes::WrongAfter, 1);
    till.refund(&started, "one", 700).await.ok::<Value>();
    till.bench.later("sent", || async { (till.book(&started).refunds == 1).then_some(()) }).await;
    till.bench.advance(7 * 3600);
    till.quiet().await;
    assert_eq!((till.book(&started).refunds, till.book(&started).refunded), (1, 700));
    assert_eq!(till.show(&started).await["refunded"]["amount"], 700);

    let other = OrderId::new();
    let paid = till.paid(other).await;
    till.paypal.fault(Call::Capture, Goes::WrongAfter, 1);
    till.pack(other, 2000).await;
    till.bench.later("sent", || async { (till.book(&paid).captures == 1).then_some(()) }).await;
    till.bench.advance(7 * 3600);
    till.reached(&paid, "captured").await;
    till.quiet().await;
    assert_eq!((till.book(&paid).captures, till.book(&paid).captured), (1, 2000));
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_renewed() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.start(order).await;
    till.paypal.forget_tokens();
    till.pay(&started, Pays::Plainly).await;
    till.paypal.forget_tokens();
    till.reached(&started, "authorised").await;
    till.bench.advance(10 * 3600);
    till.pack(order, 2599).await;
    till.paypal.forget_tokens();
    till.reached(&started, "captured").await;
    assert_eq!(till.book(&started).captures, 1);
}

/// A card in PayPal's fields on a page of ours: nobody is sent to PayPal, its issuer is asked where
/// the law wants that, and what it says decides.
#[tokio::test]
async fn a_card_is_paid_in_fields_and_its_issuer_asked() {
    let till = Till::with("pays_with = \"card\"\n").await;
    let order = OrderId::new();
    let started = till.start(order).await;
    let asked = till.paypal.asked_for(&started.provider_payment);
    let card = &asked["payment_source"]["card"];
    assert_eq!(card["attributes"]["verification"]["method"], "SCA_WHEN_REQUIRED");
    assert_eq!(card["experience_context"]["return_url"], card["experience_context"]["cancel_url"]);
    assert_eq!(asked["payment_source"].as_object().unwrap().len(), 1);
    assert_eq!(till.start(order).await, started, "asked again it is the same");
    till.paypal.pay_by_card(&started.provider_payment, ["Y", "N", "NO"]);
    till.come_back(&started, &json!({})).await.ok::<Value>();
    assert_eq!(till.told().await.iter().map(code).collect::<Vec<_>>(), ["not_authenticated"]);
    till.paypal.pay_by_card(&started.provider_payment, ["Y", "A", "POSSIBLE"]);
    till.come_back(&started, &json!({})).await.ok::<Value>();
    till.reached(&started, "authorised").await;
    // A card cannot be authorised anew.
    till.bench.clock.advance(SignedDuration::from_hours(4 * 24));
    till.pack(order, 2599).await;
    till.reached(&started, "captured").await;
    let book = till.book(&started);
    assert_eq!((book.authorisations, book.captures, book.captured), (1, 1, 2599));
}

#[tokio::test]
async fn what_was_set_aside_days_ago_is_set_aside_anew_and_taken_once() {
    for (hours, goes, authorisations) in [
        (71, None, 1),
        (73, None, 2),
        (73, Some(Goes::WrongAfter), 2),
        (73, Some(Goes::WrongBefore), 2),
    ] {
        let till = Till::open().await;
        let order = OrderId::new();
        let started = till.paid(order).await;
        till.bench.clock.advance(SignedDuration::from_hours(hours));
        if let Some(goes) = goes {
            till.paypal.fault(Call::Capture, goes, 1);
        }
        till.pack(order, 2000).await;
        till.reached(&started, "captured").await;
        till.send_all().await;
        till.quiet().await;
        let book = till.book(&started);
        assert_eq!((book.authorisations, book.captures), (authorisations, 1), "{hours} {goes:?}");
        assert_eq!((book.captured, till.told().await.len()), (2000, 2), "{hours} {goes:?}");
    }
}
