//! Someone who uses Tipple from outside, over HTTP, as an app would.

use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context as _, bail};
use reqwest::{
    Method, RequestBuilder, StatusCode,
    header::{AUTHORIZATION, HeaderValue},
};
use serde::Serialize;
use serde_json::{Value, json};
use wire::POSITION_HEADER;

/// A person at a Tipple address, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    http: reqwest::Client,
    base: String,
    /// Shared by all clones: what one refreshes, all have.
    tokens: Arc<RwLock<Tokens>>,
    /// What the last answer to a change said of how far the database was: what is read then is as new.
    position: Arc<RwLock<Option<HeaderValue>>>,
    /// The person's id once signed in.
    pub person: String,
}

/// What a session goes on with.
#[derive(Debug, Clone, Default)]
struct Tokens {
    access: Option<String>,
    refresh: Option<String>,
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
        let (tokens, position) = (Arc::default(), Arc::default());
        Self { http, base: base.to_owned(), tokens, position, person: String::new() }
    }

    /// The same person with a token that was got elsewhere.
    pub fn with_token(mut self, token: &str, person: &str) -> Self {
        let tokens = Tokens { access: Some(token.into()), refresh: None };
        (self.tokens, self.person) = (Arc::new(RwLock::new(tokens)), person.into());
        self
    }

    /// This visitor, signed in.
    pub async fn sign_in(&self, email: &str, password: &str) -> anyhow::Result<Self> {
        let body = json!({"email": email, "password": password});
        let answer = self.post("/v1/accounts/sign-in", &body).await?;
        let token = answer["access_token"].as_str().context("sign-in gave no token")?;
        let person = answer["person"].as_str().context("sign-in gave no person")?;
        let signed_in = self.clone().with_token(token, person);
        signed_in.keep(&answer);
        Ok(signed_in)
    }

    fn tokens(&self) -> Tokens {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, answer: &Value) {
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let tokens = Tokens { access: text("access_token"), refresh: text("refresh_token") };
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = tokens;
    }

    /// The next tokens, where the access token has ended and the session goes on.
    async fn refresh(&self) -> anyhow::Result<bool> {
        let Some(token) = self.tokens().refresh else { return Ok(false) };
        let request = self.http.post(format!("{}/v1/accounts/sessions/refresh", self.base));
        let answer = request.json(&json!({ "refresh_token": token })).send().await?;
        if !answer.status().is_success() {
            return Ok(false);
        }
        self.keep(&answer.json().await?);
        Ok(true)
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
        let request = match self.tokens().access {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        match self.position.read().unwrap_or_else(PoisonError::into_inner).clone() {
            Some(position) => request.header(POSITION_HEADER, position),
            None => request,
        }
    }

    /// The JSON of a success; [`Refused`] in the error for anything else.
    pub async fn send(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let (status, body) = self.answer(request).await?;
        if status.is_success() {
            return Ok(body);
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        bail!(Refused { status: status.as_u16(), code: text("code"), detail: text("detail") });
    }

    /// The status and the JSON, whichever they are.
    pub async fn answer(&self, request: RequestBuilder) -> anyhow::Result<(StatusCode, Value)> {
        let again = request.try_clone();
        let mut answer = request.send().await.context("Tipple does not answer")?;
        if answer.status() == StatusCode::UNAUTHORIZED
            && let Some(again) = again
            && self.refresh().await?
        {
            let token = self.tokens().access.unwrap_or_default();
            let mut again = again.build()?;
            again.headers_mut().insert(AUTHORIZATION, format!("Bearer {token}").parse()?);
            answer = self.http.execute(again).await.context("Tipple does not answer")?;
        }
        if let Some(position) = answer.headers().get(POSITION_HEADER) {
            let mut last = self.position.write().unwrap_or_else(PoisonError::into_inner);
            *last = Some(position.clone());
        }
        let (status, bytes) = (answer.status(), answer.bytes().await?);
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
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
        stranger.tokens = Arc::default();
        stranger.post(&path, &body).await
    }
}

/// The refusal inside an error, if it is one.
pub fn refused(error: &anyhow::Error) -> Option<&Refused> {
    error.downcast_ref()
}
