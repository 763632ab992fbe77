//! Customers' banks that take money back.

use jiff::Timestamp;
use kernel::Money;
use serde_json::{Value, json};

use super::{
    failure::Failure,
    shape,
    state::{Dispute, Ended, State},
};
use crate::provider::Verdict;

pub fn open(state: &mut State, order: &str, amount: Money, fee: Money) -> String {
    let capture = state.orders[order].completed().next().expect("a capture").id.clone();
    let id = format!("PP-D-{}", state.id());
    let now = state.now();
    let new = Dispute {
        id: id.clone(),
        order: order.into(),
        capture,
        amount,
        fee,
        ended: None,
        created: now,
        updated: now,
    };
    state.disputes.insert(id.clone(), new);
    tell(state, "CREATED", &id);
    id
}

pub fn decide(state: &mut State, id: &str, won: bool) {
    let amount = state.disputes[id].amount.amount;
    verdict(state, id, Verdict { lost: if won { 0 } else { amount }, fee: None });
}

pub fn verdict(state: &mut State, id: &str, verdict: Verdict) {
    let now = state.now();
    let one = state.disputes.get_mut(id).expect("a dispute");
    let (amount, fee) = (one.amount.amount, one.fee.amount);
    let money = |amount| Money::new(amount, one.amount.currency);
    let back = money(amount - verdict.lost);
    let more = money(verdict.fee.unwrap_or(fee) - fee);
    (one.ended, one.updated) = (Some(Ended { back, more }), now);
    tell(state, "RESOLVED", id);
}

fn tell(state: &mut State, what: &str, id: &str) {
    let shown = shape::dispute(state, &state.disputes[id]);
    state.tell(&format!("CUSTOMER.DISPUTE.{what}"), "dispute", shown);
}

pub fn show(state: &State, id: &str) -> Result<Value, Failure> {
    let one = state.disputes.get(id).ok_or(Failure::missing())?;
    Ok(shape::dispute(state, one))
}

/// Those of one capture, or changed since then; all unless told.
pub fn list(state: &State, capture: Option<&str>, since: Option<Timestamp>) -> Value {
    let fits = |one: &&Dispute| {
        capture.is_none_or(|capture| one.capture == capture)
            && since.is_none_or(|since| one.updated >= since)
    };
    let found = state.disputes.values().filter(fits);
    let items: Vec<Value> = found.map(|one| shape::dispute_brief(state, one)).collect();
    let own = format!("{}/v1/customer/disputes", state.base_url);
    let links = json!([{"href": own, "rel": "self", "method": "GET"}]);
    if items.is_empty() { json!({"links": links}) } else { json!({"items": items, "links": links}) }
}
