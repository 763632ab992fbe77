//! Refunds of an order that has ended which PayPal refuses.

use kernel::OrderId;
use orders_api::Move;
use testkit::{Call, StandIn};

use super::till::Till;
use crate::razorpay::refunds::{ALERTS, FAILED, WAIT};

#[tokio::test]
async fn what_paypal_refuses_to_give_back_is_told_and_asked_for_again() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.captured(order, 2599).await;
    till.paypal.run_dry(true);
    till.tell(order, Move::Cancelled { reason: "the store is closed".into() }, 2599).await;
    let failed = || async { (till.count(FAILED).await == 1).then_some(()) };
    till.bench.eventually("it failed", failed).await;
    assert_eq!((till.count(ALERTS).await, till.count(WAIT).await), (1, 60));
    till.paypal.run_dry(false);
    till.bench.advance(61);
    till.quiet().await;
    assert_eq!((till.book(&started).refunds, till.book(&started).refunded), (1, 2599));
    assert_eq!(till.paypal.asked(Call::Refund), 2);
}
