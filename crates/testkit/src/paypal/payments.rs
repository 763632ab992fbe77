//! Payments v2: what was authorised is captured, voided or authorised anew; what was captured goes
//! back.
//!
//! What was authorised first can be authorised anew from the fourth day on, more than once within its
//! 29 days; it stays beside what is made of it, which can neither be authorised anew nor be voided by
//! itself (descriptions of `reauthorize` and of the issues `REAUTHORIZATION_NOT_SUPPORTED` and
//! `CANNOT_BE_VOIDED` in the specification of Payments v2).

use jiff::SignedDuration;
use kernel::Money;
use serde_json::Value;

use super::{
    failure::Failure,
    money, shape,
    state::{Authorization, Capture, CaptureEnds, Order, Refund, State, Takes},
};
use crate::provider::GoesBack;

/// For so long the bank's word is good; after that it may be asked again.
const HONOURED: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How often one capture can be given back in parts.
const MOST_REFUNDS: usize = 25;

pub fn authorization(state: &State, id: &str) -> Result<Value, Failure> {
    let order = &state.orders[&state.order_of_authorization(id)?];
    let one = order.authorizations.iter().find(|one| one.id == id).expect("just found");
    Ok(shape::alone(order, shape::authorization(state, order, one)))
}

pub fn capture(state: &State, id: &str) -> Result<Value, Failure> {
    let order = &state.orders[&state.order_of_capture(id)?];
    let one = order.captures.iter().find(|one| one.id == id).expect("just found");
    Ok(shape::alone(order, shape::capture(state, order, one)))
}

pub fn refund(state: &State, id: &str) -> Result<Value, Failure> {
    let all = state.orders.values();
    let found = all.flat_map(|order| order.refunds.iter().map(move |one| (order, one)));
    let (order, one) = { found }.find(|(_, one)| one.id == id).ok_or(Failure::missing())?;
    Ok(shape::refund(state, order, one))
}

pub fn capture_authorization(state: &mut State, id: &str, asked: &Value) -> Result<Value, Failure> {
    let order = state.order_of_authorization(id)?;
    let authorized = held(&state.orders[&order], id)?.clone();
    let amount = match &asked["amount"] {
        Value::Null => authorized.amount,
        amount => money::read(amount)?,
    };
    if amount.currency != authorized.amount.currency {
        return Err(Failure::refused("AUTH_CAPTURE_CURRENCY_MISMATCH"));
    }
    let taken = state.orders[&order].claimed() + amount.amount;
    if taken > authorized.amount.amount {
        return Err(Failure::refused("MAX_CAPTURE_AMOUNT_EXCEEDED"));
    }
    let whole = taken == authorized.amount.amount;
    let last = whole || asked["final_capture"] == true;
    let takes = state.order(&order)?.takes.pop_front();
    let status = match takes.or_else(|| state.takes.pop_front()) {
        None => "COMPLETED",
        Some(Takes::Pending) => "PENDING",
        Some(Takes::Declined) => "DECLINED",
    };
    if status != "DECLINED" {
        use_up(state, &order, id, last);
    }
    let new = note(state, (&order, Some(id)), (amount, last), status);
    capture(state, &new)
}

/// An authorisation and those that it was made of, or that were made of it, are one.
fn family(order: &Order, id: &str) -> String {
    let one = order.authorizations.iter().find(|one| one.id == id).expect("an authorization");
    one.parent.clone().unwrap_or_else(|| one.id.clone())
}

fn is_of(one: &Authorization, family: &str) -> bool {
    one.id == family || one.parent.as_deref() == Some(family)
}

fn use_up(state: &mut State, order: &str, id: &str, last: bool) {
    let now = state.now();
    let order = state.orders.get_mut(order).expect("an order");
    let family = family(order, id);
    let status = if last { "CAPTURED" } else { "PARTIALLY_CAPTURED" };
    let held = |one: &&mut Authorization| matches!(one.status, "CREATED" | "PARTIALLY_CAPTURED");
    let all = order.authorizations.iter_mut().filter(held);
    for one in all.filter(|one| is_of(one, &family) && (last || one.id == id)) {
        (one.status, one.updated) = (status, now);
    }
}

/// What PayPal looked at has ended.
pub fn finish(state: &mut State, order: &str, ends: CaptureEnds) {
    let now = state.now();
    let mut done = Vec::new();
    let order = state.orders.get_mut(order).expect("an order");
    for one in order.captures.iter_mut().filter(|one| one.status == "PENDING") {
        let completed = ends == CaptureEnds::Completed;
        one.status = if completed { "COMPLETED" } else { "DECLINED" };
        one.updated = now;
        done.push((one.id.clone(), one.authorization.clone()));
    }
    for (_, authorization) in &done {
        let Some(id) = authorization.as_deref().filter(|_| ends == CaptureEnds::Declined) else {
            continue;
        };
        let family = family(order, id);
        let used = |one: &&mut Authorization| one.status == "CAPTURED" && is_of(one, &family);
        for one in order.authorizations.iter_mut().filter(used) {
            (one.status, one.updated) = ("CREATED", now);
        }
    }
    for (id, _) in done {
        tell_capture(state, &id);
    }
}

/// Money moves; the capture's id.
pub fn take(
    state: &mut State,
    order: &str,
    authorization: Option<&str>,
    taken: (Money, bool),
) -> String {
    note(state, (order, authorization), taken, "COMPLETED")
}

fn note(
    state: &mut State,
    (order, authorization): (&str, Option<&str>),
    (amount, last): (Money, bool),
    status: &'static str,
) -> String {
    let now = state.now();
    let id = state.id();
    let taken = Capture {
        id: id.clone(),
        status,
        authorization: authorization.map(str::to_owned),
        amount,
        fee: money::fee(amount),
        last,
        created: now,
        updated: now,
    };
    state.orders.get_mut(order).expect("an order").captures.push(taken);
    tell_capture(state, &id);
    id
}

pub fn void(state: &mut State, id: &str) -> Result<(), Failure> {
    let order = state.order_of_authorization(id)?;
    let one = held(&state.orders[&order], id).map_err(|failure| match failure {
        Some("AUTHORIZATION_ALREADY_CAPTURED") => Failure::refused("PREVIOUSLY_CAPTURED"),
        Some("AUTHORIZATION_VOIDED") => Failure::refused("PREVIOUSLY_VOIDED"),
        _ => Failure::refused("CANNOT_BE_VOIDED"),
    })?;
    if one.parent.is_some() {
        return Err(Failure::refused("CANNOT_BE_VOIDED"));
    }
    let held = state.orders[&order].authorizations.iter();
    let held = held.filter(|one| is_of(one, id) && one.status == "CREATED");
    let with_it: Vec<String> = held.map(|one| one.id.clone()).collect();
    for one in with_it {
        free(state, &order, &one);
    }
    Ok(())
}

pub fn free(state: &mut State, order: &str, id: &str) {
    let now = state.now();
    let one = authorization_of(state, order, id);
    (one.status, one.updated) = ("VOIDED", now);
    tell_authorization(state, "PAYMENT.AUTHORIZATION.VOIDED", id);
}

pub fn reauthorize(state: &mut State, id: &str, asked: &Value) -> Result<Value, Failure> {
    let order = state.order_of_authorization(id)?;
    let old = held(&state.orders[&order], id)?.clone();
    let amount = match &asked["amount"] {
        Value::Null => old.amount,
        amount => money::read(amount)?,
    };
    let now = state.now();
    let made = state.orders[&order].authorizations.iter().map(|one| one.created);
    let newest = made.max().unwrap_or(old.created);
    let too_early = now.duration_since(newest) < HONOURED;
    if old.parent.is_some() || too_early || old.expires <= now || amount != old.amount {
        return Err(Failure::refused("REAUTHORIZATION_NOT_SUPPORTED"));
    }
    let new = state.id();
    let parent = Some(old.id.clone());
    let one = Authorization { id: new.clone(), parent, created: now, updated: now, ..old };
    state.orders.get_mut(&order).expect("an order").authorizations.push(one);
    tell_authorization(state, "PAYMENT.AUTHORIZATION.CREATED", &new);
    authorization(state, &new)
}

pub fn refund_capture(state: &mut State, id: &str, asked: &Value) -> Result<Value, Failure> {
    let order_id = state.order_of_capture(id)?;
    let order = &state.orders[&order_id];
    let one = order.captures.iter().find(|one| one.id == id).expect("just found");
    match one.status {
        "COMPLETED" => {}
        "PENDING" => return Err(Failure::refused("PENDING_CAPTURE")),
        _ => return Err(Failure::refused("REFUND_NOT_ALLOWED")),
    }
    let taken = one.amount;
    let left = taken.amount - order.refunded(id);
    let amount = match &asked["amount"] {
        Value::Null => Money::new(left, taken.currency),
        amount => money::read(amount)?,
    };
    if left == 0 {
        return Err(Failure::refused("CAPTURE_FULLY_REFUNDED"));
    }
    if amount.currency != taken.currency {
        return Err(Failure::refused("REFUND_CAPTURE_CURRENCY_MISMATCH"));
    }
    if amount.amount > left {
        return Err(Failure::refused("REFUND_AMOUNT_EXCEEDED"));
    }
    if order.refunds.iter().filter(|one| one.capture == id).count() >= MOST_REFUNDS {
        return Err(Failure::refused("MAX_NUMBER_OF_REFUNDS_EXCEEDED"));
    }
    let custom = asked["custom_id"].as_str().map(str::to_owned);
    let goes = state.order(&order_id)?.goes_back.pop_front();
    if state.is_empty || goes == Some(GoesBack::Refused) {
        return Err(Failure::refused("REFUND_FAILED_INSUFFICIENT_FUNDS"));
    }
    let new = insert_refund(state, (&order_id, id), amount, custom);
    if goes.is_none() {
        finish_refund(state, &order_id, (&new, "COMPLETED"));
    }
    refund(state, &new)
}

/// Money goes back by hand.
pub fn give_back(
    state: &mut State,
    (order, capture): (&str, &str),
    amount: Money,
    custom: Option<String>,
) {
    let id = insert_refund(state, (order, capture), amount, custom);
    finish_refund(state, order, (&id, "COMPLETED"));
}

fn insert_refund(
    state: &mut State,
    (order, capture): (&str, &str),
    amount: Money,
    custom: Option<String>,
) -> String {
    let (created, id) = (state.now(), state.id());
    let (capture, status) = (capture.to_owned(), "PENDING");
    let new = Refund { id: id.clone(), capture, amount, custom, status, created };
    state.orders.get_mut(order).expect("an order").refunds.push(new);
    id
}

/// PayPal documents an event of money that went back, and none of a refund that failed.
fn finish_refund(state: &mut State, order: &str, (id, status): (&str, &'static str)) {
    let order = state.orders.get_mut(order).expect("an order");
    let found = order.refunds.iter_mut().find(|one| one.id == id);
    found.expect("a refund").status = status;
    if status == "COMPLETED" {
        let shown = refund(state, id).ok().expect("just made");
        state.tell("PAYMENT.CAPTURE.REFUNDED", "refund", shown);
    }
}

/// The bank has taken what of an order it had in hand, or refused it.
pub fn end_refunds(state: &mut State, order: &str, taken: bool) {
    let waits = state.orders[order].refunds.iter().filter(|one| one.status == "PENDING");
    let waits: Vec<String> = waits.map(|one| one.id.clone()).collect();
    for id in waits {
        finish_refund(state, order, (&id, if taken { "COMPLETED" } else { "FAILED" }));
    }
}

/// What is set aside and can be taken; else the issue.
fn held<'a>(order: &'a Order, id: &str) -> Result<&'a Authorization, Option<&'static str>> {
    let one = order.authorizations.iter().find(|one| one.id == id).ok_or(None)?;
    match one.status {
        "CREATED" | "PARTIALLY_CAPTURED" => Ok(one),
        "CAPTURED" => Err(Some("AUTHORIZATION_ALREADY_CAPTURED")),
        "DENIED" => Err(Some("AUTHORIZATION_DENIED")),
        "PENDING" => Err(Some("TRANSACTION_REFUSED")),
        _ => Err(Some("AUTHORIZATION_VOIDED")),
    }
}

impl From<Option<&'static str>> for Failure {
    fn from(issue: Option<&'static str>) -> Self {
        issue.map_or(Self::missing(), Self::refused)
    }
}

fn authorization_of<'a>(state: &'a mut State, order: &str, id: &str) -> &'a mut Authorization {
    let order = state.orders.get_mut(order).expect("an order");
    order.authorizations.iter_mut().find(|one| one.id == id).expect("an authorization")
}

pub fn tell_authorization(state: &mut State, kind: &str, id: &str) {
    let shown = authorization(state, id).ok().expect("just changed");
    state.tell(kind, "authorization", shown);
}

fn tell_capture(state: &mut State, id: &str) {
    let shown = capture(state, id).ok().expect("just made");
    let kind = format!("PAYMENT.CAPTURE.{}", shown["status"].as_str().unwrap_or_default());
    state.tell(&kind, "capture", shown);
}
