//! Someone who uses Tipple from outside, over HTTP, as an app would.

use anyhow::{Context as _, bail};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde_json::{Value, json};

/// A person at a Tipple address, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    /// The person's id once signed in.
    pub person: String,
}

/// An answer that is not a success.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{status} {code}: {detail}")]
pub struct Refused {
    pub status: u16,
    pub code: String,
    pub detail: String,
}

impl Visitor {
    /// Someone who has just come to `base`, such as `http://127.0.0.1:8080`.
    pub fn at(base: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self { http, base: base.to_owned(), token: None, person: String::new() }
    }

    /// The same person with a token that was got elsewhere.
    pub fn with_token(mut self, token: &str, person: &str) -> Self {
        (self.token, self.person) = (Some(token.into()), person.into());
        self
    }

    /// This visitor, signed in.
    pub async fn sign_in(&self, email: &str, password: &str) -> anyhow::Result<Self> {
        let body = json!({"email": email, "password": password});
        let answer = self.post("/v1/accounts/sign-in", &body).await?;
        let token = answer["access_token"].as_str().context("sign-in gave no token")?;
        let person = answer["person"].as_str().context("sign-in gave no person")?;
        Ok(self.clone().with_token(token, person))
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// A request of this person's, to be completed and given to [`Visitor::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let base = if path.starts_with("http") { "" } else { self.base.as_str() };
        let request = self.http.request(method, format!("{base}{path}"));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The JSON of a success; [`Refused`] in the error for anything else.
    pub async fn send(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let answer = request.send().await.context("Tipple does not answer")?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(body);
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        bail!(Refused { status: status.as_u16(), code: text("code"), detail: text("detail") });
    }

    /// Pays a started payment at the sandbox with this card number, as the pay page would;
    /// the status that the provider answers with.
    pub async fn pay(&self, payment: &Value, card: &str) -> anyhow::Result<Value> {
        let intent = payment["provider_payment"].as_str().context("a payment")?;
        let body = json!({
            "client_secret": payment["client_secret"],
            "card": {"number": card, "exp": "12/34", "cvc": "123"},
        });
        let path = format!("/sandbox/v1/payment_intents/{intent}/confirm");
        let mut stranger = self.clone();
        stranger.token = None;
        stranger.post(&path, &body).await
    }
}

/// The refusal inside an error, if it is one.
pub fn refused(error: &anyhow::Error) -> Option<&Refused> {
    error.downcast_ref()
}
