//! Refunds of an order that has ended which Stripe refuses, or its bank days later.

use kernel::OrderId;
use testkit::{Call, StandIn};

use super::Till;
use crate::razorpay::refunds::{ALERTS, FAILED, WAIT};

#[tokio::test]
async fn what_cannot_be_given_back_is_told_and_asked_for_again() {
    for pending in [false, true] {
        let till = Till::open().await;
        let order = OrderId::new();
        let started = till.captured(order, 2599).await;
        if pending {
            till.stripe.refunds_take_days();
        } else {
            till.stripe.run_dry(true);
        }
        till.cancel(order).await;
        if pending {
            let asked = || async { (till.stripe.asked(Call::Refund) == 1).then_some(()) };
            till.shop.bench.eventually("it is asked for", asked).await;
            till.stripe.end_refunds(false);
        }
        let failed = || async { (till.shop.count(FAILED).await == 1).then_some(()) };
        till.shop.bench.eventually("it failed", failed).await;
        let told = (till.shop.count(ALERTS).await, till.shop.count(WAIT).await);
        assert_eq!(told, (1, 60), "pending: {pending}");
        till.stripe.run_dry(false);
        till.shop.bench.advance(61);
        till.quiet().await;
        assert_eq!((till.book(&started).refunds, till.book(&started).refunded), (1, 2599));
        assert_eq!(till.shop.show(&started).await["refunded"]["amount"], 2599);
        assert_eq!(till.stripe.asked(Call::Refund), 2);
    }
}
