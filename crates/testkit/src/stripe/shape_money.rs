//! Objects as the API shows them: refunds, disputes, changes of the balance, visits, events.

use serde_json::{Value, json};

use super::{
    form::Expand,
    shape,
    state::{Event, State},
};

pub const API_VERSION: &str = "2023-08-16";

pub fn refund(state: &State, id: &str, expand: &Expand) -> Value {
    let Some(refund) = state.refunds.get(id) else { return Value::Null };
    let transaction = match (&refund.transaction, expand.below("balance_transaction")) {
        (Some(id), Some(_)) => transaction(state, id),
        (id, _) => json!(id),
    };
    let mut shown = json!({
        "id": refund.id, "object": "refund", "amount": refund.amount,
        "balance_transaction": transaction, "charge": refund.charge, "created": refund.created,
        "currency": state.intents[&refund.intent].currency, "metadata": refund.metadata,
        "payment_intent": refund.intent, "reason": refund.reason, "receipt_number": null,
        "source_transfer_reversal": null, "status": refund.status, "transfer_reversal": null,
    });
    if refund.status == "failed" {
        shown["failure_reason"] = "expired_or_canceled_card".into();
    }
    shown
}

pub fn dispute(state: &State, id: &str, expand: &Expand) -> Value {
    let Some(dispute) = state.disputes.get(id) else { return Value::Null };
    let charge = match expand.below("charge") {
        Some(below) => shape::charge(state, &dispute.charge, &below),
        None => json!(dispute.charge),
    };
    let transactions: Vec<Value> =
        dispute.transactions.iter().map(|id| transaction(state, id)).collect();
    json!({
        "id": dispute.id, "object": "dispute", "amount": dispute.amount,
        "balance_transactions": transactions, "charge": charge, "created": dispute.created,
        "currency": state.intents[&dispute.intent].currency, "evidence": {},
        "evidence_details": {
            "due_by": dispute.created + 7 * 86_400, "has_evidence": false, "past_due": false,
            "submission_count": 0,
        },
        "is_charge_refundable": false, "livemode": false, "metadata": {},
        "payment_intent": dispute.intent, "reason": "fraudulent", "status": dispute.status,
    })
}

pub fn transaction(state: &State, id: &str) -> Value {
    let Some(one) = state.transactions.get(id) else { return Value::Null };
    let fees = (one.fee != 0).then(|| {
        json!({
            "amount": one.fee, "application": null, "currency": one.currency,
            "description": "Stripe processing fees", "type": "stripe_fee",
        })
    });
    let kind = if one.category.starts_with("dispute") { "adjustment" } else { one.category };
    json!({
        "id": one.id, "object": "balance_transaction", "amount": one.amount,
        "available_on": one.created + 2 * 86_400, "created": one.created,
        "currency": one.currency, "description": null, "exchange_rate": null, "fee": one.fee,
        "fee_details": fees.into_iter().collect::<Vec<_>>(), "net": one.amount - one.fee,
        "reporting_category": one.category, "source": one.source, "status": "pending",
        "type": kind,
    })
}

pub fn session(state: &State, id: &str, expand: &Expand) -> Value {
    let Some(session) = state.sessions.get(id) else { return Value::Null };
    let intent = match (&session.intent, expand.below("payment_intent")) {
        (Some(id), Some(below)) => shape::intent(state, id, &below),
        (id, _) => json!(id),
    };
    let taken = session.intent.as_ref().is_some_and(|id| state.intents[id].received > 0);
    let open = session.status == "open";
    let url = format!("{}/c/pay/{}", state.base_url, session.id);
    let no_message = json!({
        "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
    });
    json!({
        "id": session.id, "object": "checkout.session", "after_expiration": null,
        "allow_promotion_codes": null, "amount_subtotal": session.amount,
        "amount_total": session.amount, "automatic_tax": {"enabled": false, "status": null},
        "billing_address_collection": null, "cancel_url": session.cancel_url,
        "client_reference_id": session.reference, "consent": null, "consent_collection": null,
        "created": session.created, "currency": session.currency, "currency_conversion": null,
        "custom_fields": [], "custom_text": no_message, "customer": session.customer,
        "customer_creation": "if_required", "customer_details": null, "customer_email": null,
        "expires_at": session.expires_at, "invoice": null, "invoice_creation": null,
        "livemode": false, "locale": null, "metadata": session.metadata, "mode": "payment",
        "payment_intent": intent, "payment_link": null, "payment_method_collection": "always",
        "payment_method_options": {}, "payment_method_types": ["card"],
        "payment_status": if taken { "paid" } else { "unpaid" },
        "phone_number_collection": {"enabled": false}, "recovered_from": null,
        "setup_intent": null, "shipping_address_collection": null, "shipping_cost": null,
        "shipping_details": null, "shipping_options": [], "status": session.status,
        "submit_type": null, "subscription": null, "success_url": session.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": open.then_some(url),
    })
}

pub fn event(event: &Event) -> Value {
    json!({
        "id": event.id, "object": "event", "api_version": API_VERSION, "created": event.created,
        "data": {"object": event.object}, "livemode": false, "pending_webhooks": 1,
        "request": {"id": null, "idempotency_key": event.key}, "type": event.kind,
    })
}
