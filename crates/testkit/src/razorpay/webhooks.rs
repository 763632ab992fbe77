//! Webhooks: snapshots of what happened, signed with the webhook secret, sent until one is taken.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    Razorpay,
    refunds::Refund,
    state::{Dispute, Payment, State, id},
};
use crate::provider::Webhook;

/// How often one is sent; the gaps grow from 20 ms to about 10 s.
const TRIES: u32 = 10;

pub struct Event {
    id: String,
    kind: String,
    /// As it will be sent, without the account, which the state does not know.
    contents: Value,
    created_at: i64,
    /// Whether somebody is sending it, or has.
    on_its_way: bool,
    account: String,
}

/// Hexadecimal HMAC-SHA256.
pub fn sign(secret: &str, message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("keys of any length");
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

impl Event {
    pub fn webhook(&self, secret: &str) -> Webhook {
        let contains: Vec<&String> = self.contents.as_object().expect("a map").keys().collect();
        let body = json!({
            "entity": "event",
            "account_id": self.account,
            "event": self.kind,
            "contains": contains,
            "payload": self.contents,
            "created_at": self.created_at,
        });
        let body = body.to_string().into_bytes();
        let mut headers = HeaderMap::new();
        let mut put = |name, value: &str| {
            headers.insert(name, HeaderValue::from_str(value).expect("a header"));
        };
        put("content-type", "application/json");
        put("x-razorpay-event-id", &self.id);
        put("x-razorpay-signature", &sign(secret, &body));
        Webhook { kind: self.kind.clone(), headers, body }
    }
}

impl State {
    /// Tells of a payment; of its order too where the event is the order's.
    pub fn tell(&mut self, kind: &str, payment: &Payment, now: i64) {
        let mut contents = json!({"payment": {"entity": payment.json()}});
        if let Some(order) = self.orders.get(&payment.order).filter(|_| kind == "order.paid") {
            contents["order"] = json!({"entity": order.json()});
        }
        self.note(kind, contents, now);
    }

    pub fn tell_refund(&mut self, kind: &str, refund: &Refund, now: i64) {
        let payment = self.payment(&refund.payment).expect("its payment").json();
        let refund = refund.json();
        let contents = json!({"refund": {"entity": refund}, "payment": {"entity": payment}});
        self.note(kind, contents, now);
    }

    pub fn tell_dispute(&mut self, kind: &str, dispute: &Dispute, now: i64) {
        let payment = self.payment(&dispute.payment).expect("its payment").json();
        let dispute = dispute.json();
        let contents = json!({"payment": {"entity": payment}, "dispute": {"entity": dispute}});
        self.note(kind, contents, now);
    }

    fn note(&mut self, kind: &str, contents: Value, now: i64) {
        self.events.push(Event {
            id: id("")[1..].to_owned(),
            kind: kind.to_owned(),
            contents,
            created_at: now,
            on_its_way: false,
            account: self.account.clone(),
        });
    }
}

impl Razorpay {
    /// Sends all that nobody has begun to send, where there is somebody to send it to.
    pub fn deliver(&self) {
        let mut state = self.state();
        let Some(url) = state.send_to.clone() else { return };
        for event in state.events.iter_mut().filter(|event| !event.on_its_way) {
            event.on_its_way = true;
            let webhook = event.webhook(&self.webhook_secret);
            tokio::spawn(send(self.browser.clone(), url.clone(), webhook));
        }
    }
}

async fn send(client: reqwest::Client, url: String, webhook: Webhook) {
    for attempt in 0..TRIES {
        let request = client.post(&url).headers(webhook.headers.clone());
        let sent = request.body(webhook.body.clone()).timeout(Duration::from_secs(5)).send().await;
        if sent.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
    }
}
