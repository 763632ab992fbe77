//! An order with its payments, refunds and disputes as one payment of ours. Pure.

use std::collections::HashMap;

use super::{
    decline,
    wire::{Dispute, Order, Payment, Refund},
};
use crate::provider::{
    Decline, DisputeState, Seen, SeenDispute, SeenRefund, SeenRefundState, SeenState, Stray,
    StrayState,
};

/// What is known here of the payment that is ours.
#[derive(Clone, Copy)]
pub struct Ours<'a> {
    /// Ids that are known to be its own.
    pub own: &'a [String],
    /// Its money was set aside once and is free again: what comes then is not its own.
    pub ended: bool,
}

/// The payment that is ours: the one that is known to be, or else the captured one, or the first that
/// holds money.
pub fn main<'a>(payments: &'a [Payment], ours: Ours<'_>) -> Option<&'a Payment> {
    let holds = payments.iter().filter(|one| holds_money(one) && !one.is_stray() && !ours.ended);
    holds.min_by_key(|one| (!ours.own.contains(&one.id), !one.captured, one.created_at, &one.id))
}

/// One that failed may come to hold money days later.
fn holds_money(payment: &Payment) -> bool {
    payment.captured || payment.status == "authorized"
}

/// Set aside, not captured in time and given back by Razorpay itself.
pub fn lapsed(payment: &Payment) -> bool {
    payment.status == "refunded" && !payment.captured
}

/// Payments of the order beyond the `main` one that hold money, or held it.
pub fn others<'a>(
    payments: &'a [Payment],
    main: Option<&'a Payment>,
) -> impl Iterator<Item = &'a Payment> {
    let other = move |one: &&Payment| main.is_none_or(|main| main.id != one.id);
    payments.iter().filter(|one| holds_money(one) || lapsed(one)).filter(other)
}

/// `strays` are refunds of the others, by the ids of those.
pub fn seen(
    order: Order,
    (payments, ours): (&[Payment], Ours<'_>),
    refunds: &[Refund],
    strays: &HashMap<String, Vec<Refund>>,
    disputes: &[Dispute],
) -> Seen {
    let main = main(payments, ours);
    let strays: Vec<Stray> = others(payments, main)
        .map(|one| Stray {
            id: one.id.clone(),
            amount: one.amount,
            currency: one.currency.clone(),
            state: match one {
                one if one.captured => StrayState::Taken,
                one if lapsed(one) => StrayState::Gone,
                _ => StrayState::Held,
            },
            fee: one.fee.filter(|_| one.captured && one.currency == "INR"),
            refunds: strays.get(&one.id).into_iter().flatten().map(seen_refund).collect(),
            disputes: disputes_of(one, disputes),
        })
        .collect();
    let others = strays.iter().flat_map(|stray| &stray.disputes).map(|one| one.id.clone());
    let others: Vec<String> = others.collect();
    let disputes = main.map(|main| disputes_of(main, disputes)).unwrap_or_default();
    let fee = main.filter(|main| main.captured && main.currency == "INR");
    Seen {
        order: order.notes.get("order").cloned(),
        payment: order.notes.get("payment").cloned(),
        amount: order.amount,
        // Money in another currency than its order's is not this order's.
        currency: main.map_or(&order.currency, |main| &main.currency).clone(),
        // Keys for tests see no real money and the other way round; the settings name which.
        mode_fits: true,
        account_fits: payments.iter().all(|one| one.order_id.as_ref() == Some(&order.id)),
        state: state(main, payments),
        refunds: refunds.iter().map(seen_refund).collect(),
        fee: fee.and_then(|main| main.fee),
        objects: main
            .map(|main| main.id.clone())
            .into_iter()
            .chain(refunds.iter().map(|refund| refund.id.clone()))
            .chain(disputes.iter().map(|dispute| dispute.id.clone()))
            .chain(others)
            .collect(),
        disputes,
        strays,
        method: None,
        id: order.id,
    }
}

fn state(main: Option<&Payment>, payments: &[Payment]) -> SeenState {
    if let Some(main) = main {
        let amount = main.amount;
        let captured = main.captured;
        return if captured {
            SeenState::Captured { amount }
        } else {
            SeenState::Authorised { amount }
        };
    }
    if payments.iter().any(lapsed) {
        return SeenState::Cancelled { reason: "it was not captured in time".into() };
    }
    let failed = payments.iter().filter(|payment| payment.status == "failed");
    let last = failed.max_by_key(|payment| (payment.created_at, &payment.id));
    let decline = last.map(|payment| Decline {
        attempt: payment.id.clone(),
        why: decline::why(payment.error_reason.as_deref().unwrap_or_default()),
    });
    SeenState::Open { decline }
}

fn seen_refund(refund: &Refund) -> SeenRefund {
    let state = match refund.status.as_str() {
        "processed" => SeenRefundState::Done,
        "failed" => SeenRefundState::Failed,
        _ => SeenRefundState::Pending,
    };
    SeenRefund {
        id: refund.id.clone(),
        operation: refund.operation(),
        amount: refund.amount,
        state,
    }
}

/// Those by which a payment's money is taken back.
fn disputes_of(payment: &Payment, all: &[Dispute]) -> Vec<SeenDispute> {
    let takes = |dispute: &&Dispute| {
        // Of the others the bank only asks a question.
        let takes =
            matches!(dispute.phase.as_str(), "chargeback" | "pre_arbitration" | "arbitration");
        takes && dispute.payment_id == payment.id && dispute.currency == payment.currency
    };
    all.iter().filter(takes).map(seen_dispute).collect()
}

/// Razorpay names no charge for one; it takes the money when it is opened (documentation “Deduct at
/// Onset”) or lost (“Disputes entity”), and it is counted as gone from the beginning, so that nobody
/// gives it back as well.
fn seen_dispute(dispute: &Dispute) -> SeenDispute {
    let state = match dispute.status.as_str() {
        "won" => DisputeState::Won,
        // Ended without a verdict.
        "closed" if dispute.amount_deducted == 0 => DisputeState::Won,
        "lost" | "closed" => DisputeState::Lost,
        _ => DisputeState::Open,
    };
    // What it deducts is told in rupees, and may be less than was disputed.
    let deducted = Some(dispute.amount_deducted).filter(|deducted| *deducted > 0);
    let deducted = deducted.filter(|_| state == DisputeState::Lost && dispute.currency == "INR");
    let amount = deducted.unwrap_or(dispute.amount);
    SeenDispute { id: dispute.id.clone(), amount, fee: 0, state }
}
