//! Orders v2: made, agreed to by their payer, authorised or captured.

use std::collections::VecDeque;

use jiff::SignedDuration;
use kernel::Money;
use serde_json::{Value, json};

use super::{
    failure::Failure,
    kept, money, payments, shape,
    state::{Authorization, Bank, Order, Source, State},
};

/// How long money can be set aside.
const HELD: SignedDuration = SignedDuration::from_hours(29 * 24);

pub fn create(state: &mut State, asked: &Value) -> Result<Value, Failure> {
    let intent = match asked["intent"].as_str() {
        Some(intent @ ("CAPTURE" | "AUTHORIZE")) => intent.to_owned(),
        Some(_) => return Err(Failure::invalid("INVALID_PARAMETER_VALUE")),
        None => return Err(Failure::invalid("MISSING_REQUIRED_PARAMETER")),
    };
    let Some([unit]) = asked["purchase_units"].as_array().map(Vec::as_slice) else {
        return Err(Failure::invalid("MISSING_REQUIRED_PARAMETER"));
    };
    let text = |name: &str, most: usize| match &unit[name] {
        Value::Null => Ok(None),
        Value::String(text) if (1..=most).contains(&text.len()) => Ok(Some(text.clone())),
        _ => Err(Failure::invalid("INVALID_STRING_LENGTH")),
    };
    let source = &asked["payment_source"];
    let chosen = source.as_object().map_or(0, serde_json::Map::len);
    if chosen > 1 {
        return Err(Failure::refused("ONLY_ONE_PAYMENT_SOURCE_ALLOWED"));
    }
    let context = |kind: &str, name: &str| {
        source[kind]["experience_context"][name].as_str().unwrap_or_default().to_owned()
    };
    let (kind, status) = match chosen {
        0 => ("none", "CREATED"),
        _ if source["paypal"].is_object() => ("paypal", "PAYER_ACTION_REQUIRED"),
        _ if source["card"].is_object() => ("card", "CREATED"),
        _ => return Err(Failure::invalid("INVALID_PARAMETER_VALUE")),
    };
    let keeping = kept::asked(state, &source[kind])?;
    let now = state.now();
    let id = state.id();
    let order = Order {
        keeping,
        id: id.clone(),
        intent,
        status,
        reference: text("reference_id", 256)?,
        custom: text("custom_id", 127)?,
        invoice: text("invoice_id", 127)?,
        description: text("description", 127)?,
        amount: money::read(&unit["amount"])?,
        merchant: unit["payee"]["merchant_id"].as_str().unwrap_or(&state.merchant).to_owned(),
        source: if kind == "paypal" { Source::Wallet } else { Source::None },
        asked: asked.clone(),
        return_url: context(kind, "return_url"),
        cancel_url: context(kind, "cancel_url"),
        bank: Bank::Agrees,
        created: now,
        updated: now,
        authorizations: Vec::new(),
        captures: Vec::new(),
        refunds: Vec::new(),
        takes: VecDeque::new(),
        goes_back: VecDeque::new(),
    };
    let shown = shape::order(state, &order);
    state.orders.insert(id, order);
    Ok(shown)
}

pub fn show(state: &State, id: &str, fields: Option<&str>) -> Result<Value, Failure> {
    let order = state.orders.get(id).ok_or(Failure::missing())?;
    let mut shown = shape::order(state, order);
    if fields == Some("payment_source") {
        let kept = ["id", "status", "payment_source", "links"];
        shown.as_object_mut().expect("an object").retain(|name, _| kept.contains(&name.as_str()));
    }
    Ok(shown)
}

/// The payer agreed on PayPal's page, with their wallet; `bank` is what comes of it.
pub fn approve(state: &mut State, id: &str, bank: Bank) -> Result<(), Failure> {
    agreed(state, id, Source::Wallet, bank)
}

/// The payer's card in hosted fields, whose issuer says that it is them; `bank` is what comes of it.
pub fn pay_by_card(state: &mut State, id: &str, bank: Bank) -> Result<(), Failure> {
    let authentication = Some(["Y", "Y", "POSSIBLE"]);
    agreed(state, id, Source::Card { authentication }, bank)
}

/// The payer's card has been through 3-D Secure, or did not need it.
pub fn authenticated(state: &mut State, id: &str, said: [&'static str; 3]) -> Result<(), Failure> {
    agreed(state, id, Source::Card { authentication: Some(said) }, Bank::Agrees)
}

pub fn agreed(state: &mut State, id: &str, source: Source, bank: Bank) -> Result<(), Failure> {
    let now = state.now();
    let order = state.order(id)?;
    if matches!(order.status, "COMPLETED" | "VOIDED") {
        return Err(Failure::refused("ORDER_COMPLETED_OR_VOIDED"));
    }
    (order.status, order.source, order.bank, order.updated) = ("APPROVED", source, bank, now);
    let shown = shape::order(state, &state.orders[id]);
    state.tell("CHECKOUT.ORDER.APPROVED", "checkout-order", shown);
    Ok(())
}

/// The payer gave a card in hosted fields, and has to prove who they are.
pub fn confirm_card(state: &mut State, id: &str) -> Result<Value, Failure> {
    let now = state.now();
    let order = state.order(id)?;
    if matches!(order.status, "COMPLETED" | "VOIDED") {
        return Err(Failure::refused("ORDER_COMPLETED_OR_VOIDED"));
    }
    order.source = Source::Card { authentication: None };
    (order.status, order.updated) = ("PAYER_ACTION_REQUIRED", now);
    Ok(shape::order(state, &state.orders[id]))
}

pub fn authorize(state: &mut State, id: &str) -> Result<Value, Failure> {
    ready(state, id, "AUTHORIZE")?;
    let now = state.now();
    let new = state.id();
    let order = state.order(id)?;
    let status = match order.bank {
        Bank::Waits => "PENDING",
        Bank::Denies => "DENIED",
        _ => "CREATED",
    };
    let amount = order.amount;
    order.authorizations.push(Authorization {
        id: new.clone(),
        parent: None,
        status,
        amount,
        created: now,
        updated: now,
        expires: now + HELD,
    });
    (order.status, order.updated) = ("COMPLETED", now);
    if status == "DENIED" {
        // PayPal documents no event of it: who asked has the answer.
        return Ok(shape::order(state, &state.orders[id]));
    }
    kept::keep(state, id);
    payments::tell_authorization(state, "PAYMENT.AUTHORIZATION.CREATED", &new);
    Ok(shape::order(state, &state.orders[id]))
}

pub fn capture(state: &mut State, id: &str) -> Result<Value, Failure> {
    ready(state, id, "CAPTURE")?;
    let amount = state.order(id)?.amount;
    payments::take(state, id, None, (amount, true));
    let now = state.now();
    let order = state.order(id)?;
    (order.status, order.updated) = ("COMPLETED", now);
    Ok(shape::order(state, &state.orders[id]))
}

/// Whether money may be asked of the bank, and what the bank says.
fn ready(state: &mut State, id: &str, intent: &str) -> Result<(), Failure> {
    let page = shape::page(state, state.orders.get(id).ok_or(Failure::missing())?);
    let order = &state.orders[id];
    if order.intent != intent {
        return Err(Failure::refused("ACTION_DOES_NOT_MATCH_INTENT"));
    }
    match order.status {
        "APPROVED" => {}
        "COMPLETED" if intent == "CAPTURE" => {
            return Err(Failure::refused("ORDER_ALREADY_CAPTURED"));
        }
        "COMPLETED" => return Err(Failure::refused("ORDER_ALREADY_AUTHORIZED")),
        "PAYER_ACTION_REQUIRED" => return Err(Failure::refused("PAYER_ACTION_REQUIRED")),
        _ => return Err(Failure::refused("ORDER_NOT_APPROVED")),
    }
    if order.bank == Bank::Declines {
        // The payer has to choose another way.
        state.order(id)?.status = "PAYER_ACTION_REQUIRED";
        return Err(Failure::declined(&page));
    }
    if order.bank == Bank::Refuses {
        return Err(Failure::refused("PAYMENT_SOURCE_DECLINED_BY_PROCESSOR"));
    }
    let invoice = order.invoice.clone();
    if invoice.is_some_and(|invoice| !state.invoices.insert(invoice)) {
        return Err(Failure::refused("DUPLICATE_INVOICE_ID"));
    }
    Ok(())
}

/// What the merchant is told at first: the rest has to be asked for.
pub fn minimal(shown: &Value) -> Value {
    json!({"id": shown["id"], "status": shown["status"], "links": shown["links"]})
}

/// The bank agrees to what it looks at, or will when it is asked.
pub fn agree_late(state: &mut State, id: &str) {
    let now = state.now();
    let Some(order) = state.orders.get_mut(id) else { return };
    order.bank = Bank::Agrees;
    let Some(one) = order.authorizations.iter_mut().find(|one| one.status == "PENDING") else {
        return;
    };
    (one.status, one.updated) = ("CREATED", now);
    let one = one.id.clone();
    payments::tell_authorization(state, "PAYMENT.AUTHORIZATION.CREATED", &one);
}

/// The bank says no to what it looked at.
pub fn deny(state: &mut State, id: &str) {
    let now = state.now();
    let Some(order) = state.orders.get_mut(id) else { return };
    for one in order.authorizations.iter_mut().filter(|one| one.status == "PENDING") {
        (one.status, one.updated) = ("DENIED", now);
    }
}

/// Somebody else's order in our account, or ours with other facts: what a thief would make.
pub fn plant(state: &mut State, custom: &str, amount: Money, merchant: &str) -> String {
    let asked = json!({
        "intent": "AUTHORIZE",
        "purchase_units": [{
            "custom_id": custom, "amount": money::show(amount),
            "payee": {"merchant_id": merchant},
        }],
    });
    let made = create(state, &asked).ok().expect("an order");
    made["id"].as_str().expect("an id").to_owned()
}
