use jiff::Timestamp;
use kernel::{Currency, CustomerId, OrderId, PaymentId};
use proptest::prelude::*;

use super::*;
use crate::{
    books::{Account, Scope, tests::Book},
    decline::Why,
};

const AMOUNT: i64 = 10_000;

const ABILITIES: Abilities = Abilities {
    captures_in_part: true,
    cancels_open: true,
    voids: true,
    horizon: jiff::SignedDuration::ZERO,
};

/// What is kept once a step has been taken.
fn keep(beside: &mut Beside, step: &Step) {
    match step {
        Step::Refunded(refund) => {
            beside.refunds.push(Kept {
                id: refund.id.clone(),
                amount: refund.amount,
                state: SeenRefundState::Done,
            });
        }
        Step::RefundReturned(refund) => {
            for kept in beside.refunds.iter_mut().filter(|kept| kept.id == refund.id) {
                kept.state = SeenRefundState::Failed;
            }
        }
        Step::Disputed(dispute) | Step::DisputeEnded(dispute) => {
            beside.disputes.retain(|kept| kept.id != dispute.id);
            beside.disputes.push(dispute.clone());
        }
        Step::DisputeFee { dispute, is, .. } => {
            let of = beside.disputes.iter_mut().find(|kept| kept.id == *dispute);
            of.expect("one that is known").fee = *is;
        }
        Step::DisputeChanged { dispute, is, .. } => {
            let of = beside.disputes.iter_mut().find(|kept| kept.id == *dispute);
            of.expect("one that is known").amount = *is;
        }
        _ => {}
    }
}

fn payment() -> Payment {
    Payment {
        saves: false,
        saved_method: None,
        provider_customer: None,
        id: PaymentId::new(),
        order: OrderId::new(),
        customer: CustomerId::new(),
        amount: AMOUNT,
        currency: Currency::USD,
        description: String::new(),
        store: None,
        vendor: None,
        classes: Vec::new(),
        provider: "sandbox".into(),
        account: "sandbox".into(),
        superseded: false,
        provider_payment: Some("pi_1".into()),
        client_secret: None,
        pay_url: None,
        state: State::Open,
        authorised: 0,
        captured: 0,
        refunded: 0,
        disputed: 0,
        fee: 0,
        capture_amount: None,
        last_decline: None,
        declined_why: None,
        spent: false,
        wanted: Wanted::Nothing,
        wanted_reason: None,
        pay_by: Timestamp::UNIX_EPOCH,
        created_at: Timestamp::UNIX_EPOCH,
        changes: 0,
    }
}

fn seen(payment: &Payment, state: SeenState, refunds: Vec<SeenRefund>) -> Seen {
    Seen {
        method: None,
        id: "pi_1".into(),
        order: Some(payment.order.to_string()),
        payment: Some(payment.id.to_string()),
        amount: payment.amount,
        currency: "usd".into(),
        mode_fits: true,
        account_fits: true,
        state,
        refunds,
        disputes: Vec::new(),
        fee: None,
        objects: Vec::new(),
        strays: Vec::new(),
    }
}

#[test]
fn only_this_payments_money_counts() {
    let payment = payment();
    let good = seen(&payment, SeenState::Authorised { amount: AMOUNT }, Vec::new());
    assert_eq!(
        steps(&payment, &Beside::default(), &good, ABILITIES),
        Ok(vec![Step::Authorised { amount: AMOUNT }])
    );
    let bad = |change: &dyn Fn(&mut Seen)| {
        let mut seen = good.clone();
        change(&mut seen);
        steps(&payment, &Beside::default(), &seen, ABILITIES)
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
    assert_eq!(steps(&payment, &Beside::default(), &old, ABILITIES), Ok(Vec::new()));
    // Where nobody but us has given it up, that is money of now.
    let waits = Abilities { cancels_open: false, ..ABILITIES };
    assert_eq!(
        steps(&payment, &Beside::default(), &old, waits),
        Ok(vec![Step::Authorised { amount: AMOUNT }])
    );
    let money = seen(&payment, SeenState::Captured { amount: AMOUNT }, Vec::new());
    let both = vec![Step::Authorised { amount: AMOUNT }, Step::Captured { amount: AMOUNT }];
    assert_eq!(
        steps(&payment, &Beside::default(), &money, ABILITIES),
        Ok(both),
        "money that is there must go back"
    );
}

/// What a provider might show, in any order, true or not.
fn any_state() -> impl Strategy<Value = SeenState> {
    let amount = prop_oneof![Just(AMOUNT), 0..=AMOUNT + 1];
    let decline = proptest::option::of(0..3_u8).prop_map(|attempt| {
        attempt.map(|n| Decline { attempt: format!("ch_{n}"), why: Why::Other })
    });
    prop_oneof![
        decline.prop_map(|decline| SeenState::Open { decline }),
        amount.clone().prop_map(|amount| SeenState::Authorised { amount }),
        amount.prop_map(|amount| SeenState::Captured { amount }),
        Just(SeenState::Cancelled { reason: "gone".into() }),
    ]
}

fn any_refund_state() -> impl Strategy<Value = SeenRefundState> {
    prop_oneof![
        1 => Just(SeenRefundState::Pending),
        4 => Just(SeenRefundState::Done),
        1 => Just(SeenRefundState::Failed),
    ]
}

fn any_disputes() -> impl Strategy<Value = Vec<SeenDispute>> {
    let state =
        prop_oneof![Just(DisputeState::Open), Just(DisputeState::Won), Just(DisputeState::Lost),];
    let amount = prop_oneof![Just(500_i64), Just(200), Just(700)];
    let dispute = (state, 0..=20_i64, amount).prop_map(|(state, fee, amount)| SeenDispute {
        id: "dp_1".into(),
        amount,
        fee: fee / 10 * 15,
        state,
    });
    proptest::collection::vec(dispute, 0..2)
}

fn any_refunds() -> impl Strategy<Value = Vec<SeenRefund>> {
    // One refund has one amount for ever, unless a provider says nonsense.
    let refund = (0..4_u8, -1..=1_i64, any_refund_state()).prop_map(|(n, odd, state)| SeenRefund {
        id: format!("re_{n}"),
        operation: None,
        amount: if odd == 0 { AMOUNT * i64::from(n + 1) / 8 } else { odd },
        state,
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
        sights in proptest::collection::vec(
            (any_state(), any_refunds(), any_disputes(), proptest::option::of(0..40_i64)), 1..12)
    ) {
        let mut payment = payment();
        let mut beside = Beside::default();
        let mut book = Book::of_whole(AMOUNT);
        let mut once: Vec<(&str, String)> = Vec::new();
        for (state, refunds, disputes, fee) in sights {
            let before = payment.clone();
            let seen = Seen { disputes, fee, ..seen(&payment, state, refunds) };
            for step in steps(&payment, &beside, &seen, ABILITIES).unwrap_or_default() {
                keep(&mut beside, &step);
                let Some((movement, source)) = take(&mut payment, &step) else { continue };
                let entries = book.note(movement, &source, Scope::All);
                prop_assert_eq!(entries.iter().map(|entry| entry.amount).sum::<i64>(), 0);
                prop_assert!(entries.iter().all(|entry| entry.amount != 0));
                let name = (movement.as_str(), source);
                let again = matches!(name.0, "fee" | "dispute_fee" | "dispute_changed");
                prop_assert!(again || !once.contains(&name), "{:?} twice", name);
                once.push(name);
            }
            // Forward only, and never more than there is.
            prop_assert!(payment.authorised >= before.authorised);
            prop_assert!(payment.captured >= before.captured);
            prop_assert!((0..=payment.captured).contains(&payment.refunded));
            prop_assert!(payment.captured <= payment.authorised);
            prop_assert!(payment.authorised <= payment.amount);
            prop_assert!(!(before.state == State::Captured && payment.state != State::Captured));
            // Seen again, nothing more happens.
            prop_assert_eq!(steps(&payment, &beside, &seen, ABILITIES).unwrap_or_default(), Vec::new());
        }
        let of = |account: Account| book.holds(account);
        // What is kept of disputes is what the books have of them.
        let fees = beside.disputes.iter().map(|kept| kept.fee).sum::<i64>();
        let in_state = |state| {
            let such = beside.disputes.iter().filter(move |kept| kept.state == state);
            such.map(|kept| kept.amount).sum::<i64>()
        };
        prop_assert_eq!(of(Account::Disputes), in_state(DisputeState::Open));
        prop_assert_eq!(of(Account::DisputeLosses), in_state(DisputeState::Lost));
        let held = payment.captured - payment.refunded - payment.disputed - payment.fee - fees;
        prop_assert_eq!(of(Account::ProviderClearing), held);
        prop_assert_eq!(of(Account::ProviderFees), payment.fee + fees);
        prop_assert_eq!(of(Account::Disputes) + of(Account::DisputeLosses), payment.disputed);
        prop_assert_eq!(of(Account::Sales), -payment.captured);
        prop_assert_eq!(of(Account::Refunds), payment.refunded);
        let set_aside = if payment.state == State::Authorised { payment.authorised } else { 0 };
        prop_assert_eq!(of(Account::Authorisations), set_aside);
    }

    #[test]
    fn a_dispute_costs_what_it_costs_in_the_end(
        sights in proptest::collection::vec((1..900_i64, 0..40_i64), 1..5),
        (is_over, won) in any::<(bool, bool)>(),
    ) {
        let (mut payment, mut beside, mut book) =
            (payment(), Beside::default(), Book::of_whole(AMOUNT));
        let ended = if won { DisputeState::Won } else { DisputeState::Lost };
        let last = sights.len() - 1;
        for (number, (amount, fee)) in sights.iter().enumerate() {
            let state = if is_over && number == last { ended } else { DisputeState::Open };
            let dispute = SeenDispute { id: "dp_1".into(), amount: *amount, fee: *fee, state };
            let seen = seen(&payment, SeenState::Captured { amount: AMOUNT }, Vec::new());
            let seen = Seen { disputes: vec![dispute], ..seen };
            for step in steps(&payment, &beside, &seen, ABILITIES).unwrap() {
                keep(&mut beside, &step);
                if let Some((movement, source)) = take(&mut payment, &step) {
                    book.note(movement, &source, Scope::All);
                }
                prop_assert!(payment.disputed >= 0);
            }
        }
        let (amount, fee) = sights[last];
        let held = if is_over && won { 0 } else { amount };
        prop_assert_eq!((payment.disputed, book.holds(Account::ProviderFees)), (held, fee));
        prop_assert_eq!(book.holds(Account::ProviderClearing), AMOUNT - held - fee);
        let losses = if is_over && !won { amount } else { 0 };
        prop_assert_eq!(book.holds(Account::DisputeLosses), losses);
        prop_assert_eq!(book.holds(Account::Disputes), held - losses);
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
        match due(&payment, ABILITIES, promised).map(|due| (due.kind, due.amount)) {
            Some((Kind::Refund, left)) => {
                prop_assert_eq!(payment.refunded + promised + left, payment.captured);
            }
            Some((kind, _)) => prop_assert_eq!((kind, payment.captured), (Kind::Cancel, 0)),
            None => prop_assert_eq!(payment.refunded + promised, payment.captured),
        }
    }
}

#[test]
fn where_money_cannot_be_let_go_or_taken_in_part_it_is_taken_and_given_back() {
    let due = |payment: &Payment| {
        due(
            payment,
            Abilities { captures_in_part: false, cancels_open: false, voids: false, ..ABILITIES },
            0,
        )
    };
    let mut payment = payment();
    payment.wanted = Wanted::Cancel;
    assert_eq!(due(&payment), None, "nothing can be asked for");
    (payment.state, payment.authorised) = (State::Authorised, AMOUNT);
    let take = Due { kind: Kind::Capture, amount: AMOUNT, source: "to give it back" };
    assert_eq!(due(&payment), Some(take));
    (payment.state, payment.captured) = (State::Captured, AMOUNT);
    assert_eq!(due(&payment).map(|due| (due.kind, due.amount)), Some((Kind::Refund, AMOUNT)));

    payment.wanted = Wanted::Capture;
    payment.capture_amount = Some(AMOUNT - 300);
    assert_eq!(due(&payment).map(|due| (due.kind, due.amount)), Some((Kind::Refund, 300)));
    (payment.state, payment.captured) = (State::Authorised, 0);
    assert_eq!(due(&payment).map(|due| (due.kind, due.amount)), Some((Kind::Capture, AMOUNT)));
    let part = super::due(&payment, ABILITIES, 0).map(|due| (due.kind, due.amount));
    assert_eq!(part, Some((Kind::Capture, AMOUNT - 300)));
}
