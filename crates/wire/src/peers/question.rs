//! What is asked, kept so that it can be asked of another process.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, Request, Response, header, request::Parts};
use tokio::time::Instant;

use super::{Unanswered, UnderWay};
use crate::{Lent, PATIENCE_HEADER};

/// A body of this size is kept, so that it can be sent again where that is safe, and an answer is
/// read whole before it is handed on, so that one that breaks off is asked for anew.
const KEPT_BODY: u64 = 64 * 1024;
const KEPT_ANSWER: u64 = 256 * 1024;

/// Says that a request may be sent again although it may have had its effect: its operation knows
/// the second by its key. An extension of the request.
#[derive(Debug, Clone, Copy)]
pub struct Repeatable;

/// A request to any process of a service.
pub struct Question {
    parts: Parts,
    body: Asked,
    /// Whether it may be asked again although it may have had its effect.
    pub(super) repeatable: bool,
}

enum Asked {
    Whole(Bytes),
    Streams(Lent),
}

impl Question {
    /// One whose body is here.
    pub fn whole(request: Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        let repeatable = parts.method.is_safe() || is_repeatable(&parts);
        Self { parts, body: Asked::Whole(body), repeatable }
    }

    /// One whose body comes. It is read first where it is small and may have to be sent again.
    pub async fn streaming(request: Request<Body>) -> Result<Self, Unanswered> {
        let (parts, body) = request.into_parts();
        if body.is_end_stream() {
            return Ok(Self::whole(Request::from_parts(parts, Bytes::new())));
        }
        let small = length(&parts.headers).is_some_and(|length| length <= KEPT_BODY);
        if small && is_repeatable(&parts) {
            let body = axum::body::to_bytes(body, KEPT_BODY as usize).await;
            let body = body.map_err(|_| Unanswered::CutOff)?;
            return Ok(Self::whole(Request::from_parts(parts, body)));
        }
        Ok(Self { parts, body: Asked::Streams(Lent::new(body)), repeatable: false })
    }

    /// The request as the process at `base` gets it.
    pub(super) fn to(&self, base: &str, deadline: Instant) -> anyhow::Result<reqwest::Request> {
        let path = self.parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{base}{path}").parse()?;
        let mut request = reqwest::Request::new(self.parts.method.clone(), url);
        *request.headers_mut() = self.parts.headers.clone();
        request.headers_mut().remove(header::HOST);
        let left = deadline.saturating_duration_since(Instant::now());
        request.headers_mut().insert(PATIENCE_HEADER, milliseconds(left));
        *request.body_mut() = Some(match &self.body {
            Asked::Whole(bytes) => bytes.clone().into(),
            Asked::Streams(lent) => reqwest::Body::wrap(lent.clone()),
        });
        Ok(request)
    }

    /// The answer, which is under way until it has been read.
    pub(super) async fn read(
        &self,
        answer: reqwest::Response,
        under_way: UnderWay,
    ) -> reqwest::Result<Response<Body>> {
        let (mut parts, body) = Response::<reqwest::Body>::from(answer).into_parts();
        parts.extensions.clear();
        let small = length(&parts.headers).is_some_and(|length| length <= KEPT_ANSWER);
        if self.repeatable && small {
            let whole = reqwest::Response::from(Response::new(body)).bytes().await?;
            return Ok(Response::from_parts(parts, whole.into()));
        }
        let body = Body::new(body).into_data_stream().inspect(move |_| {
            let _ = &under_way;
        });
        Ok(Response::from_parts(parts, Body::from_stream(body)))
    }

    /// Whether all of it is still here.
    pub(super) fn is_whole_still(&self) -> bool {
        match &self.body {
            Asked::Whole(_) => true,
            Asked::Streams(lent) => !lent.is_begun(),
        }
    }

    /// Whether all of it has been given away.
    pub(super) fn is_sent(&self) -> bool {
        match &self.body {
            Asked::Whole(_) => true,
            Asked::Streams(lent) => lent.is_read(),
        }
    }

    /// Whether its body broke off.
    pub(super) fn has_failed(&self) -> bool {
        matches!(&self.body, Asked::Streams(lent) if lent.has_failed())
    }
}

/// As the header of patience says it.
pub fn milliseconds(left: Duration) -> http::HeaderValue {
    u64::try_from(left.as_millis()).unwrap_or(u64::MAX).into()
}

fn is_repeatable(parts: &Parts) -> bool {
    parts.extensions.get::<Repeatable>().is_some()
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
