//! Calls, and what an answer that is not a success means.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use super::Razorpay;
use crate::provider::{CallFailed, http};

pub struct Api {
    http: reqwest::Client,
    base: String,
    key_id: String,
    key_secret: String,
}

/// An id of Razorpay's that can stand in a path.
pub fn plain(id: &str) -> Result<&str, CallFailed> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if id.is_empty() || id.len() > 64 || !id.chars().all(fits) {
        return Err(CallFailed::Refused("that is no id of Razorpay's".into()));
    }
    Ok(id)
}

impl Api {
    pub fn new(settings: &Razorpay, patience: Duration) -> anyhow::Result<Self> {
        let http = http::client(patience)?;
        Ok(Self {
            http,
            base: format!("{}/v1", settings.base_url),
            key_id: settings.key_id.clone(),
            key_secret: settings.key_secret.clone(),
        })
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallFailed> {
        send(self.request(Method::GET, path)).await
    }

    /// `key` is for refunds alone.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Option<Uuid>,
        body: &Value,
    ) -> Result<T, CallFailed> {
        let mut request = self.request(Method::POST, path).json(body);
        if let Some(key) = key {
            request = request.header("x-refund-idempotency", key.to_string());
        }
        send(request).await
    }

    /// A deletion, which does no harm when it is made twice.
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallFailed> {
        send(self.request(Method::DELETE, path)).await
    }

    /// Changes nothing but what it names, however often.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<(), CallFailed> {
        let request = self.request(Method::PATCH, path).json(body);
        send::<serde::de::IgnoredAny>(request).await.map(|_| ())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/{path}", self.base));
        request.basic_auth(&self.key_id, Some(&self.key_secret))
    }
}

#[derive(Deserialize)]
struct Failure {
    error: FailureFacts,
}

#[derive(Deserialize)]
struct FailureFacts {
    code: String,
    #[serde(default)]
    description: String,
}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, CallFailed> {
    let answer = http::sent(request).await?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(http::unanswered)?;
    if status.is_success() {
        return http::understood(&body);
    }
    let Ok(Failure { error }) = serde_json::from_slice::<Failure>(&body) else {
        return Err(http::unclear(status, format!("answered {status}")));
    };
    let said = format!("{} ({})", error.description, error.code);
    // Trouble at the bank or there is not an answer, nor is a twin that is still being done.
    let certain = matches!(status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND)
        && error.code == "BAD_REQUEST_ERROR"
        && !error.description.contains("in progress");
    Err(if certain { CallFailed::Refused(said) } else { http::unclear(status, said) })
}
