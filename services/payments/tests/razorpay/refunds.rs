//! Refunds that Razorpay refuses, that its banks refuse days later, and that come back after all.

use kernel::OrderId;
use orders_api::Move;
use payments_api::MoneyMove;
use serde_json::{Value, json};
use testkit::{Answer, Call, StandIn};

use super::house::{House, inr};

pub const ALERTS: &str = "select count(*) from payments.mismatch where what like 'refund-failed %'";
pub const FAILED: &str = "select count(*) from payments.operation
                          where kind = 'refund' and state = 'failed'";
/// After how many seconds what waits is asked for.
pub const WAIT: &str = "select coalesce(max(extract(epoch from due_at - created_at)), -1)::bigint
                        from payments.operation where kind = 'refund' and state = 'pending'";
const REFUNDED: &str = "select refunded from payments.payment";
const IN_HAND: &str = "select count(*) from payments.operation where in_hand and ended_at is null";

fn cancelled() -> Move {
    Move::Cancelled { reason: "the store is closed".into() }
}

fn closed() -> Move {
    Move::Closed { refund: inr(30_000) }
}

impl House {
    /// Waits for a number, without letting time go by.
    async fn soon(&self, query: &'static str, count: i64) {
        let there = || async { (self.count(query).await == count).then_some(()) };
        self.bench.eventually(query, there).await;
    }

    /// So many seconds go by, and that much is back.
    async fn after(&self, seconds: i64, refunded: i64) {
        self.bench.advance(seconds);
        self.soon(REFUNDED, refunded).await;
        self.quiet().await;
    }

    async fn refund(&self, payment: impl std::fmt::Display, amount: i64) -> Answer {
        let path = format!("/v1/payments/payments/{payment}/refunds");
        let input = json!({"amount": inr(amount), "reason": "one was broken"});
        let operator = self.bench.signed("payments", &testkit::operator());
        operator.with("idempotency-key", "one").post(&path, input).await
    }

    fn refunds_asked(&self) -> u32 {
        self.razorpay.asked(Call::Refund)
    }
}

#[tokio::test]
async fn what_razorpay_refuses_to_give_back_is_told_and_asked_for_again() {
    for (moved, amount) in [(cancelled(), 90_000), (closed(), 30_000)] {
        let house = House::open().await;
        let order = OrderId::new();
        let started = house.captured(order).await;
        house.razorpay.run_dry(true);
        house.tell(order, moved.clone()).await;
        house.soon(FAILED, 1).await;
        assert_eq!((house.count(ALERTS).await, house.count(WAIT).await), (1, 60), "{moved:?}");
        // Whatever else makes it be looked at meanwhile.
        house.come_back(&started, json!({})).await.ok::<Value>();
        assert_eq!((house.count(WAIT).await, house.refunds_asked()), (60, 1));
        house.bench.advance(61);
        house.soon(FAILED, 2).await;
        assert_eq!((house.count(ALERTS).await, house.count(WAIT).await), (1, 240));
        house.razorpay.run_dry(false);
        house.after(241, amount).await;
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.refunds, book.refunded), (1, amount));
        assert_eq!((house.count(FAILED).await, house.refunds_asked()), (2, 3));
    }
}

#[tokio::test]
async fn what_fails_in_the_banks_hand_is_told_and_asked_for_again() {
    for (moved, amount) in [(cancelled(), 90_000), (closed(), 30_000)] {
        let house = House::open().await;
        let order = OrderId::new();
        let started = house.captured(order).await;
        house.razorpay.hold_refunds(true);
        house.tell(order, moved.clone()).await;
        house.soon(IN_HAND, 1).await;
        house.razorpay.finish_refunds(false);
        house.send_all().await;
        house.soon(FAILED, 1).await;
        assert_eq!((house.count(ALERTS).await, house.count(WAIT).await), (1, 60), "{moved:?}");
        assert_eq!(house.refunds_asked(), 1);
        house.razorpay.hold_refunds(false);
        house.after(61, amount).await;
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.refunds, book.refunded), (1, amount));
    }
}

#[tokio::test]
async fn what_was_given_back_and_comes_to_us_again_is_told_and_asked_for_again() {
    for (moved, amount) in [(cancelled(), 90_000), (closed(), 30_000)] {
        let house = House::open().await;
        let order = OrderId::new();
        let started = house.captured(order).await;
        house.tell(order, moved.clone()).await;
        house.after(0, amount).await;
        house.razorpay.return_refunds();
        house.send_all().await;
        house.soon(REFUNDED, 0).await;
        let alerts = (house.count(ALERTS).await, house.count(FAILED).await);
        assert_eq!((alerts, house.count(WAIT).await), ((1, 1), 60), "{moved:?}");
        house.after(61, amount).await;
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.refunds, book.refunded), (1, amount));
        let told = house.told().await;
        let back = |told: &&MoneyMove| matches!(told, MoneyMove::Refunded { .. });
        let returned = |told: &&MoneyMove| matches!(told, MoneyMove::RefundReturned { .. });
        assert_eq!(told.iter().filter(back).count(), 2);
        assert_eq!(told.iter().filter(returned).count(), 1);
    }
}

/// What comes to us for an order that has ended goes back, whoever gave it back before.
#[tokio::test]
async fn what_somebody_gave_back_by_hand_and_comes_to_us_again_goes_back() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.captured(order).await;
    house.razorpay.refund_by_hand(&started.provider_payment, inr(20_000));
    house.send_all().await;
    house.soon(REFUNDED, 20_000).await;
    house.tell(order, cancelled()).await;
    house.after(0, 90_000).await;
    house.razorpay.return_refunds();
    house.send_all().await;
    house.soon(REFUNDED, 0).await;
    let by_hand = "select count(*) from payments.mismatch where what like 'refund-returned rfnd_%'";
    assert_eq!((house.count(ALERTS).await, house.count(by_hand).await), (1, 1));
    house.after(61, 90_000).await;
    assert_eq!(house.razorpay.book(&started.provider_payment).refunded, 90_000);
}

/// People ask for it again, or do not.
#[tokio::test]
async fn a_refund_of_peoples_that_fails_is_told_and_not_asked_for_again() {
    let house = House::open().await;
    let started = house.captured(OrderId::new()).await;
    house.razorpay.hold_refunds(true);
    house.refund(started.payment, 10_000).await.ok::<Value>();
    house.soon(IN_HAND, 1).await;
    house.razorpay.finish_refunds(false);
    house.send_all().await;
    house.soon(FAILED, 1).await;
    house.quiet().await;
    let operators =
        "select count(*) from payments.mismatch where what like 'refund-failed operator:%'";
    assert_eq!((house.count(operators).await, house.refunds_asked()), (1, 1));
    let shown: Value = house.refund(started.payment, 10_000).await.ok();
    assert_eq!(shown["state"], "failed");
    assert_eq!(
        house.count("select count(*) from payments.operation where kind = 'refund'").await,
        1
    );
}

#[tokio::test]
async fn what_takes_days_holds_no_other_refund_up() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.captured(order).await;
    house.razorpay.hold_refunds(true);
    house.tell(order, closed()).await;
    house.soon(IN_HAND, 1).await;
    house.tell(order, cancelled()).await;
    house.soon(IN_HAND, 2).await;
    house.razorpay.finish_refunds(true);
    house.send_all().await;
    house.after(0, 90_000).await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.refunds, book.refunded), (2, 90_000));
}

#[tokio::test]
async fn what_waits_to_be_asked_for_again_holds_no_other_refund_up() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.captured(order).await;
    house.razorpay.run_dry(true);
    house.tell(order, closed()).await;
    house.soon(FAILED, 1).await;
    house.razorpay.run_dry(false);
    house.tell(order, cancelled()).await;
    house.soon(REFUNDED, 60_000).await;
    assert_eq!(house.count(WAIT).await, 60);
    house.after(61, 90_000).await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.refunds, book.refunded), (2, 90_000));
}
