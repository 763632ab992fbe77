//! Events, signed and sent until they are taken.

use std::{sync::atomic::Ordering, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use sha2::Sha256;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Stripe, shape_money, state::Event};
use crate::Webhook;

/// What our endpoint is subscribed to.
const SENT: &[&str] = &[
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.refunded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "refund.created",
    "refund.failed",
    "refund.updated",
];

/// Real time, so that tests need not turn their clocks for it.
const FIRST_GAP: Duration = Duration::from_millis(40);
const TRIES: u32 = 12;

pub fn is_sent(kind: &str) -> bool {
    SENT.contains(&kind)
}

/// With a part of another scheme, as events of test mode have.
pub fn signature(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let at = at.as_second();
    let sign = |secret: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.").as_bytes());
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    };
    format!("t={at},v1={},v0={}", sign(secret), sign("another scheme"))
}

pub fn webhook(secret: &str, event: &Event, at: Timestamp) -> Webhook {
    let body = serde_json::to_vec_pretty(&shape_money::event(event)).unwrap();
    let mut headers = HeaderMap::new();
    let signature = signature(secret, at, &body);
    headers.insert("stripe-signature", HeaderValue::from_str(&signature).unwrap());
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    headers.insert("content-type", json);
    Webhook { kind: event.kind.clone(), headers, body }
}

pub async fn deliver(stripe: Stripe, mut news: UnboundedReceiver<Event>) {
    let under_way = stripe.state().under_way.clone();
    while let Some(event) = news.recv().await {
        let (stripe, under_way) = (stripe.clone(), under_way.clone());
        tokio::spawn(async move {
            if is_sent(&event.kind) {
                until_taken(stripe, event).await;
            }
            under_way.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

async fn until_taken(stripe: Stripe, event: Event) {
    for attempt in 0..TRIES {
        let Some(url) = stripe.0.target.lock().unwrap().clone() else { return };
        let sent = webhook(&stripe.0.webhook_secret, &event, stripe.0.clock.now());
        let request = stripe.0.http.post(url).headers(sent.headers).body(sent.body);
        if request.send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(FIRST_GAP * 2_u32.pow(attempt.min(5))).await;
    }
}
