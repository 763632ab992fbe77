//! One call to PayPal: a token, a key, an answer that is understood or not.

use std::{sync::Mutex, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use reqwest::{Method, Response, StatusCode};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;
use uuid::Uuid;

use super::{decline, settings::PayPal, wire::Error};
use crate::provider::{CallFailed, http};

/// Larger than any answer about one order.
const LARGEST: usize = 4 << 20;
/// A token is not used in its last minutes.
const SPARE: SignedDuration = SignedDuration::from_mins(5);

pub struct Calls {
    http: reqwest::Client,
    base_url: String,
    client_id: String,
    client_secret: String,
    clock: Clock,
    token: Mutex<Option<(String, Timestamp)>>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: i64,
}

/// What PayPal refused, and by which issue.
pub struct Refusal {
    pub issue: String,
    /// There is no such thing.
    pub missing: bool,
}

/// A call that was answered, one way or the other.
pub type Answer<T> = Result<Result<T, Refusal>, CallFailed>;

impl Calls {
    pub fn new(settings: &PayPal, patience: Duration, clock: Clock) -> anyhow::Result<Self> {
        let http = http::client(patience)?;
        Ok(Self {
            http,
            base_url: settings.base_url.trim_end_matches('/').into(),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            clock,
            token: Mutex::default(),
        })
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Answer<T> {
        self.send(Method::GET, path, None).await
    }

    /// A write, once per key as long as PayPal remembers it.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Uuid,
        body: &Value,
    ) -> Answer<T> {
        self.send(Method::POST, path, Some((key, body))).await
    }

    /// A deletion, which does no harm when it is made twice.
    pub async fn delete(&self, path: &str) -> Answer<IgnoredAny> {
        self.send(Method::DELETE, path, None).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        write: Option<(Uuid, &Value)>,
    ) -> Answer<T> {
        let mut answer = self.once(&method, path, write).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            // Nothing was done: the token has ended before its time.
            self.forget_token();
            answer = self.once(&method, path, write).await?;
        }
        let status = answer.status();
        let body = read(answer).await?;
        if status.is_success() {
            let body: &[u8] = if body.is_empty() { b"null" } else { &body };
            return http::understood(body).map(Ok);
        }
        let error = serde_json::from_slice::<Error>(&body).ok();
        let issue =
            error.map_or_else(|| format!("answered {status}"), |one| one.issue().to_owned());
        // Wrong keys, crowds and running twins are no answer about this payment.
        let certain = matches!(
            status,
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY
        );
        // Somebody else's: of what is only looked at, that is an answer.
        let strange = status == StatusCode::FORBIDDEN && method == Method::GET;
        let missing = status == StatusCode::NOT_FOUND;
        if certain || strange {
            Ok(Err(Refusal { issue, missing }))
        } else {
            Err(http::unclear(status, issue))
        }
    }

    async fn once(
        &self,
        method: &Method,
        path: &str,
        write: Option<(Uuid, &Value)>,
    ) -> Result<Response, CallFailed> {
        let token = self.token().await?;
        let url = format!("{}/{path}", self.base_url);
        let mut request = self.http.request(method.clone(), url).bearer_auth(token);
        if let Some((key, body)) = write {
            request = request
                .header("paypal-request-id", key.to_string())
                .header("prefer", "return=representation")
                .json(body);
        }
        http::sent(request).await
    }

    async fn token(&self) -> Result<String, CallFailed> {
        let now = self.clock.now();
        if let Some((token, until)) = &*self.kept()
            && now < *until
        {
            return Ok(token.clone());
        }
        let url = format!("{}/v1/oauth2/token", self.base_url);
        let request = self.http.post(url).basic_auth(&self.client_id, Some(&self.client_secret));
        let request = request.form(&[("grant_type", "client_credentials")]);
        let answer = http::sent(request).await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(http::unclear(status, format!("no token: answered {status}")));
        }
        let token: Token = serde_json::from_slice(&read(answer).await?)
            .map_err(|error| CallFailed::Unknown(format!("no token: {error}")))?;
        let life = SignedDuration::from_secs(token.expires_in.clamp(0, 86_400));
        *self.kept() = Some((token.access_token.clone(), now + life - SPARE.min(life / 2)));
        Ok(token.access_token)
    }

    fn forget_token(&self) {
        *self.kept() = None;
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<(String, Timestamp)>> {
        self.token.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl From<Refusal> for CallFailed {
    fn from(refusal: Refusal) -> Self {
        match decline::of_issue(&refusal.issue) {
            Some(why) if decline::is_over(&refusal.issue) => Self::Over(why),
            Some(why) => Self::Declined(why),
            None => Self::Refused(refusal.issue),
        }
    }
}

async fn read(mut answer: Response) -> Result<Vec<u8>, CallFailed> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(http::unanswered)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(CallFailed::Unknown("an answer that is too large".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
