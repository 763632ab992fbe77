//! The vault: what is paid with is put there when the payment succeeds, or a while later.

use serde_json::{Value, json};

use super::{
    failure::Failure,
    orders,
    shape::link,
    state::{Bank, Order, Source, State},
};

/// What lies in the vault.
pub struct Kept {
    pub customer: String,
    pub source: Source,
    /// The bank declines it, or asks who is paying.
    pub declines: bool,
    pub asks: bool,
}

/// What is to become of an order's source.
#[derive(Clone, Default)]
pub struct Keeping {
    asked: bool,
    /// The customer that it is for; PayPal makes one unless told.
    customer: Option<String>,
    /// What it is in the vault.
    token: Option<String>,
    /// It will be there.
    promised: bool,
}

/// Reads what an order says of it. A source from the vault in a new order would be charged at once:
/// that is not played here.
pub fn asked(state: &State, source: &Value) -> Result<Keeping, Failure> {
    if !source["vault_id"].is_null() {
        return Err(Failure::invalid("INVALID_PARAMETER_VALUE"));
    }
    let attributes = &source["attributes"];
    let vault = &attributes["vault"];
    let customer = attributes["customer"]["id"].as_str().map(str::to_owned);
    if customer.as_ref().is_some_and(|customer| !state.customers.contains(customer)) {
        return Err(Failure::missing());
    }
    let asked = match (&vault["store_in_vault"], &vault["usage_type"]) {
        (Value::Null, Value::Null) => false,
        (Value::String(when), _) if when == "ON_SUCCESS" => true,
        _ => return Err(Failure::invalid("INVALID_PARAMETER_VALUE")),
    };
    Ok(Keeping { asked, customer, ..Keeping::default() })
}

/// The payment has succeeded.
pub fn keep(state: &mut State, id: &str) {
    let later = state.keeps_later;
    let Some(order) = state.orders.get_mut(id).filter(|order| order.keeping.asked) else { return };
    order.keeping.promised = later;
    if !later {
        put(state, id);
    }
}

pub fn finish(state: &mut State) {
    state.keeps_later = false;
    let promised = state.orders.values().filter(|order| order.keeping.promised);
    let promised: Vec<String> = promised.map(|order| order.id.clone()).collect();
    for id in promised {
        put(state, &id);
    }
}

fn put(state: &mut State, id: &str) {
    let token = state.id().to_lowercase();
    let made = state.id();
    let order = state.orders.get_mut(id).expect("an order");
    let customer = order.keeping.customer.clone().unwrap_or(made);
    (order.keeping.token, order.keeping.promised) = (Some(token.clone()), false);
    order.keeping.customer = Some(customer.clone());
    let source = order.source.clone();
    state.customers.insert(customer.clone());
    let kept = Kept { customer, source, declines: false, asks: false };
    state.vault.insert(token.clone(), kept);
    let shown = show(state, &token).ok().expect("just kept");
    state.tell("VAULT.PAYMENT-TOKEN.CREATED", "payment_token", shown);
}

/// The payer agrees: with what lies in the vault, or with a card that the issuer asks about.
pub fn confirm(state: &mut State, id: &str, asked: &Value) -> Result<Value, Failure> {
    let source = &asked["payment_source"];
    let named = |kind: &str| source[kind]["vault_id"].as_str().map(str::to_owned);
    let (token, card) = match (named("card"), named("paypal")) {
        (Some(token), _) => (token, true),
        (None, Some(token)) => (token, false),
        (None, None) => return orders::confirm_card(state, id),
    };
    let kept = state.vault.get(&token).ok_or(Failure::refused("TOKEN_ID_NOT_FOUND"))?;
    if card != matches!(kept.source, Source::Card { .. }) {
        return Err(Failure::refused("MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE"));
    }
    let (bank, asks) = (if kept.declines { Bank::Declines } else { Bank::Agrees }, kept.asks);
    let status = state.orders.get(id).ok_or(Failure::missing())?.status;
    match status {
        "APPROVED" => return Err(Failure::refused("PAYMENT_ALREADY_APPROVED")),
        "COMPLETED" => return Err(Failure::refused("ORDER_CANNOT_BE_CONFIRMED")),
        _ if asks => return orders::confirm_card(state, id),
        _ => {}
    }
    let source = if card { Source::Card { authentication: None } } else { Source::Wallet };
    orders::agreed(state, id, source, bank)?;
    orders::show(state, id, None)
}

/// Adds to a source what is kept of it.
pub fn show_in(state: &State, order: &Order, source: &mut Value) {
    let keeping = &order.keeping;
    if keeping.token.is_none() && !keeping.promised {
        return;
    }
    let up = format!("{}/v2/checkout/orders/{}", state.base_url, order.id);
    let mut vault = json!({"status": "APPROVED", "links": [link(up, "up", "GET")]});
    if let (Some(token), Some(customer)) = (&keeping.token, &keeping.customer) {
        let own = format!("{}/v3/vault/payment-tokens/{token}", state.base_url);
        let links = json!([link(own.clone(), "self", "GET"), link(own, "delete", "DELETE")]);
        vault = json!({
            "id": token, "status": "VAULTED", "customer": {"id": customer}, "links": links,
        });
    }
    for kind in ["card", "paypal"] {
        if source[kind].is_object() {
            source[kind]["attributes"]["vault"] = vault.clone();
        }
    }
}

pub fn show(state: &State, id: &str) -> Result<Value, Failure> {
    let kept = state.vault.get(id).ok_or(Failure::missing())?;
    let own = format!("{}/v3/vault/payment-tokens/{id}", state.base_url);
    let source = match kept.source {
        Source::Card { .. } => {
            json!({"card": {"last_digits": "0002", "brand": "VISA", "expiry": "2034-08"}})
        }
        _ => json!({"paypal": {"email_address": "buyer@example.com", "payer_id": "QYR5Z8XDVJNXQ"}}),
    };
    Ok(json!({
        "id": id, "customer": {"id": kept.customer}, "payment_source": source,
        "links": [link(own.clone(), "self", "GET"), link(own, "delete", "DELETE")],
    }))
}

pub fn delete(state: &mut State, parts: &[&str]) -> Result<(), Failure> {
    let ["v3", "vault", "payment-tokens", id] = parts else { return Err(Failure::missing()) };
    state.vault.remove(*id).map(|_| ()).ok_or(Failure::missing())
}
