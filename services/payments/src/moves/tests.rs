use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{Currency, CustomerId, OrderId, PaymentId};
use proptest::prelude::*;

use super::*;
use crate::{ledger::Account, provider::Decline};

const AMOUNT: i64 = 10_000;

fn payment() -> Payment {
    Payment {
        id: PaymentId::new(),
        order: OrderId::new(),
        customer: CustomerId::new(),
        amount: AMOUNT,
        currency: Currency::USD,
        description: String::new(),
        provider_payment: Some("pi_1".into()),
        client_secret: None,
        pay_url: None,
        state: State::Open,
        authorised: 0,
        captured: 0,
        refunded: 0,
        last_decline: None,
        wanted: Wanted::Nothing,
        wanted_reason: None,
        pay_by: Timestamp::UNIX_EPOCH,
    }
}

fn seen(payment: &Payment, state: SeenState, refunds: Vec<SeenRefund>) -> Seen {
    Seen {
        id: "pi_1".into(),
        order: Some(payment.order.to_string()),
        payment: Some(payment.id.to_string()),
        amount: payment.amount,
        currency: "usd".into(),
        mode_fits: true,
        state,
        refunds,
    }
}

#[test]
fn only_this_payments_money_counts() {
    let payment = payment();
    let good = seen(&payment, SeenState::Authorised { amount: AMOUNT }, Vec::new());
    assert_eq!(steps(&payment, &[], &good), Ok(vec![Step::Authorised { amount: AMOUNT }]));
    let bad = |change: &dyn Fn(&mut Seen)| {
        let mut seen = good.clone();
        change(&mut seen);
        steps(&payment, &[], &seen)
    };
    assert_eq!(bad(&|s| s.id = "pi_2".into()), Err(Mismatch::OtherId));
    assert_eq!(bad(&|s| s.order = None), Err(Mismatch::OtherOrder));
    let other = OrderId::new().to_string();
    assert_eq!(bad(&|s| s.order = Some(other.clone())), Err(Mismatch::OtherOrder));
    assert_eq!(bad(&|s| s.payment = None), Err(Mismatch::OtherPayment));
    assert_eq!(bad(&|s| s.amount = 1), Err(Mismatch::Amount));
    assert_eq!(bad(&|s| s.currency = "kwd".into()), Err(Mismatch::Currency));
    assert_eq!(bad(&|s| s.mode_fits = false), Err(Mismatch::Mode));
    assert_eq!(
        bad(&|s| s.state = SeenState::Authorised { amount: 1 }),
        Err(Mismatch::Sums),
        "one cent set aside does not pay for all"
    );
    assert_eq!(bad(&|s| s.state = SeenState::Captured { amount: AMOUNT + 1 }), Err(Mismatch::Sums));
}

#[test]
fn what_was_seen_before_the_end_does_not_bring_a_payment_back() {
    let mut payment = payment();
    payment.state = State::Cancelled;
    let old = seen(&payment, SeenState::Authorised { amount: AMOUNT }, Vec::new());
    assert_eq!(steps(&payment, &[], &old), Ok(Vec::new()));
    let money = seen(&payment, SeenState::Captured { amount: AMOUNT }, Vec::new());
    let both = vec![Step::Authorised { amount: AMOUNT }, Step::Captured { amount: AMOUNT }];
    assert_eq!(steps(&payment, &[], &money), Ok(both), "money that is there must go back");
}

/// What a provider might show, in any order, true or not.
fn any_state() -> impl Strategy<Value = SeenState> {
    let amount = prop_oneof![Just(AMOUNT), 0..=AMOUNT + 1];
    let decline = proptest::option::of(0..3_u8).prop_map(|attempt| {
        attempt.map(|n| Decline { attempt: format!("ch_{n}"), reason: "no".into() })
    });
    prop_oneof![
        decline.prop_map(|decline| SeenState::Open { decline }),
        amount.clone().prop_map(|amount| SeenState::Authorised { amount }),
        amount.prop_map(|amount| SeenState::Captured { amount }),
        Just(SeenState::Cancelled { reason: "gone".into() }),
    ]
}

fn any_refunds() -> impl Strategy<Value = Vec<SeenRefund>> {
    let refund = (0..4_u8, -1..=AMOUNT).prop_map(|(n, amount)| SeenRefund {
        id: format!("re_{n}"),
        operation: None,
        amount,
    });
    proptest::collection::vec(refund, 0..4).prop_map(|mut refunds| {
        refunds.sort_by(|one, other| one.id.cmp(&other.id));
        refunds.dedup_by(|one, other| one.id == other.id);
        refunds
    })
}

proptest! {
    #[test]
    fn whatever_is_seen_the_ledger_sums_to_zero_and_agrees(
        sights in proptest::collection::vec((any_state(), any_refunds()), 1..12)
    ) {
        let mut payment = payment();
        let mut known: Vec<String> = Vec::new();
        let mut accounts: BTreeMap<&str, i64> = BTreeMap::new();
        let mut once: Vec<(&str, String)> = Vec::new();
        for (state, refunds) in sights {
            let before = payment.clone();
            let seen = seen(&payment, state, refunds);
            for step in steps(&payment, &known, &seen).unwrap_or_default() {
                if let Step::Refunded(refund) = &step {
                    known.push(refund.id.clone());
                }
                let Some((movement, source)) = take(&mut payment, &step) else { continue };
                let entries = movement.entries();
                prop_assert_eq!(entries.iter().map(|(_, amount)| amount).sum::<i64>(), 0);
                prop_assert!(entries.iter().all(|(_, amount)| *amount != 0));
                for (account, amount) in entries {
                    *accounts.entry(account.as_str()).or_default() += amount;
                }
                let name = (movement.as_str(), source);
                prop_assert!(!once.contains(&name), "{:?} twice", name);
                once.push(name);
            }
            // Forward only, and never more than there is.
            prop_assert!(payment.authorised >= before.authorised);
            prop_assert!(payment.captured >= before.captured);
            prop_assert!(payment.refunded >= before.refunded);
            prop_assert!(payment.refunded <= payment.captured);
            prop_assert!(payment.captured <= payment.authorised);
            prop_assert!(payment.authorised <= payment.amount);
            prop_assert!(!(before.state == State::Captured && payment.state != State::Captured));
            // Seen again, nothing more happens.
            prop_assert_eq!(steps(&payment, &known, &seen).unwrap_or_default(), Vec::new());
        }
        let of = |account: Account| accounts.get(account.as_str()).copied().unwrap_or(0);
        prop_assert_eq!(accounts.values().sum::<i64>(), 0);
        prop_assert_eq!(of(Account::ProviderReceivable), payment.captured - payment.refunded);
        prop_assert_eq!(of(Account::OrderClearing), -payment.captured);
        prop_assert_eq!(of(Account::Refunds), payment.refunded);
        let set_aside = if payment.state == State::Authorised { payment.authorised } else { 0 };
        prop_assert_eq!(of(Account::Authorisations), set_aside);
    }

    #[test]
    fn a_cancelled_order_keeps_no_money(captured in 0..=AMOUNT, parts in (0..=100_i64, 0..=100_i64)) {
        let mut payment = payment();
        payment.wanted = Wanted::Cancel;
        if captured > 0 {
            payment.state = State::Captured;
            payment.authorised = AMOUNT;
            payment.captured = captured;
            payment.refunded = captured * parts.0 / 100;
        }
        let promised = (payment.captured - payment.refunded) * parts.1 / 100;
        match due(&payment, promised) {
            Some((Kind::Refund, left)) => {
                prop_assert_eq!(payment.refunded + promised + left, payment.captured);
            }
            Some((kind, _)) => prop_assert_eq!((kind, payment.captured), (Kind::Cancel, 0)),
            None => prop_assert_eq!(payment.refunded + promised, payment.captured),
        }
    }
}
