//! The built-in sandbox, as any outsider sees it: JSON over HTTP with a secret key, an
//! Idempotency-Key per write, signed webhooks.

mod wire;

use std::{sync::Arc, time::Duration};

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kernel::{Currency, Money};
use payments_api::Component;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::json;
use uuid::Uuid;

use self::wire::{Error, ErrorFacts, Event, Intent};
use super::{
    Abilities, CallFailed, Created, Known, NewPayment, NotTaken, Notice, Of, Provider, Seen, http,
    signature,
};
use crate::config::Sandbox;

/// Speaks to the sandbox.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    settings: Arc<Sandbox>,
}

impl Client {
    pub fn new(settings: &Sandbox, patience: Duration) -> anyhow::Result<Self> {
        let http = http::client(patience)?;
        Ok(Self { http, settings: Arc::new(settings.clone()) })
    }

    async fn write<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Uuid,
        body: &serde_json::Value,
    ) -> Result<T, CallFailed> {
        let request = self.request(Method::POST, path);
        send(request.header("idempotency-key", key.to_string()).json(body)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v1/{path}", self.settings.base_url);
        self.http.request(method, url).bearer_auth(&self.settings.secret_key)
    }
}

#[async_trait::async_trait]
impl Provider for Client {
    fn abilities(&self) -> Abilities {
        Abilities {
            captures_in_part: true,
            cancels_open: true,
            voids: true,
            horizon: SignedDuration::ZERO,
        }
    }

    fn takes(&self, _: Currency) -> bool {
        true
    }

    fn component(&self, _: Currency) -> Component {
        Component::default()
    }

    async fn create(&self, new: &NewPayment<'_>) -> Result<Created, CallFailed> {
        let body = json!({
            "amount": new.amount.amount,
            "currency": new.amount.currency.code().to_ascii_lowercase(),
            "capture_method": "manual",
            "description": new.description,
            "metadata": {"order": new.order, "payment": new.id},
            "return_url": new.return_url,
            "expires_at": new.pay_by.as_second(),
        });
        let intent: Intent = self.write("payment_intents", new.id.uuid(), &body).await?;
        Ok(Created {
            provider_payment: intent.id,
            client_secret: intent.client_secret,
            pay_url: intent.pay_url,
        })
    }

    async fn retrieve(&self, known: &Known<'_>) -> Result<Seen, CallFailed> {
        let request =
            self.request(Method::GET, &format!("payment_intents/{}", known.provider_payment));
        send::<Intent>(request).await.map(Intent::seen)?
    }

    async fn capture(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let id = of.name;
        let body = json!({"amount_to_capture": amount.amount});
        self.write(&format!("payment_intents/{id}/capture"), key, &body).await.map(ignored)
    }

    async fn cancel(&self, key: Uuid, id: &str) -> Result<(), CallFailed> {
        let body = json!({"cancellation_reason": "requested_by_customer"});
        self.write(&format!("payment_intents/{id}/cancel"), key, &body).await.map(ignored)
    }

    async fn refund(&self, key: Uuid, of: Of<'_>, amount: Money) -> Result<(), CallFailed> {
        let id = of.name;
        let metadata = json!({"operation": key});
        let body = json!({"payment_intent": id, "amount": amount.amount, "metadata": metadata});
        self.write("refunds", key, &body).await.map(ignored)
    }

    async fn notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NotTaken> {
        let header = headers.get("sandbox-signature").and_then(|value| value.to_str().ok());
        let secret = self.settings.webhook_secret.as_bytes();
        if !signature::holds(secret, header.unwrap_or_default(), body, now) {
            return Err(NotTaken::Signature);
        }
        let event: Event = serde_json::from_slice(body).map_err(|_| NotTaken::Form)?;
        event.notice().ok_or(NotTaken::Form)
    }
}

fn ignored(_: IgnoredAny) {}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, CallFailed> {
    let answer = http::sent(request).await?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(http::unanswered)?;
    if status.is_success() {
        return http::understood(&body);
    }
    let error = serde_json::from_slice::<Error>(&body).map(|error| error.error).ok();
    let said = error.map_or_else(|| format!("answered {status}"), ErrorFacts::text);
    // Wrong keys and crowds are our trouble, not an answer about this payment.
    let certain = matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::PAYMENT_REQUIRED
            | StatusCode::NOT_FOUND
            | StatusCode::UNPROCESSABLE_ENTITY
    );
    Err(if certain { CallFailed::Refused(said) } else { http::unclear(status, said) })
}
