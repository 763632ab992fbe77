//! Money that goes back.

use kernel::Money;
use serde_json::{Value, json};

use super::{
    charges,
    failure::Failure,
    form::{Metadata, Params},
    intents, shape_money as shape,
    state::{Charge, Refund, State, stripe_amount},
};
use crate::GoesBack;

pub fn create(state: &mut State, params: &Params) -> Result<Value, Failure> {
    params.only(&["payment_intent", "charge", "amount", "metadata", "reason"])?;
    let charge = match (params.text("payment_intent"), params.text("charge")) {
        (Some(intent), None) => {
            state.intent(intent)?;
            state.good_charge(intent).cloned()
        }
        (None, Some(charge)) => state.charges.get(charge).cloned(),
        _ => {
            let message = "One of charge and payment_intent is needed.";
            return Err(Failure::invalid("parameter_missing", "payment_intent", message));
        }
    };
    let Some(charge) = charge.filter(|charge| charge.captured > 0) else {
        let message = "There is no captured charge to refund.";
        return Err(Failure::state("charge_not_refundable", message, Value::Null));
    };
    let currency = state.intents[&charge.intent].currency.clone();
    let left = charge.amount - charge.refunded;
    let amount = intents::amount(params, "amount", &currency)?.unwrap_or(left);
    let lost =
        |dispute: &&super::state::Dispute| dispute.charge == charge.id && dispute.status != "won";
    if state.disputes.values().any(|dispute| lost(&dispute)) {
        let message = format!("Charge {} has been charged back.", charge.id);
        return Err(Failure::state("charge_disputed", message, Value::Null));
    }
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(Failure::state("charge_already_refunded", message, Value::Null));
    }
    if amount > left {
        let message =
            format!("Refund amount ({amount}) is greater than unrefunded amount ({left})");
        return Err(Failure::state("refund_amount_too_large", message, Value::Null));
    }
    let goes = state.intent_mut(&charge.intent).goes_back.pop_front();
    if state.is_empty || goes == Some(GoesBack::Refused) {
        let message = "There is not enough money in the balance to refund this amount.";
        return Err(Failure::state("balance_insufficient", message, Value::Null));
    }
    let waits = state.slow_refunds || goes == Some(GoesBack::Pending);
    let id = give_back(state, &charge, (amount, waits), params.metadata("metadata")?);
    Ok(shape::refund(state, &id, &params.expand()))
}

pub fn by_hand(state: &mut State, name: &str, amount: Money) {
    let intent = state.intent_of(name).expect("a payment of this name");
    let charge = state.good_charge(&intent).cloned().expect("money that was taken");
    let slow = state.slow_refunds;
    give_back(state, &charge, (stripe_amount(amount), slow), Metadata::new());
}

fn give_back(
    state: &mut State,
    charge: &Charge,
    (amount, slow): (i64, bool),
    metadata: Metadata,
) -> String {
    let id = insert(state, charge, amount, if slow { "pending" } else { "succeeded" });
    let transaction = (!slow).then(|| state.post("refund", &id, charge, (-amount, 0)));
    if let Some(refund) = state.refunds.get_mut(&id) {
        refund.metadata = metadata;
        refund.transaction = transaction;
    }
    charges::tell(state, "charge.refunded", &charge.id);
    tell(state, "refund.created", &id);
    id
}

fn insert(state: &mut State, charge: &Charge, amount: i64, status: &'static str) -> String {
    let id = state.id("re");
    let refund = Refund {
        id: id.clone(),
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        amount,
        status,
        reason: None,
        metadata: Metadata::new(),
        transaction: None,
        created: state.now(),
    };
    state.refunds.insert(id.clone(), refund);
    state.charge_mut(&charge.id).refunded += amount;
    id
}

/// Sets money free that was never taken. Stripe shows that, too, as a refund: one that changes no
/// balance.
pub fn release(state: &mut State, charge: &str, amount: i64, reason: Option<&'static str>) {
    let charge = state.charges[charge].clone();
    let id = insert(state, &charge, amount, "succeeded");
    if let Some(refund) = state.refunds.get_mut(&id) {
        refund.reason = reason;
    }
    charges::tell(state, "charge.refunded", &charge.id);
}

/// Of one intent, or of all.
pub fn end_pending(state: &mut State, intent: Option<&str>, taken: bool) {
    let of = |refund: &&Refund| intent.is_none_or(|intent| refund.intent == intent);
    let pending = state.refunds.values().filter(of).filter(|refund| refund.status == "pending");
    let pending: Vec<Refund> = pending.cloned().collect();
    for refund in pending {
        let charge = state.charges[&refund.charge].clone();
        let transaction =
            taken.then(|| state.post("refund", &refund.id, &charge, (-refund.amount, 0)));
        if !taken {
            state.charge_mut(&refund.charge).refunded -= refund.amount;
        }
        if let Some(kept) = state.refunds.get_mut(&refund.id) {
            kept.status = if taken { "succeeded" } else { "failed" };
            kept.transaction = transaction;
        }
        tell(state, if taken { "refund.updated" } else { "refund.failed" }, &refund.id);
    }
}

/// What a card's bank had taken cannot be given to its holder after all: it is in the balance again.
pub fn return_done(state: &mut State, intent: &str) {
    let done = state.refunds.values().filter(|refund| {
        refund.intent == intent && refund.status == "succeeded" && refund.transaction.is_some()
    });
    let done: Vec<Refund> = done.cloned().collect();
    for refund in done {
        let charge = state.charges[&refund.charge].clone();
        state.post("refund_failure", &refund.id, &charge, (refund.amount, 0));
        state.charge_mut(&refund.charge).refunded -= refund.amount;
        if let Some(kept) = state.refunds.get_mut(&refund.id) {
            kept.status = "failed";
        }
        tell(state, "refund.failed", &refund.id);
    }
}

fn tell(state: &mut State, kind: &str, id: &str) {
    let object = shape::refund(state, id, &Default::default());
    debug_assert_ne!(object, json!(null));
    state.tell(kind, object);
}
