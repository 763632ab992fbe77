use jiff::SignedDuration;
use kernel::{Currency, Money, OrderId};
use orders_api::Move;
use payments_api::MoneyMove;
use testkit::{Book, Pays, StandIn};

use super::Till;
use crate::shop::usd;

fn declined(told: &[MoneyMove]) -> Vec<&str> {
    let code = |moved: &'_ MoneyMove| matches!(moved, MoneyMove::Declined { .. });
    let all = told.iter().filter(|moved| code(moved));
    all.map(|moved| match moved {
        MoneyMove::Declined { code, .. } => code.as_str(),
        _ => unreachable!("filtered"),
    })
    .collect()
}

#[tokio::test]
async fn the_challenge_is_passed_failed_or_left() {
    let till = Till::open().await;
    for (how, state) in [
        (Pays::AfterChallenge, "authorised"),
        (Pays::FailingChallenge, "open"),
        (Pays::AbandoningChallenge, "open"),
    ] {
        let started = till.start(OrderId::new(), 2599).await;
        till.pay(&started, how).await;
        assert_eq!(till.state(&started).await, state, "{how:?}");
    }
    till.quiet().await;
    let told = till.shop.told().await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(declined(&told), ["not_authenticated"]);
}

#[tokio::test]
async fn each_decline_is_told_once_and_another_card_may_be_tried() {
    let till = Till::open().await;
    let started = till.start(OrderId::new(), 2599).await;
    for method in [
        "pm_card_chargeDeclinedInsufficientFunds",
        "pm_card_chargeDeclinedExpiredCard",
        "pm_card_chargeDeclinedIncorrectCvc",
        "pm_card_chargeDeclinedVelocityLimitExceeded",
        "pm_card_chargeDeclinedProcessingError",
        "pm_card_chargeDeclinedStolenCard",
        "pm_card_chargeDeclinedFraudulent",
        "pm_card_chargeDeclined",
    ] {
        till.stripe.pay_with(&started.provider_payment, method).await;
        till.quiet().await;
        till.shop.come_back(&started).await.ok::<serde_json::Value>();
    }
    let codes = [
        "insufficient_funds",
        "expired",
        "wrong_code",
        "limit",
        "try_again",
        "other",
        "other",
        "other",
    ];
    assert_eq!(declined(&till.shop.told().await), codes, "nobody is told of suspicion");
    till.pay(&started, Pays::Plainly).await;
    assert_eq!(till.state(&started).await, "authorised");
    assert_eq!(till.book(&started).authorisations, 1);
}

#[tokio::test]
async fn a_part_is_captured_and_what_is_released_is_no_refund() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.paid(order, 2599).await;
    till.tell(order, Move::Packed, 2000).await;
    till.quiet().await;
    let shown = till.shop.show(&started).await;
    assert_eq!(shown["captured"]["amount"], 2000);
    assert_eq!(shown["refunded"]["amount"], 0);
    for (amount, key) in [(300, "a"), (500, "b"), (300, "a")] {
        till.refund(&started, amount, key).await.ok::<serde_json::Value>();
    }
    till.quiet().await;
    assert_eq!(till.shop.show(&started).await["refunded"]["amount"], 800);
    let book = Book {
        authorisations: 1,
        captures: 1,
        refunds: 2,
        captured: 2000,
        refunded: 800,
        disputed: 0,
        fees: 88,
    };
    assert_eq!(till.book(&started), book);
    assert_eq!(till.ledger("provider_fees").await, 88);
    assert_eq!(till.ledger("provider_clearing").await, 2000 - 800 - 88);
    till.refund(&started, 1201, "c").await.refused(409, "too-much");
}

#[tokio::test]
async fn a_cancelled_order_lets_go_of_whatever_there_is() {
    let till = Till::open().await;
    let orders = [OrderId::new(), OrderId::new(), OrderId::new()];
    let open = till.start(orders[0], 2599).await;
    let paid = till.paid(orders[1], 2599).await;
    let captured = till.captured(orders[2], 2599).await;
    for order in orders {
        till.cancel(order).await;
    }
    till.quiet().await;
    for (started, state) in [(&open, "cancelled"), (&paid, "cancelled"), (&captured, "captured")] {
        assert_eq!(till.state(started).await, state);
        assert_eq!(till.book(started).captured, till.book(started).refunded);
    }
    assert_eq!(till.book(&captured).refunds, 1);
    assert_eq!(till.stripe.show(&open.provider_payment)["status"], "canceled");
}

#[tokio::test]
async fn money_that_comes_late_for_a_dead_order_is_let_go() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.start(order, 2599).await;
    till.pay(&started, Pays::Late).await;
    assert_eq!(till.state(&started).await, "open");
    till.cancel(order).await;
    till.quiet().await;
    till.stripe.agree_late(&started.provider_payment);
    till.is(&started, "cancelled").await;
    till.quiet().await;
    let book = till.book(&started);
    assert_eq!((book.authorisations, book.captures, book.refunds), (1, 0, 0));
    assert_eq!(till.stripe.show(&started.provider_payment)["status"], "canceled");
}

#[tokio::test]
async fn an_authorisation_lapses() {
    let till = Till::open().await;
    let started = till.paid(OrderId::new(), 2599).await;
    till.shop.bench.clock.advance(SignedDuration::from_hours(24 * 7));
    till.stripe.lapse();
    till.is(&started, "cancelled").await;
    till.quiet().await;
    let told = till.shop.told().await;
    assert!(matches!(told.as_slice(), [_, MoneyMove::CaptureFailed { .. }]), "{told:?}");
}

#[tokio::test]
async fn disputes_are_won_and_lost() {
    let till = Till::open().await;
    let (won, lost) =
        (till.captured(OrderId::new(), 2599).await, till.captured(OrderId::new(), 900).await);
    let first = till.stripe.dispute(&won.provider_payment, usd(1000));
    let second = till.stripe.dispute(&lost.provider_payment, usd(900));
    till.quiet().await;
    till.stripe.decide(&first, true);
    till.stripe.decide(&second, false);
    till.quiet().await;
    let told = till.shop.told().await;
    for expected in [
        MoneyMove::Disputed { amount: usd(1000) },
        MoneyMove::Disputed { amount: usd(900) },
        MoneyMove::DisputeEnded { amount: usd(1000), won: true },
        MoneyMove::DisputeEnded { amount: usd(900), won: false },
    ] {
        assert_eq!(told.iter().filter(|moved| **moved == expected).count(), 1, "{told:?}");
    }
    let fees = till.book(&won).fees + till.book(&lost).fees;
    assert_eq!(till.ledger("provider_fees").await, fees);
    assert_eq!(till.ledger("dispute_losses").await, 900);
    assert_eq!(till.ledger("provider_clearing").await, 2599 - fees);
}

#[tokio::test]
async fn a_refund_that_takes_days_is_asked_for_once_and_may_fail() {
    for taken in [true, false] {
        let till = Till::open().await;
        let started = till.captured(OrderId::new(), 2599).await;
        till.stripe.refunds_take_days();
        till.refund(&started, 599, "slow").await.ok::<serde_json::Value>();
        let asked = || async {
            let refunds = till.stripe.all().iter().filter(|one| one["object"] == "refund").count();
            (refunds == 1).then_some(())
        };
        till.shop.bench.later("the refund is asked for", asked).await;
        // Longer than Stripe remembers keys.
        for _ in 0..4 {
            till.shop.bench.advance(9 * 3600);
            tokio::time::sleep(std::time::Duration::from_millis(120)).await;
        }
        assert_eq!(till.shop.show(&started).await["refunded"]["amount"], 0);
        till.stripe.end_refunds(taken);
        till.quiet().await;
        let back = if taken { 599 } else { 0 };
        assert_eq!(till.shop.show(&started).await["refunded"]["amount"], back);
        assert_eq!(till.book(&started).refunded, back);
    }
}

#[tokio::test]
async fn money_that_somebody_gives_back_at_stripe_itself_is_noted() {
    let till = Till::open().await;
    let order = OrderId::new();
    let started = till.captured(order, 2599).await;
    till.stripe.refund_by_hand(&started.provider_payment, usd(600));
    till.quiet().await;
    assert_eq!(till.shop.show(&started).await["refunded"]["amount"], 600);
    till.cancel(order).await;
    till.quiet().await;
    assert_eq!((till.book(&started).refunds, till.book(&started).refunded), (2, 2599));
}

#[tokio::test]
async fn currencies_have_the_decimals_that_stripe_gives_them() {
    let till = Till::open().await;
    for (currency, amount, at_stripe) in [
        (Currency::JPY, 500, 500),
        (Currency::KWD, 5120, 5120),
        (Currency::ISK, 7, 700),
        (Currency::INR, 99900, 99900),
    ] {
        let started: payments_api::Started =
            till.start_in(OrderId::new(), Money::new(amount, currency)).await.ok();
        till.pay(&started, Pays::Plainly).await;
        assert_eq!(till.state(&started).await, "authorised");
        let shown = till.stripe.show(&started.provider_payment);
        assert_eq!(shown["amount"], at_stripe);
        assert_eq!(shown["currency"], currency.code().to_lowercase());
    }
    let odd = till.start_in(OrderId::new(), Money::new(5124, Currency::KWD)).await;
    odd.refused(422, "provider-refused");
    assert_eq!(till.stripe.names().len(), 4);
}
