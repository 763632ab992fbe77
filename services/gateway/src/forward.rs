//! Hands a request on to a service and the answer back, both as they stream.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header},
    response::IntoResponse,
};
use futures::{StreamExt, future, stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutBody;
use wire::{
    HOUSE_HEADER, PATIENCE_HEADER, Problem, REQUEST_ID_HEADER, Repeatable, Unanswered, Upstream,
};

use crate::{
    App, keyed,
    limits::{self, Asker},
    position,
    shares::Share,
};

/// Headers that belong to one connection (RFC 9110, 7.6.1) and never travel on.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Tells whoever listens to a stream when to come again, in milliseconds.
const COME_AGAIN: &[u8] = b"retry: 1000\n\n";

/// Asks `upstream`, which is `service`, and answers what it answers.
pub async fn forward(
    app: &App,
    service: &'static str,
    upstream: &Upstream,
    request: Request<Body>,
) -> Response<Body> {
    let limit = body_limit(app, request.uri().path());
    if declared_length(request.headers()).is_some_and(|length| length > limit) {
        return too_large(limit).into_response();
    }
    let asker = request.extensions().get::<Asker>().copied();
    let overflow = Arc::new(AtomicBool::new(false));
    let request = onward(app, request, limit, Arc::clone(&overflow));
    let patience = Duration::from_secs(app.config.answer_seconds);
    let left = wire::current().map_or(patience, |current| current.remaining());
    let answer = upstream.forward(request, patience.min(left)).await;
    if overflow.load(Ordering::Relaxed) {
        return too_large(limit).into_response();
    }
    match answer {
        Ok(answer) => back(app, answer, asker),
        Err(Unanswered::TooLong) => {
            tracing::warn!(service, "a service takes too long");
            Problem::took_too_long(service).into_response()
        }
        Err(Unanswered::CutOff) => Problem::malformed("The body broke off.").into_response(),
        Err(Unanswered::Silent(error)) => {
            tracing::warn!(service, error = format!("{error:#}"), "a service does not answer");
            Problem::unavailable(service).into_response()
        }
    }
}

fn body_limit(app: &App, path: &str) -> u64 {
    let config = &app.config;
    let large = config.large_body_suffixes.iter().any(|suffix| path.ends_with(suffix));
    let kib = if large { config.large_body_limit_kib } else { config.body_limit_kib };
    kib as u64 * 1024
}

pub fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: u64) -> Problem {
    let detail = format!("The body may have {limit} bytes.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", detail)
}

/// The request as the service gets it. It is made anew: nothing that this process attached to it
/// goes along, and of its target only path and query, so that an absolute form names no host.
fn onward(
    app: &App,
    request: Request<Body>,
    limit: u64,
    overflow: Arc<AtomicBool>,
) -> Request<Body> {
    let address = limits::address_of(&request, app.config.proxies_in_front);
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut onward = Request::new(limited(app, body, limit, overflow));
    *onward.uri_mut() = path.parse().unwrap_or_default();
    *onward.method_mut() = parts.method;
    *onward.headers_mut() = parts.headers;
    if keyed::is_keyed(onward.method(), onward.uri().path(), onward.headers()) {
        onward.extensions_mut().insert(Repeatable);
    }
    let headers = onward.headers_mut();
    without_hops(headers);
    position::bring(headers);
    let forged: Vec<HeaderName> =
        headers.keys().filter(|name| is_forgeable(name.as_str())).cloned().collect();
    forged.iter().for_each(|name| drop(headers.remove(name)));
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("x-forwarded-for", &address.to_string());
    set("x-forwarded-proto", if app.public_url.starts_with("https:") { "https" } else { "http" });
    if let Some(current) = wire::current() {
        set(REQUEST_ID_HEADER, &current.request_id);
    }
    onward
}

/// Headers by which services would believe something that only the gateway may say.
fn is_forgeable(name: &str) -> bool {
    name == HOUSE_HEADER
        || name.starts_with("x-forwarded-")
        || matches!(name, "forwarded" | "x-real-ip" | REQUEST_ID_HEADER | PATIENCE_HEADER)
        // Some servers read underscores as hyphens.
        || name.contains('_')
}

fn without_hops(headers: &mut HeaderMap) {
    // A body that came in chunks has no length but the chunks': one claimed beside them is how
    // requests are smuggled.
    if headers.contains_key(header::TRANSFER_ENCODING) {
        headers.remove(header::CONTENT_LENGTH);
    }
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named.iter().map(String::as_str).chain(HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// The body, cut off where it grows beyond `limit` or stops for too long.
fn limited(app: &App, body: Body, limit: u64, overflow: Arc<AtomicBool>) -> Body {
    if body.is_end_stream() {
        // One that is seen to be empty, so that the request can be sent again.
        return Body::empty();
    }
    let pause = Duration::from_secs(app.config.body_pause_seconds);
    let stream = Body::new(TimeoutBody::new(pause, body)).into_data_stream();
    let mut seen = 0_u64;
    Body::from_stream(stream.map(move |chunk| {
        let chunk = chunk?;
        seen += chunk.len() as u64;
        if seen > limit {
            overflow.store(true, Ordering::Relaxed);
            return Err(axum::Error::new("the body is larger than allowed"));
        }
        Ok(chunk)
    }))
}

/// The answer as the client gets it. A live stream holds its place until it ends, one of those that
/// whoever asks may have.
fn back(app: &App, mut answer: Response<Body>, asker: Option<Asker>) -> Response<Body> {
    without_hops(answer.headers_mut());
    answer.headers_mut().remove(HOUSE_HEADER);
    position::keep(answer.headers_mut(), app.position_life, app.public_url.starts_with("https:"));
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        return answer;
    }
    if app.leaving.is_cancelled() {
        return Problem::leaving().into_response();
    }
    let person = asker.filter(|asker| !asker.unlimited).and_then(|asker| asker.person);
    let share = person.map_or_else(|| Some(Share::default()), |one| app.streams_of.take(one));
    let Some(share) = share else {
        return limits::too_many(Duration::from_secs(1)).into_response();
    };
    let Ok(place) = Arc::clone(&app.streams).try_acquire_owned() else {
        return Problem::overloaded().into_response();
    };
    let leaving = app.leaving.clone();
    answer.map(|body| holding((place, share), body, leaving))
}

/// A stream that ends when this process does. Whoever listens is told to come again soon, and
/// another one goes on after the last event they saw.
fn holding(place: (OwnedSemaphorePermit, Share), body: Body, leaving: CancellationToken) -> Body {
    // Whether what was sent ends with an event, so that a line may follow.
    let whole = Arc::new(AtomicBool::new(true));
    let (seen, left) = (Arc::clone(&whole), leaving.clone());
    let events = body.into_data_stream().inspect(move |chunk| {
        let _ = &place;
        let ends = chunk.as_ref().is_ok_and(|chunk| chunk.ends_with(b"\n\n"));
        seen.store(ends, Ordering::Relaxed);
    });
    let parting = stream::once(async move {
        let tells = left.is_cancelled() && whole.load(Ordering::Relaxed);
        tells.then(|| Ok(Bytes::from_static(COME_AGAIN)))
    });
    let events = events.take_until(leaving.cancelled_owned());
    Body::from_stream(events.chain(parting.filter_map(future::ready)))
}
