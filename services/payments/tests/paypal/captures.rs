//! Captures that bring no money at once, and what is held for long.

use jiff::SignedDuration;
use kernel::OrderId;
use orders_api::Move;
use payments_api::{MoneyMove, Started};
use testkit::{Call, CaptureEnds, Goes, Pays, StandIn, Takes};

use super::till::Till;
use crate::shop::usd;

const PENDING: &str = "select count(*) from payments.mismatch where what = 'capture-pending'";
const DECLINED: &str = "select count(*) from payments.mismatch where what = 'capture-declined'";
const SENT: &str = "select count(*) from payments.operation
                    where kind = 'capture' and state = 'unknown' and error is not null";

impl Till {
    /// Waits until `what` is told, half a minute after half a minute.
    async fn hears(&self, what: fn(&MoneyMove) -> bool) {
        self.bench
            .later("it is told", || async {
                self.bench.advance(30);
                self.told().await.iter().any(what).then_some(())
            })
            .await;
    }

    /// How many captures PayPal has, whatever came of them.
    fn tries(&self, started: &Started) -> usize {
        let shown = self.paypal.show(&started.provider_payment);
        let captures = &shown["purchase_units"][0]["payments"]["captures"];
        captures.as_array().map_or(0, Vec::len)
    }

    /// Waits until the capture was asked for, and its answer read.
    async fn in_hand(&self) {
        let sent = || async { (self.count(SENT).await == 1).then_some(()) };
        self.bench.later("PayPal has it in hand", sent).await;
    }
}

fn taken(told: &MoneyMove) -> bool {
    matches!(told, MoneyMove::Captured { .. })
}

fn failed(told: &MoneyMove) -> bool {
    matches!(told, MoneyMove::CaptureFailed { .. })
}

fn cancelled() -> Move {
    Move::Cancelled { reason: "the money could not be taken".into() }
}

#[tokio::test]
async fn a_capture_that_is_declined_is_tried_again_and_taken_once() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.paid(order).await;
    till.paypal.next_captures(&[Takes::Declined, Takes::Declined, Takes::Declined]);
    till.pack(order, 2000).await;
    till.hears(taken).await;
    till.send_all().await;
    till.quiet().await;
    let book = till.book(&started);
    assert_eq!((book.captures, book.captured, till.told().await.len()), (1, 2000, 2));
    assert_eq!(till.tries(&started), 4);
    assert_eq!(till.count(DECLINED).await, 0);
}

#[tokio::test]
async fn a_capture_that_is_declined_to_the_last_is_told_and_what_is_held_is_freed() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.paid(order).await;
    till.bench.clock.advance(SignedDuration::from_hours(73));
    till.paypal.next_captures(&[Takes::Declined; 4]);
    till.pack(order, 2599).await;
    till.hears(failed).await;
    till.quiet().await;
    assert_eq!(till.count(DECLINED).await, 1, "a person is told");
    assert_eq!(till.paypal.held(&started.provider_payment).len(), 2, "set aside anew");
    till.tell(order, cancelled(), 2599).await;
    till.reached(&started, "cancelled").await;
    till.quiet().await;
    assert_eq!(till.paypal.held(&started.provider_payment), [0; 0], "all of it is free");
    assert_eq!((till.book(&started).captures, till.tries(&started)), (0, 4));
}

#[tokio::test]
async fn a_capture_that_paypal_looks_at_is_waited_for() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.paid(order).await;
    till.paypal.next_captures(&[Takes::Pending]);
    till.pack(order, 2000).await;
    till.in_hand().await;
    let long = || async {
        till.bench.advance(30);
        (till.count(PENDING).await == 1).then_some(())
    };
    till.bench.later("a person is told", long).await;
    assert_eq!(till.told().await.len(), 1, "not taken, and not failed");
    till.paypal.finish_captures(&started.provider_payment, CaptureEnds::Completed);
    till.send_all().await;
    till.reached(&started, "captured").await;
    till.quiet().await;
    let book = till.book(&started);
    assert_eq!((book.captures, book.captured), (1, 2000));
    assert_eq!((till.tries(&started), till.told().await.len()), (1, 2));
}

/// Nothing can be said of what came of it: people are told all the same.
#[tokio::test]
async fn a_capture_of_which_paypal_says_nothing_for_long_is_told() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.paid(order).await;
    till.paypal.fault(Call::Retrieve, Goes::WrongBefore, 1000);
    till.pack(order, 2000).await;
    let long = || async {
        till.bench.advance(30);
        (till.count(PENDING).await == 1).then_some(())
    };
    till.bench.later("a person is told", long).await;
    assert_eq!(till.book(&started).captures, 0);
}

/// PayPal would repeat what it said at first: what came of it is looked for, and another is sent.
#[tokio::test]
async fn a_capture_that_paypal_declines_after_all_is_tried_again_or_given_up() {
    for good in [false, true] {
        let till = Till::open().await;
        let order = OrderId::new();
        let started = till.paid(order).await;
        till.paypal.next_captures(&[Takes::Pending]);
        till.pack(order, 2000).await;
        till.in_hand().await;
        let ends = if good { CaptureEnds::DeclinedForGood } else { CaptureEnds::Declined };
        till.paypal.finish_captures(&started.provider_payment, ends);
        till.send_all().await;
        if good {
            till.hears(failed).await;
            // That it has ended there is seen before the order is cancelled, and is nothing new.
            till.reached(&started, "cancelled").await;
            till.tell(order, cancelled(), 2000).await;
        } else {
            till.hears(taken).await;
        }
        till.quiet().await;
        let book = till.book(&started);
        let expected = if good { (0, 0) } else { (1, 2000) };
        assert_eq!((book.captures, book.captured), expected, "for good: {good}");
        let told = till.told().await;
        assert_eq!(told.iter().filter(|told| failed(told)).count(), usize::from(good), "{told:?}");
    }
}

#[tokio::test]
async fn an_order_that_ends_while_paypal_looks_at_its_capture_keeps_no_money() {
    for ends in [CaptureEnds::Completed, CaptureEnds::Declined] {
        let till = Till::open().await;
        let order = OrderId::new();
        let started = till.paid(order).await;
        till.paypal.next_captures(&[Takes::Pending]);
        till.pack(order, 2000).await;
        till.in_hand().await;
        till.tell(order, cancelled(), 2000).await;
        let known = "select count(*) from payments.payment where wanted = 'cancel'";
        till.bench.later("known", || async { (till.count(known).await == 1).then_some(()) }).await;
        till.paypal.finish_captures(&started.provider_payment, ends);
        till.send_all().await;
        till.quiet().await;
        let book = till.book(&started);
        assert_eq!(book.captured, book.refunded, "{ends:?}");
        assert_eq!(till.paypal.held(&started.provider_payment), [0; 0], "{ends:?}");
        let captured = u32::from(ends == CaptureEnds::Completed);
        assert_eq!((book.captures, book.refunds), (captured, captured));
    }
}

/// PayPal looks at it for days, and declines: it is set aside anew each time its honour is over.
#[tokio::test]
async fn what_is_held_for_long_is_set_aside_anew_more_than_once() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.paid(order).await;
    let days = |days: i64| till.bench.clock.advance(SignedDuration::from_hours(days * 24 + 1));
    days(3);
    till.paypal.next_captures(&[Takes::Pending]);
    till.pack(order, 2000).await;
    till.in_hand().await;
    assert_eq!(till.book(&started).authorisations, 2);
    days(4);
    till.paypal.finish_captures(&started.provider_payment, CaptureEnds::Declined);
    till.send_all().await;
    till.hears(taken).await;
    till.quiet().await;
    let book = till.book(&started);
    assert_eq!((book.authorisations, book.captures, book.captured), (3, 1, 2000));
    assert_eq!(till.told().await.last(), Some(&MoneyMove::Captured { amount: usd(2000) }));
    assert_eq!(till.paypal.held(&started.provider_payment), [0; 0]);
}

/// PayPal looks for more than a day at what is to be set aside, and tells nobody what came of it.
#[tokio::test]
async fn what_is_set_aside_long_after_its_order_has_ended_is_freed() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.start(order).await;
    till.pay(&started, Pays::Late).await;
    let asked = "select count(*) from payments.operation
                 where kind = 'authorise' and state = 'unknown' and error is not null";
    let asked = || async { (till.count(asked).await == 1).then_some(()) };
    till.bench.later("PayPal looks at it", asked).await;
    till.tell(order, cancelled(), 2599).await;
    let known = "select count(*) from payments.payment where wanted = 'cancel'";
    till.bench.later("known", || async { (till.count(known).await == 1).then_some(()) }).await;
    for _ in 0..3 {
        let looks = till.paypal.asked(Call::Retrieve);
        till.bench.clock.advance(SignedDuration::from_hours(14));
        let looked = || async { (till.paypal.asked(Call::Retrieve) > looks + 1).then_some(()) };
        till.bench.later("it is looked at", looked).await;
        let watched = "select count(*) from payments.payment where state = 'open'";
        assert_eq!(till.count(watched).await, 1);
    }
    till.paypal.agree_late(&started.provider_payment);
    let freed =
        "select count(*) from payments.payment where state = 'cancelled' and authorised > 0";
    till.bench
        .later("it is freed", || async { (till.count(freed).await == 1).then_some(()) })
        .await;
    assert_eq!(till.paypal.held(&started.provider_payment), [0; 0], "it is free");
    assert_eq!((till.book(&started).authorisations, till.book(&started).captures), (1, 0));
}
