//! Webhooks. Neither a time nor the event's id is signed, so a repetition is known by its content,
//! and what an event says only leads to asking.

use axum::http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Razorpay, signature, wire::Notes};
use crate::provider::{NotTaken, Notice, webhook_secret};

#[derive(Deserialize)]
struct Event {
    account_id: String,
    event: String,
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    order: Option<Part<Order>>,
    payment: Option<Part<Payment>>,
    dispute: Option<Part<Dispute>>,
}

#[derive(Deserialize)]
struct Part<T> {
    entity: T,
}

#[derive(Deserialize)]
struct Order {
    id: String,
    #[serde(default)]
    notes: Notes,
}

#[derive(Deserialize)]
struct Payment {
    id: String,
    order_id: Option<String>,
}

#[derive(Deserialize)]
struct Dispute {
    id: String,
}

/// A webhook for the account that these settings name.
pub fn read(
    settings: &Razorpay,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Notice, NotTaken> {
    let header = headers.get("x-razorpay-signature").and_then(|value| value.to_str().ok());
    let given = header.unwrap_or_default();
    let mut secrets = webhook_secret::counting(&settings.webhook_secrets, now);
    if !secrets.any(|secret| signature::holds(secret, body, given)) {
        return Err(NotTaken::Signature);
    }
    let event: Event = serde_json::from_slice(body).map_err(|_| NotTaken::Form)?;
    if event.account_id != settings.account_id {
        return Err(NotTaken::Form);
    }
    let Payload { order, payment, dispute } = event.payload;
    let hint = order.as_ref().and_then(|order| order.entity.notes.get("payment")?.parse().ok());
    let order = order.map(|order| order.entity.id);
    let paid = payment.map(|payment| payment.entity.order_id.unwrap_or(payment.entity.id));
    Ok(Notice {
        event_id: hex::encode(Sha256::digest(body)),
        kind: event.event,
        object: order.or(paid).ok_or(NotTaken::Form)?,
        payment: hint,
        dispute: dispute.map(|dispute| dispute.entity.id),
    })
}
