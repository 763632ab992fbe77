use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, header};
use kernel::Clock;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Freshness, HOUSE_HEADER, HouseKey, POSITION_HEADER, REQUEST_ID_HEADER, Refusal, Repeatable,
    Upstream, context,
};

/// How long a call between services may take, where nobody set a tighter deadline.
const PATIENCE: Duration = Duration::from_secs(10);

/// Speaks to one other service. What may have had its effect is sent again only where that is said
/// to be safe.
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
        self.call(self.request(Method::GET, path, Bytes::new())).await
    }

    pub async fn post<T: DeserializeOwned, R: Refusal>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CallError<R>> {
        self.call(self.post_request(path, body)).await
    }

    /// Posts what may be asked twice: a reading with more words than an address takes, or a step
    /// that the id of the thing it is for makes the same the second time. Where one process does
    /// not answer, another one is asked.
    pub async fn ask<T: DeserializeOwned, R: Refusal>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CallError<R>> {
        let request = self.post_request(path, body).map(|mut request| {
            request.extensions_mut().insert(Repeatable);
            request
        });
        self.call(request).await
    }

    fn post_request(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Request<Bytes>> {
        self.request(Method::POST, path, serde_json::to_vec(body)?.into())
    }

    async fn call<T: DeserializeOwned, R: Refusal>(
        &self,
        request: anyhow::Result<Request<Bytes>>,
    ) -> Result<T, CallError<R>> {
        let request = request.map_err(|error| self.unavailable(&error))?;
        let patience = context::current().map_or(PATIENCE, |current| current.remaining());
        let answer = self.upstream.send(request, patience).await;
        let answer = answer.map_err(|error| self.unavailable(&error))?;
        self.understand(&answer)
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> anyhow::Result<Request<Bytes>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(HOUSE_HEADER, self.house.token(self.own, self.clock.now())?);
        let current = context::current();
        // What nobody asked for is done, not shown.
        let freshness = current.as_ref().map_or(Freshness::Newest, |current| current.freshness);
        if let Some(sealed) = self.house.seal(freshness, self.clock.now()) {
            request = request.header(POSITION_HEADER, sealed);
        }
        if let Some(current) = current {
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
