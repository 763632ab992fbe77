use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, header};
use kernel::Clock;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    HOUSE_HEADER, HouseKey, PATIENCE_HEADER, REQUEST_ID_HEADER, Refusal, Upstream, context,
};

/// How long a call between services may take, where nobody set a tighter deadline.
const PATIENCE: Duration = Duration::from_secs(10);

/// Speaks to one other service. It never retries: only the caller knows whether that is safe.
#[derive(Clone)]
pub struct Client {
    upstream: Upstream,
    /// The service spoken to, for messages.
    service: &'static str,
    /// The service that speaks.
    own: &'static str,
    house: HouseKey,
    clock: Clock,
}

/// Why a call did not give what was asked.
#[derive(Debug)]
pub enum CallError<R> {
    /// The other service understood and says no.
    Refused(R),
    /// The named service did not answer, or not in a way that can be understood. What was asked
    /// may or may not have happened.
    Unavailable(&'static str),
}

impl<R: Refusal> From<CallError<R>> for anyhow::Error {
    /// For work in the background, where a refusal is as unexpected as silence.
    fn from(error: CallError<R>) -> Self {
        match error {
            CallError::Refused(refusal) => anyhow::anyhow!("refused: {refusal:?}"),
            CallError::Unavailable(service) => anyhow::anyhow!("{service} does not answer"),
        }
    }
}

impl Client {
    pub fn new(
        upstream: Upstream,
        service: &'static str,
        own: &'static str,
        house: HouseKey,
        clock: Clock,
    ) -> Self {
        Self { upstream, service, own, house, clock }
    }

    pub async fn get<T: DeserializeOwned, R: Refusal>(
        &self,
        path: &str,
    ) -> Result<T, CallError<R>> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    pub async fn post<T: DeserializeOwned, R: Refusal>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CallError<R>> {
        let body = serde_json::to_vec(body).map_err(|error| self.unavailable(&error))?;
        self.call(Method::POST, path, body.into()).await
    }

    async fn call<T: DeserializeOwned, R: Refusal>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<T, CallError<R>> {
        let request = self.request(method, path, body).map_err(|error| self.unavailable(&error))?;
        let patience = context::current().map_or(PATIENCE, |current| current.remaining());
        let answer = tokio::time::timeout(patience, self.upstream.send(request)).await;
        let answer = answer
            .map_err(|_| self.unavailable(&"took too long"))?
            .map_err(|error| self.unavailable(&error))?;
        self.understand(&answer)
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> anyhow::Result<Request<Bytes>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(HOUSE_HEADER, self.house.token(self.own, self.clock.now())?);
        if let Some(current) = context::current() {
            let patience = current.remaining().as_millis().to_string();
            request = request.header(PATIENCE_HEADER, patience);
            request = request.header(REQUEST_ID_HEADER, current.request_id);
            if let Some(trace) = current.traceparent {
                request = request.header("traceparent", trace);
            }
        }
        Ok(request.body(body)?)
    }

    fn understand<T: DeserializeOwned, R: Refusal>(
        &self,
        answer: &Response<Bytes>,
    ) -> Result<T, CallError<R>> {
        if answer.status().is_success() {
            let body: &[u8] = if answer.body().is_empty() { b"null" } else { answer.body() };
            return serde_json::from_slice(body).map_err(|error| self.unavailable(&error));
        }
        // A refusal that can be read is an answer, 503 included: a payment provider that is away.
        match serde_json::from_slice(answer.body()) {
            Ok(refusal) => Err(CallError::Refused(refusal)),
            Err(_) => Err(self.unavailable(&String::from_utf8_lossy(answer.body()))),
        }
    }

    fn unavailable<R>(&self, why: &dyn std::fmt::Display) -> CallError<R> {
        tracing::warn!(service = self.service, %why, "a call to another service failed");
        CallError::Unavailable(self.service)
    }
}
