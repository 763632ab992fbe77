//! Payments v2: what was authorised is captured, voided or authorised anew; what was captured goes
//! back.

use jiff::SignedDuration;
use kernel::Money;
use serde_json::Value;

use super::{
    failure::Failure,
    money, shape,
    state::{Authorization, Capture, Order, Refund, State},
};

/// For so long the bank's word is good; after that it may be asked once more.
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
    let taken = state.orders[&order].captured() + amount.amount;
    if taken > authorized.amount.amount {
        return Err(Failure::refused("MAX_CAPTURE_AMOUNT_EXCEEDED"));
    }
    let whole = taken == authorized.amount.amount;
    let last = whole || asked["final_capture"] == true;
    let now = state.now();
    let one = authorization_of(state, &order, id);
    (one.status, one.updated) = (if last { "CAPTURED" } else { "PARTIALLY_CAPTURED" }, now);
    let new = take(state, &order, Some(id), (amount, last));
    capture(state, &new)
}

/// Money moves; the capture's id.
pub fn take(
    state: &mut State,
    order: &str,
    authorization: Option<&str>,
    (amount, last): (Money, bool),
) -> String {
    let now = state.now();
    let id = state.id();
    let taken = Capture {
        id: id.clone(),
        authorization: authorization.map(str::to_owned),
        amount,
        fee: money::fee(amount),
        last,
        created: now,
        updated: now,
    };
    state.orders.get_mut(order).expect("an order").captures.push(taken);
    tell_capture(state, "PAYMENT.CAPTURE.COMPLETED", &id);
    id
}

pub fn void(state: &mut State, id: &str) -> Result<(), Failure> {
    let order = state.order_of_authorization(id)?;
    held(&state.orders[&order], id).map_err(|failure| match failure {
        Some("AUTHORIZATION_ALREADY_CAPTURED") => Failure::refused("PREVIOUSLY_CAPTURED"),
        Some("AUTHORIZATION_VOIDED") => Failure::refused("PREVIOUSLY_VOIDED"),
        _ => Failure::refused("CANNOT_BE_VOIDED"),
    })?;
    free(state, &order, id);
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
    let again = state.orders[&order].authorizations.len() > 1;
    if again || now.duration_since(old.created) < HONOURED || amount != old.amount {
        return Err(Failure::refused("REAUTHORIZATION_NOT_SUPPORTED"));
    }
    let new = state.id();
    authorization_of(state, &order, id).status = "VOIDED";
    let one = Authorization { id: new.clone(), created: now, updated: now, ..old };
    state.orders.get_mut(&order).expect("an order").authorizations.push(one);
    tell_authorization(state, "PAYMENT.AUTHORIZATION.CREATED", &new);
    authorization(state, &new)
}

pub fn refund_capture(state: &mut State, id: &str, asked: &Value) -> Result<Value, Failure> {
    let order_id = state.order_of_capture(id)?;
    let order = &state.orders[&order_id];
    let taken = order.captures.iter().find(|one| one.id == id).expect("just found").amount;
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
    let new = give_back(state, (&order_id, id), amount, custom);
    refund(state, &new)
}

/// Money goes back; the refund's id.
pub fn give_back(
    state: &mut State,
    (order, capture): (&str, &str),
    amount: Money,
    custom: Option<String>,
) -> String {
    let (created, id) = (state.now(), state.id());
    let new = Refund { id: id.clone(), capture: capture.into(), amount, custom, created };
    state.orders.get_mut(order).expect("an order").refunds.push(new);
    let shown = refund(state, &id).ok().expect("just made");
    state.tell("PAYMENT.CAPTURE.REFUNDED", "refund", shown);
    id
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

fn tell_capture(state: &mut State, kind: &str, id: &str) {
    let shown = capture(state, id).ok().expect("just made");
    state.tell(kind, "capture", shown);
}
