//! Events, signed and sent until they are taken.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    PayPal, certificate,
    failure::Failure,
    shape,
    state::{Event, State},
};
use crate::Webhook;

/// Real time, so that tests need not turn their clocks for it.
const FIRST_GAP: Duration = Duration::from_millis(40);
const TRIES: u32 = 12;

/// How a webhook is signed; as PayPal would unless told.
#[derive(Debug, Clone)]
pub struct Signing {
    pub transmission: String,
    pub time: String,
    pub webhook: String,
    pub certificate: String,
    pub algorithm: String,
    pub other_key: bool,
    pub sha512: bool,
}

impl Signing {
    pub fn headers(&self, body: &[u8]) -> HeaderMap {
        let crc = crc32fast::hash(body);
        let text = format!("{}|{}|{}|{crc}", self.transmission, self.time, self.webhook);
        let signature = certificate::sign(&text, self.other_key, self.sha512);
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("paypal-transmission-id", &self.transmission),
            ("paypal-transmission-time", &self.time),
            ("paypal-transmission-sig", &signature),
            ("paypal-cert-url", &self.certificate),
            ("paypal-auth-algo", &self.algorithm),
        ] {
            headers.insert(name, HeaderValue::from_str(value).expect("a header"));
        }
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        headers
    }
}

impl PayPal {
    /// As PayPal signs at `at`.
    pub fn signing(&self, at: Timestamp) -> Signing {
        let random = kernel::random_token();
        let dashed = format!("{}-{}-11f1-{}", &random[..8], &random[8..12], &random[12..24]);
        Signing {
            transmission: dashed,
            time: shape::time(at),
            webhook: self.webhook_id().to_owned(),
            certificate: self.certificate_url("CERT-good"),
            algorithm: "SHA256withRSA".into(),
            other_key: false,
            sha512: false,
        }
    }

    pub(super) fn signed(&self, event: &Event, at: Timestamp) -> Webhook {
        let mut signing = self.signing(at);
        // One transmission of an event at one time has one id.
        let random = crc32fast::hash(format!("{}{at}", event.id).as_bytes());
        signing.transmission = format!("{random:08x}-7a1b-11f1-{}", &event.id[3..20]);
        let body = event.body.to_string().into_bytes();
        Webhook { kind: event.kind.clone(), headers: signing.headers(&body), body }
    }

    pub(super) fn all_webhooks(&self, at: Timestamp) -> Vec<Webhook> {
        self.state().events.iter().map(|event| self.signed(event, at)).collect()
    }
}

/// `verify-webhook-signature`, and events that are sent again.
pub fn answer(
    paypal: &PayPal,
    state: &State,
    parts: &[&str],
    body: &Value,
) -> Result<(u16, Value), Failure> {
    match parts {
        ["verify-webhook-signature"] => {
            let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            let signing = Signing {
                transmission: text("transmission_id"),
                time: text("transmission_time"),
                webhook: text("webhook_id"),
                certificate: text("cert_url"),
                algorithm: text("auth_algo"),
                other_key: false,
                sha512: false,
            };
            let event = body["webhook_event"].to_string();
            let expected = signing.headers(event.as_bytes());
            let good = expected["paypal-transmission-sig"] == text("transmission_sig")
                && signing.webhook == paypal.webhook_id();
            let status = if good { "SUCCESS" } else { "FAILURE" };
            Ok((200, json!({"verification_status": status})))
        }
        ["webhooks-events", id, "resend"] => {
            let event = state.events.iter().find(|event| event.id == *id);
            let event = event.ok_or(Failure::missing())?.clone();
            let shown = event.body.clone();
            tokio::spawn(until_taken(paypal.clone(), event));
            Ok((202, shown))
        }
        _ => Err(Failure::missing()),
    }
}

pub async fn deliver(paypal: PayPal, mut news: UnboundedReceiver<Event>) {
    while let Some(event) = news.recv().await {
        if paypal.0.target.lock().unwrap().is_some() {
            tokio::spawn(until_taken(paypal.clone(), event));
        }
    }
}

async fn until_taken(paypal: PayPal, event: Event) {
    let sent = paypal.signed(&event, paypal.0.clock.now());
    for attempt in 0..TRIES {
        let Some(url) = paypal.0.target.lock().unwrap().clone() else { return };
        let request = paypal.0.http.post(url).headers(sent.headers.clone());
        let answer = request.body(sent.body.clone()).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(FIRST_GAP * 2_u32.pow(attempt.min(5))).await;
    }
}
