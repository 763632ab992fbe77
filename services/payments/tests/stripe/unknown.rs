use std::time::Duration;

use kernel::OrderId;
use orders_api::Move;
use payments_api::Started;
use testkit::{Call, Goes, Pays, StandIn};

use super::Till;

const GOES: [Goes; 3] = [Goes::WrongBefore, Goes::WrongAfter, Goes::Slowly(900)];

/// Once one call has gone wrong, and three in a row.
fn wrongs() -> impl Iterator<Item = (Goes, u32)> {
    GOES.into_iter().flat_map(|goes| [(goes, 1), (goes, 3)])
}

#[tokio::test]
async fn a_creation_without_an_answer_makes_one_payment() {
    for (goes, times) in wrongs() {
        let till = Till::open().await;
        let start = till.shop.start_of(OrderId::new(), 2599);
        till.stripe.fault(Call::Create, goes, times);
        till.shop.try_start(&start).await.refused(503, "provider-unavailable");
        let again = || async {
            let answer = till.shop.try_start(&start).await;
            (answer.status == 200).then(|| answer.ok::<Started>())
        };
        let started = till.shop.bench.later("it is started", again).await;
        assert_eq!(till.stripe.names(), [started.provider_payment], "{goes:?} {times}");
    }
}

#[tokio::test]
async fn a_creation_whose_key_is_forgotten_is_looked_for() {
    for redirect in [false, true] {
        let till = Till::with(redirect, |settings| settings).await;
        let start = till.shop.start_of(OrderId::new(), 2599);
        till.stripe.fault(Call::Create, Goes::WrongAfter, 1);
        till.shop.try_start(&start).await.refused(503, "provider-unavailable");
        let made = till.stripe.names();
        if redirect {
            // Without an intent there is nothing to lose: a visit lives no longer than a key.
            till.stripe.pay(&made[0], Pays::Plainly).await;
        }
        till.shop.bench.advance(25 * 3600);
        let started: Started = till.shop.try_start(&start).await.ok();
        assert_eq!(till.stripe.names(), made);
        assert_eq!(started.provider_payment, made[0]);
    }
}

#[tokio::test]
async fn a_capture_without_an_answer_is_made_once() {
    for (goes, times) in wrongs() {
        let till = Till::open().await;
        let order = OrderId::new();
        let started = till.paid(order, 2599).await;
        till.stripe.fault(Call::Capture, goes, times);
        till.tell(order, Move::Packed, 2000).await;
        till.is(&started, "captured").await;
        till.quiet().await;
        let book = till.book(&started);
        assert_eq!((book.captures, book.captured), (1, 2000), "{goes:?} {times}");
        assert_eq!(till.shop.told().await.len(), 2);
    }
}

#[tokio::test]
async fn an_end_without_an_answer_is_an_end() {
    for redirect in [false, true] {
        for (goes, times) in wrongs() {
            let till = Till::with(redirect, |settings| settings).await;
            let (paid, open) = (OrderId::new(), OrderId::new());
            let started = [till.paid(paid, 2599).await, till.start(open, 2599).await];
            till.stripe.fault(Call::Cancel, goes, times);
            till.cancel(paid).await;
            till.cancel(open).await;
            for started in &started {
                till.is(started, "cancelled").await;
                assert_eq!(till.book(started).captured, 0, "{goes:?} {times}");
            }
            till.quiet().await;
        }
    }
}

#[tokio::test]
async fn a_refund_without_an_answer_gives_back_once() {
    for (goes, times) in wrongs() {
        let till = Till::open().await;
        let started = till.captured(OrderId::new(), 2599).await;
        till.stripe.fault(Call::Refund, goes, times);
        till.refund(&started, 700, "k").await.ok::<serde_json::Value>();
        let back = || async {
            (till.shop.show(&started).await["refunded"]["amount"] == 700).then_some(())
        };
        till.shop.bench.later("it is given back", back).await;
        till.quiet().await;
        let book = till.book(&started);
        assert_eq!((book.refunds, book.refunded), (1, 700), "{goes:?} {times}");
    }
}

/// It is done, nobody hears of it, and Stripe has forgotten the key before it is asked again.
#[tokio::test]
async fn a_refund_whose_key_is_forgotten_is_looked_for() {
    let till = Till::open().await;
    let started = till.captured(OrderId::new(), 2599).await;
    till.stripe.send_to(None);
    till.stripe.fault(Call::Refund, Goes::WrongAfter, 1);
    till.stripe.fault(Call::Retrieve, Goes::WrongBefore, 4);
    till.refund(&started, 700, "k").await.ok::<serde_json::Value>();
    let sent = || async { (till.stripe.asked(Call::Refund) == 1).then_some(()) };
    till.shop.bench.eventually("sent", sent).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    till.shop.bench.advance(25 * 3600);
    let back =
        || async { (till.shop.show(&started).await["refunded"]["amount"] == 700).then_some(()) };
    till.shop.bench.later("it is seen", back).await;
    assert_eq!(till.book(&started).refunds, 1);
}
