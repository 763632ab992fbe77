//! What is answered before a request is routed, looked up or waited for: what a service of this process
//! has at hand for everyone alike, to whoever says nothing of themselves; and that there is no room.

use std::{io::Write, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, Response, header},
    response::IntoResponse,
};
use cache::Cache;
use flate2::{Compression, write::GzEncoder};
use wire::{InHand, Problem};

use crate::{
    App, edge,
    limits::{self, Asker},
    places::Class,
    position,
    target::{Target, target},
};

/// How many answers are kept compressed.
pub const MOST_ZIPPED: u64 = 512;
/// How long at most: far longer than what they are made from.
pub const ZIPPED_FOR: Duration = Duration::from_mins(1);
/// Smaller ones are sent as they are.
const SMALL: usize = 1024;
/// Of what the whole way lets an answer depend on.
const VARY: &str = "origin, accept-encoding";

/// Compressed answers, each beside that from which it was made: another one at the same address is
/// compressed anew.
pub type Zipped = Cache<(Bytes, Bytes)>;

/// The answer, where there is one without waiting for anybody: what is at hand, or that there is no room.
/// For everything else the whole way says what it comes to.
pub fn at_once(app: &App, request: &Request<()>) -> Option<Response<Body>> {
    let (method, headers, uri) = (request.method(), request.headers(), request.uri());
    // Scripts of other pages are told by the whole way what they may read.
    if !edge::ASKED.contains(method)
        || (headers.contains_key(header::ORIGIN) && !is_own(app, headers))
    {
        return None;
    }
    limits::head_fits(&app.config, uri.path_and_query()?.as_str(), headers).ok()?;
    let Some(Target::Service(service)) = target(uri.path()) else { return None };
    let kept = if method == Method::GET { at_hand(app, service, request) } else { None };
    kept.or_else(|| no_room(app, request))
}

/// Whether a page of this house asks where it came from itself.
fn is_own(app: &App, headers: &HeaderMap) -> bool {
    let url = app.public_url.as_str();
    let here = url.split_once("://").map(|(_, here)| here);
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    said(header::ORIGIN) == Some(url) && said(header::HOST) == here
}

/// It takes no place however full the house is, for to turn somebody away takes as long. It is counted
/// here alone, for to ask others takes longer.
fn at_hand(app: &App, service: &str, request: &Request<()>) -> Option<Response<Body>> {
    let (headers, uri) = (request.headers(), request.uri());
    if headers.contains_key(header::AUTHORIZATION) || position::is_brought(headers) {
        return None;
    }
    let upstream = app.upstreams.get(service)?.upstream.as_ref()?;
    let InHand { answer, stale } = upstream.at_hand(uri)?;
    let counted = app.limits.of(&app.config, request, &Asker::of(app, request));
    app.limits.count_here(&counted).ok()?;
    if stale {
        app.anew.wants(upstream, uri);
    }
    let key = uri.path_and_query()?.as_str();
    let mut answer = dressed(app, answer, zips(headers).then_some(key));
    host::tell_request_id(&mut answer, &host::request_id(headers));
    Some(answer)
}

/// Turned away before anything is counted, verified or routed: when there is too much to do, what it takes
/// to say so counts.
fn no_room(app: &App, request: &Request<()>) -> Option<Response<Body>> {
    // Whether their token holds is not looked at: it is taken for one that does.
    let known = request.headers().contains_key(header::AUTHORIZATION);
    let class = Class::of(&app.config.webhook_paths, request.method(), request.uri(), known);
    if app.places.has_room(class) {
        return None;
    }
    let request_id = host::request_id(request.headers());
    let problem = Problem { request_id: Some(request_id.clone()), ..Problem::overloaded() };
    let mut refused = problem.into_response();
    host::tell_request_id(&mut refused, &request_id);
    let headers = refused.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static(VARY));
    if known {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    edge::guard_browsers(headers, &app.public_url);
    Some(refused)
}

/// With the headers that the whole way gives it, compressed where it is to be.
fn dressed(app: &App, answer: Response<Bytes>, zip: Option<&str>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let zipped =
        zip.filter(|_| body.len() >= SMALL).and_then(|key| zipped(&app.zipped, key, &body));
    parts.headers.insert(header::VARY, HeaderValue::from_static(VARY));
    if zipped.is_some() {
        parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    edge::guard_browsers(&mut parts.headers, &app.public_url);
    Response::from_parts(parts, Body::from(zipped.unwrap_or(body)))
}

fn zipped(kept: &Zipped, key: &str, body: &Bytes) -> Option<Bytes> {
    // The bytes are where they were as long as somebody keeps them.
    let same = |of: &Bytes| (of.as_ptr(), of.len()) == (body.as_ptr(), body.len());
    if let Some((_, zipped)) = kept.at_hand(key).filter(|(of, _)| same(of)) {
        return Some(zipped);
    }
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    zip.write_all(body).ok()?;
    let zipped = Bytes::from(zip.finish().ok()?);
    kept.put(key, (body.clone(), zipped.clone()));
    Some(zipped)
}

/// Whether gzip is among what is taken, in the one way that everybody writes it.
fn zips(headers: &HeaderMap) -> bool {
    let named = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    named.is_some_and(|named| named.split(',').any(|name| name.trim() == "gzip"))
}
