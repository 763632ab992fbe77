//! Customers, and the methods that they keep. A method that has been detached, or was used without
//! being attached, can never be used again.

use serde_json::{Value, json};

use super::{
    charges,
    failure::Failure,
    form::{Metadata, Params},
    shape,
    state::State,
};

#[derive(Clone)]
pub struct Customer {
    pub id: String,
    pub metadata: Metadata,
    pub created: i64,
}

/// A card as it was once given.
#[derive(Clone)]
pub struct Method {
    pub id: String,
    /// Which of Stripe's test methods it is.
    pub test: String,
    /// Who keeps it.
    pub customer: Option<String>,
    pub created: i64,
}

pub fn create(state: &mut State, params: &Params) -> Result<Value, Failure> {
    params.only(&["metadata", "description", "name", "email"])?;
    let (id, created) = (state.id("cus"), state.now());
    let metadata = params.metadata("metadata")?;
    state.customers.insert(id.clone(), Customer { id: id.clone(), metadata, created });
    Ok(customer(state, &id))
}

pub fn customer(state: &State, id: &str) -> Value {
    let Some(customer) = state.customers.get(id) else { return Value::Null };
    json!({
        "id": customer.id, "object": "customer", "address": null, "balance": 0,
        "created": customer.created, "currency": null, "default_source": null,
        "delinquent": false, "description": null, "discount": null, "email": null,
        "invoice_prefix": "0759376C",
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null,
            "rendering_options": null,
        },
        "livemode": false, "metadata": customer.metadata, "name": null,
        "next_invoice_sequence": 1, "phone": null, "preferred_locales": [], "shipping": null,
        "tax_exempt": "none", "test_clock": null,
    })
}

pub fn method(state: &State, id: &str) -> Value {
    let Some(method) = state.methods.get(id) else { return Value::Null };
    let (last4, fingerprint) = match method.test.as_str() {
        "pm_card_threeDSecure2Required" => ("3220", "gs8tH1Db8sKpXfzW"),
        _ => ("4242", "Xt5EWLLDS7FJjR1c"),
    };
    json!({
        "id": method.id, "object": "payment_method", "billing_details": shape::nobody(),
        "card": {
            "brand": "visa",
            "checks": {
                "address_line1_check": null, "address_postal_code_check": null,
                "cvc_check": "pass",
            },
            "country": "US", "exp_month": 8, "exp_year": 2034, "fingerprint": fingerprint,
            "funding": "credit", "generated_from": null, "last4": last4,
            "networks": {"available": ["visa"], "preferred": null},
            "three_d_secure_usage": {"supported": true}, "wallet": null,
        },
        "created": method.created, "customer": method.customer, "livemode": false,
        "metadata": {}, "type": "card",
    })
}

/// The card of an intent's last attempt.
pub fn of_intent(state: &State, intent: &str) -> Value {
    method(state, state.intents[intent].method.as_deref().unwrap_or_default())
}

pub fn customer_of(state: &State, named: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(named) = named else { return Ok(None) };
    let found = state.customers.get(named);
    let found = found.ok_or_else(|| Failure::missing("customer", named, "customer"))?;
    Ok(Some(found.id.clone()))
}

/// Whether what is paid with is kept.
pub fn usage(params: &Params, name: &str) -> Result<bool, Failure> {
    match params.text(name) {
        None => Ok(false),
        Some("on_session" | "off_session") => Ok(true),
        Some(_) => Err(Failure::invalid("parameter_invalid", name, "Invalid usage")),
    }
}

/// Whether this customer keeps this method.
pub fn usable(state: &State, method: &str, customer: Option<&str>) -> Result<(), Failure> {
    let missing = || Failure::missing("PaymentMethod", method, "payment_method");
    let kept = state.methods.get(method).ok_or_else(missing)?;
    let Some(owner) = kept.customer.as_deref() else {
        let message = "The provided PaymentMethod was previously used with a PaymentIntent without \
                       Customer attachment, or was detached from a Customer. It may not be used \
                       again.";
        return Err(Failure::state("payment_method_unexpected_state", message, Value::Null));
    };
    if Some(owner) != customer {
        let message = format!("The PaymentMethod {method} does not belong to this Customer.");
        return Err(Failure::invalid("resource_missing", "payment_method", message));
    }
    Ok(())
}

/// The customer pays with this: the method's id, and which of the test methods it is.
pub fn presented(
    state: &mut State,
    intent: &str,
    named: &str,
) -> Result<(String, String), Failure> {
    if let Some(kept) = state.methods.get(named) {
        let test = kept.test.clone();
        usable(state, named, state.intents[intent].customer.as_deref())?;
        return Ok((named.to_owned(), test));
    }
    let known = matches!(named, "pm_card_visa" | "pm_card_threeDSecure2Required" | "pm_slow");
    if !known && charges::decline_of(named).is_none() {
        return Err(Failure::missing("PaymentMethod", named, "payment_method"));
    }
    let (id, created) = (state.id("pm"), state.now());
    let new = Method { id: id.clone(), test: named.to_owned(), customer: None, created };
    state.methods.insert(id.clone(), new);
    Ok((id, named.to_owned()))
}

/// The bank has agreed: what is to be kept is attached.
pub fn keep(state: &mut State, intent: &str) {
    let intent = &state.intents[intent];
    let Some(customer) = intent.customer.clone().filter(|_| intent.keeps) else { return };
    let id = intent.method.clone().unwrap_or_default();
    let Some(kept) = state.methods.get_mut(&id) else { return };
    kept.customer = Some(customer);
    let shown = method(state, &id);
    state.tell("payment_method.attached", shown);
}

pub fn detach(state: &mut State, id: &str, params: &Params) -> Result<Value, Failure> {
    params.only(&[])?;
    let Some(kept) = state.methods.get_mut(id) else {
        return Err(Failure::missing("PaymentMethod", id, "payment_method"));
    };
    if kept.customer.take().is_none() {
        let message = "The payment method you provided is not attached to a customer so detachment \
                       is impossible.";
        return Err(Failure::state("payment_method_unexpected_state", message, Value::Null));
    }
    let shown = method(state, id);
    state.tell("payment_method.detached", shown.clone());
    Ok(shown)
}

pub fn decline(state: &mut State) {
    for method in state.methods.values_mut().filter(|method| method.customer.is_some()) {
        method.test = "pm_card_chargeDeclinedInsufficientFunds".into();
    }
}
