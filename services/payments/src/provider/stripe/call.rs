//! Calls over HTTP: forms in, JSON out, a key for every write.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use url::form_urlencoded;
use uuid::Uuid;

use super::{
    settings::Stripe,
    why::why,
    wire::{Error, ErrorFacts},
};
use crate::provider::{CallFailed, http};

/// So many keys are tried for one write.
pub const MOST_KEYS: u32 = 4;

/// Names may nest: `metadata[order]`.
pub type Form<'a> = [(&'a str, String)];

pub struct Calls {
    http: reqwest::Client,
    settings: Stripe,
}

/// Why a call gave nothing.
pub enum Failed {
    Call(CallFailed),
    /// Whatever this key was first used for is over and will always be answered like this: a 500 is
    /// remembered as any other answer is.
    KeyIsSpent(CallFailed),
    /// It was used with other parameters, as before a change of our settings.
    KeyIsAnothers(CallFailed),
}

impl Calls {
    pub fn new(settings: &Stripe, patience: Duration) -> anyhow::Result<Self> {
        let http = http::client(patience)?;
        Ok(Self { http, settings: settings.clone() })
    }

    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Form<'_>,
    ) -> Result<T, CallFailed> {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        send(self.request(Method::GET, &format!("{path}?{query}"))).await.map_err(Failed::call)
    }

    /// A write that changes nothing when it is made twice, whatever its keys.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Uuid,
        form: &Form<'_>,
    ) -> Result<T, CallFailed> {
        self.under_keys(path, key, form, |failed| matches!(failed, Failed::KeyIsSpent(_))).await
    }

    /// One that does no harm when there are two of it: it is not held up by other parameters.
    pub async fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Uuid,
        form: &Form<'_>,
    ) -> Result<T, CallFailed> {
        let next =
            |failed: &Failed| matches!(failed, Failed::KeyIsSpent(_) | Failed::KeyIsAnothers(_));
        self.under_keys(path, key, form, next).await
    }

    /// A write under one key after another, while `next` says that another may do better.
    async fn under_keys<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Uuid,
        form: &Form<'_>,
        next: impl Fn(&Failed) -> bool,
    ) -> Result<T, CallFailed> {
        for turn in 0..MOST_KEYS {
            match self.once(path, (key, turn), form).await {
                Err(failed) if next(&failed) => {}
                done => return done.map_err(Failed::call),
            }
        }
        Err(spent())
    }

    /// A write under the key of this turn; later turns are for when it is spent.
    pub async fn once<T: DeserializeOwned>(
        &self,
        path: &str,
        (key, turn): (Uuid, u32),
        form: &Form<'_>,
    ) -> Result<T, Failed> {
        let name = if turn == 0 { key.to_string() } else { format!("{key}-{turn}") };
        send(self.request(Method::POST, path).header("idempotency-key", name).form(form)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v1/{path}", self.settings.base_url);
        let request = self.http.request(method, url).bearer_auth(&self.settings.secret_key);
        let request = request.header("stripe-version", &self.settings.api_version);
        match self.settings.account.as_str() {
            "" => request,
            account => request.header("stripe-account", account),
        }
    }
}

/// Every key that may be tried is.
pub fn spent() -> CallFailed {
    CallFailed::Unknown("it answers 500 under every key".into())
}

impl Failed {
    pub fn call(self) -> CallFailed {
        match self {
            Self::Call(failed) | Self::KeyIsSpent(failed) | Self::KeyIsAnothers(failed) => failed,
        }
    }
}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failed> {
    let unknown = |error| Failed::Call(http::unanswered(error));
    let answer = http::sent(request).await.map_err(Failed::Call)?;
    let status = answer.status();
    let replayed = answer.headers().get("idempotent-replayed").is_some_and(|is| is == "true");
    let body = answer.bytes().await.map_err(unknown)?;
    if status.is_success() {
        return http::understood(&body).map_err(Failed::Call);
    }
    let error = serde_json::from_slice::<Error>(&body).map(|error| error.error).ok();
    let said = error.as_ref().map_or_else(|| format!("answered {status}"), ErrorFacts::text);
    if status.is_server_error() && replayed {
        return Err(Failed::KeyIsSpent(CallFailed::Unknown(said)));
    }
    let unknown = http::unclear(status, said.clone());
    let Some(error) = error else { return Err(Failed::Call(unknown)) };
    if error.kind == "idempotency_error" && status == StatusCode::BAD_REQUEST {
        return Err(Failed::KeyIsAnothers(unknown));
    }
    // Wrong keys, crowds and twins are our trouble, not an answer about this payment.
    Err(Failed::Call(match status {
        StatusCode::PAYMENT_REQUIRED => {
            let code = error.decline_code.or(error.code).unwrap_or_default();
            CallFailed::Declined(why(&code))
        }
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => CallFailed::Refused(said),
        _ => unknown,
    }))
}
