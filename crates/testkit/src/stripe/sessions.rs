//! Checkout Sessions: visits to the hosted page.

use serde_json::Value;

use super::{
    failure::Failure,
    form::Params,
    intents::{self, New, Status},
    kept, shape_money as shape,
    state::{Session, State},
};

const SHORTEST: i64 = 30 * 60;
const LONGEST: i64 = 24 * 3600;

pub fn create(state: &mut State, params: &Params) -> Result<Value, Failure> {
    params.only(&[
        "mode",
        "line_items",
        "success_url",
        "cancel_url",
        "expires_at",
        "metadata",
        "client_reference_id",
        "payment_intent_data",
        "customer",
    ])?;
    if params.required("mode")? != "payment" {
        return Err(Failure::invalid("parameter_invalid", "mode", "Only payments here"));
    }
    let currency = params.required("line_items.0.price_data.currency")?.to_owned();
    params.required("line_items.0.price_data.product_data.name")?;
    params.required("line_items.0.price_data.unit_amount")?;
    let unit = intents::amount(params, "line_items.0.price_data.unit_amount", &currency)?;
    let quantity = params.integer("line_items.0.quantity")?.unwrap_or(1);
    let now = state.now();
    let expires_at = params.integer("expires_at")?.unwrap_or(now + LONGEST);
    if !(now + SHORTEST..=now + LONGEST).contains(&expires_at) {
        let message = "The timestamp must be between 30 minutes and 24 hours in the future.";
        return Err(Failure::invalid("parameter_invalid", "expires_at", message));
    }
    let customer = kept::customer_of(state, params.text("customer"))?;
    let session = Session {
        customer,
        keeps: kept::usage(params, "payment_intent_data.setup_future_usage")?,
        id: state.id("cs_test"),
        intent: None,
        status: "open",
        amount: unit.unwrap_or_default() * quantity,
        currency,
        manual: params.text("payment_intent_data.capture_method") == Some("manual"),
        description: params.text("payment_intent_data.description").map(str::to_owned),
        reference: params.text("client_reference_id").map(str::to_owned),
        metadata: params.metadata("metadata")?,
        intent_metadata: params.metadata("payment_intent_data.metadata")?,
        success_url: params.required("success_url")?.to_owned(),
        cancel_url: params.text("cancel_url").map(str::to_owned),
        expires_at,
        created: now,
    };
    let id = session.id.clone();
    state.sessions.insert(id.clone(), session);
    Ok(shape::session(state, &id, &params.expand()))
}

/// The customer sends the page's form. The intent is there only from now on.
pub fn pay(state: &mut State, id: &str, method: &str) -> Result<(), Failure> {
    let session = state.sessions.get(id).cloned();
    let session =
        session.filter(|session| session.status == "open" && session.expires_at > state.now());
    let session = session.ok_or_else(|| Failure::missing("checkout.session", id, "session"))?;
    let intent = session.intent.clone().unwrap_or_else(|| {
        let new = New {
            amount: session.amount,
            currency: session.currency.clone(),
            manual: session.manual,
            metadata: session.intent_metadata.clone(),
            description: session.description.clone(),
            session: Some(id.into()),
            customer: session.customer.clone(),
            keeps: session.keeps,
        };
        intents::insert(state, new)
    });
    if let Some(session) = state.sessions.get_mut(id) {
        session.intent = Some(intent.clone());
    }
    intents::confirm(state, &intent, method, Some(&session.success_url))
}

/// The visit of this intent has led to money.
pub fn complete(state: &mut State, intent: &str) {
    let Some(id) = state.intents[intent].session.clone() else { return };
    let Some(session) = state.sessions.get_mut(&id) else { return };
    if session.status == "open" {
        session.status = "complete";
        let object = shape::session(state, &id, &Default::default());
        state.tell("checkout.session.completed", object);
    }
}

pub fn expire_call(state: &mut State, id: &str, params: &Params) -> Result<Value, Failure> {
    params.only(&[])?;
    let session = state.sessions.get(id);
    let session = session.ok_or_else(|| Failure::missing("checkout.session", id, "session"))?;
    if session.status != "open" {
        let status = session.status;
        let message =
            format!("Only Checkout Sessions with a status of open can be expired; {status}");
        return Err(Failure::state("resource_already_exists", message, Value::Null));
    }
    expire(state, id);
    Ok(shape::session(state, id, &params.expand()))
}

fn expire(state: &mut State, id: &str) {
    let Some(session) = state.sessions.get_mut(id) else { return };
    session.status = "expired";
    let intent = session.intent.clone();
    let waits = |intent: &String| {
        matches!(
            state.intents[intent].status,
            Status::RequiresPaymentMethod | Status::RequiresAction
        )
    };
    if let Some(intent) = intent.filter(waits) {
        intents::end(state, &intent, "automatic");
    }
    let object = shape::session(state, id, &Default::default());
    state.tell("checkout.session.expired", object);
}

pub fn lapse(state: &mut State) {
    let now = state.now();
    let old = state.sessions.values().filter(|one| one.status == "open" && one.expires_at <= now);
    let old: Vec<String> = old.map(|session| session.id.clone()).collect();
    for id in old {
        expire(state, &id);
    }
}
