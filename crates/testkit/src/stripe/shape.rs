//! Objects as the API shows them: intents and charges.

use serde_json::{Value, json};

use super::{
    form::Expand,
    intents::{Intent, Status},
    kept, shape_money,
    state::State,
};

/// An object, or its id where it is not expanded.
fn either(
    id: Option<&String>,
    expand: &Expand,
    name: &str,
    whole: impl Fn(&str, &Expand) -> Value,
) -> Value {
    match (id, expand.below(name)) {
        (None, _) => Value::Null,
        (Some(id), None) => json!(id),
        (Some(id), Some(below)) => whole(id, &below),
    }
}

pub fn intent(state: &State, id: &str, expand: &Expand) -> Value {
    let Some(intent) = state.intents.get(id) else { return Value::Null };
    let capturable = if intent.status == Status::RequiresCapture { intent.amount } else { 0 };
    let charge =
        either(intent.charge.as_ref(), expand, "latest_charge", |id, e| charge(state, id, e));
    let method =
        either(intent.method.as_ref(), expand, "payment_method", |id, _| kept::method(state, id));
    json!({
        "id": intent.id, "object": "payment_intent", "amount": intent.amount,
        "amount_capturable": capturable, "amount_details": {"tip": {}},
        "amount_received": intent.received, "application": null, "application_fee_amount": null,
        "automatic_payment_methods": {"enabled": true, "allow_redirects": "always"},
        "canceled_at": intent.cancelled.map(|(_, at)| at),
        "cancellation_reason": intent.cancelled.map(|(why, _)| why),
        "capture_method": if intent.manual { "manual" } else { "automatic" },
        "client_secret": intent.secret, "confirmation_method": "automatic",
        "created": intent.created, "currency": intent.currency, "customer": intent.customer,
        "description": intent.description, "invoice": null,
        "last_payment_error": intent.last_error, "latest_charge": charge, "livemode": false,
        "metadata": intent.metadata, "next_action": next_action(state, intent),
        "on_behalf_of": null, "payment_method": method,
        "payment_method_options": {"card": {
            "installments": null, "mandate_options": null, "network": null,
            "request_three_d_secure": "automatic",
        }},
        "payment_method_types": ["card"], "processing": null, "receipt_email": null,
        "review": null, "setup_future_usage": intent.keeps.then_some("on_session"), "shipping": null,
        "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": intent.status.as_str(), "transfer_data": null, "transfer_group": null,
    })
}

fn next_action(state: &State, intent: &Intent) -> Value {
    if intent.status != Status::RequiresAction {
        return Value::Null;
    }
    let url = format!("{}/3ds/{}?client_secret={}", state.base_url, intent.id, intent.secret);
    let redirect = json!({"url": url, "return_url": intent.return_url});
    json!({"type": "redirect_to_url", "redirect_to_url": redirect})
}

pub fn nobody() -> Value {
    json!({
        "address": {
            "city": null, "country": null, "line1": null, "line2": null, "postal_code": null,
            "state": null,
        },
        "email": null, "name": null, "phone": null,
    })
}

pub fn charge(state: &State, id: &str, expand: &Expand) -> Value {
    let Some(charge) = state.charges.get(id) else { return Value::Null };
    let intent = &state.intents[&charge.intent];
    let good = charge.failure.is_none();
    let disputed = state.disputes.values().any(|dispute| dispute.charge == charge.id);
    let whole = |id: &str, _: &Expand| shape_money::transaction(state, id);
    let transaction = either(charge.transaction.as_ref(), expand, "balance_transaction", whole);
    let outcome = json!({
        "network_status": if good { "approved_by_network" } else { "declined_by_network" },
        "reason": charge.failure.as_ref().map(|(_, decline)| decline), "risk_level": "normal",
        "seller_message": null, "type": if good { "authorized" } else { "issuer_declined" },
    });
    let mut shown = json!({
        "id": charge.id, "object": "charge", "amount": charge.amount,
        "amount_captured": charge.captured, "amount_refunded": charge.refunded,
        "application": null, "application_fee": null, "application_fee_amount": null,
        "balance_transaction": transaction, "billing_details": nobody(),
        "calculated_statement_descriptor": null, "captured": charge.captured > 0,
        "created": charge.created, "currency": intent.currency, "customer": intent.customer,
        "description": intent.description, "disputed": disputed,
        "failure_balance_transaction": null,
        "failure_code": charge.failure.as_ref().map(|(code, _)| code),
        "failure_message": charge.failure.as_ref().map(|_| "Your card was declined."),
        "fraud_details": {}, "invoice": null, "livemode": false, "metadata": intent.metadata,
        "on_behalf_of": null, "outcome": outcome, "paid": good, "payment_intent": charge.intent,
        "payment_method": charge.method, "payment_method_details": null, "receipt_email": null,
        "receipt_number": null, "receipt_url": null,
        "refunded": charge.refunded == charge.amount, "review": null, "shipping": null,
        "source_transfer": null, "statement_descriptor": null,
        "statement_descriptor_suffix": null, "status": if good { "succeeded" } else { "failed" },
        "transfer_data": null, "transfer_group": null,
    });
    if let Some(below) = expand.below("refunds") {
        let all = state.refunds.values().filter(|refund| refund.charge == charge.id);
        let all: Vec<Value> =
            all.map(|refund| shape_money::refund(state, &refund.id, &below)).collect();
        let url = format!("/v1/charges/{id}/refunds");
        shown["refunds"] = json!({"object": "list", "data": all, "has_more": false, "url": url});
    }
    shown
}
