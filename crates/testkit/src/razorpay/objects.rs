//! Its objects in JSON. Empty notes are a list, as PHP writes them.

use kernel::Currency;
use serde_json::{Map, Value, json};

use super::{
    refunds::Refund,
    settlement::in_rupees,
    state::{Dispute, Order, Payment, Status},
};

fn notes(notes: &Map<String, Value>) -> Value {
    if notes.is_empty() { json!([]) } else { Value::Object(notes.clone()) }
}

pub fn collection(items: Vec<Value>) -> Value {
    json!({"entity": "collection", "count": items.len(), "items": items})
}

impl Order {
    pub fn json(&self) -> Value {
        let paid = if self.paid { self.amount.amount } else { 0 };
        let status = match self.attempts {
            _ if self.paid => "paid",
            0 => "created",
            _ => "attempted",
        };
        json!({
            "id": self.id,
            "entity": "order",
            "amount": self.amount.amount,
            "amount_paid": paid,
            "amount_due": self.amount.amount - paid,
            "currency": self.amount.currency.code(),
            "receipt": self.receipt,
            "offer_id": null,
            "status": status,
            "attempts": self.attempts,
            "notes": notes(&self.notes),
            "created_at": self.created_at,
        })
    }
}

impl Payment {
    pub fn json(&self) -> Value {
        let status = match self.status {
            Status::Created => "created",
            Status::Authorized => "authorized",
            Status::Captured => "captured",
            Status::Refunded => "refunded",
            Status::Failed => "failed",
        };
        let refund_status = match self.refunded {
            0 => None,
            all if all == self.amount.amount => Some("full"),
            _ => Some("partial"),
        };
        let error = self.error;
        let foreign = self.amount.currency != Currency::INR;
        let mut payment = json!({
            "id": self.id,
            "entity": "payment",
            "amount": self.amount.amount,
            "currency": self.amount.currency.code(),
            "status": status,
            "order_id": self.order,
            "invoice_id": null,
            "international": foreign,
            "method": "card",
            "amount_refunded": self.refunded,
            "refund_status": refund_status,
            "captured": self.captured,
            "description": null,
            "card_id": self.id.replace("pay_", "card_"),
            "bank": null,
            "wallet": null,
            "vpa": null,
            "email": "ann@example.com",
            "contact": "+919000090000",
            "customer_id": self.customer,
            "token_id": self.token,
            "notes": notes(&self.notes),
            "fee": self.fee,
            "tax": self.tax,
            "error_code": error.map(|_| "BAD_REQUEST_ERROR"),
            "error_description": error.map(|error| error.description),
            "error_source": error.map(|error| error.source),
            "error_step": error.map(|error| error.step),
            "error_reason": error.map(|error| error.reason),
            "acquirer_data": {"auth_code": self.authorised_at.map(|_| "828553")},
            "created_at": self.created_at,
        });
        if foreign {
            payment["base_amount"] = json!(in_rupees(self.amount));
            payment["base_currency"] = json!("INR");
        }
        payment
    }
}

impl Refund {
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "entity": "refund",
            "amount": self.amount.amount,
            "receipt": self.receipt,
            "currency": self.amount.currency.code(),
            "payment_id": self.payment,
            "notes": notes(&self.notes),
            "acquirer_data": {"arn": null},
            "created_at": self.created_at,
            "batch_id": null,
            "status": self.status,
            "speed_processed": "normal",
            "speed_requested": "normal",
        })
    }
}

impl Dispute {
    pub fn json(&self) -> Value {
        let papers = [
            "shipping_proof",
            "billing_proof",
            "cancellation_proof",
            "customer_communication",
            "proof_of_service",
            "explanation_letter",
            "refund_confirmation",
            "access_activity_log",
            "refund_cancellation_policy",
            "term_and_conditions",
            "others",
            "submitted_at",
        ];
        let mut evidence = json!({"amount": self.amount.amount, "summary": null});
        for paper in papers {
            evidence[paper] = Value::Null;
        }
        json!({
            "id": self.id,
            "entity": "dispute",
            "payment_id": self.payment,
            "amount": self.amount.amount,
            "currency": self.amount.currency.code(),
            "amount_deducted": self.deducted,
            "reason_code": "goods_or_services_not_received_or_partially_received",
            "respond_by": self.created_at + 7 * 86_400,
            "status": self.status,
            "phase": "chargeback",
            "created_at": self.created_at,
            "evidence": evidence,
        })
    }
}
