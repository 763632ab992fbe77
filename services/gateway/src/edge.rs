//! What every request meets before it is routed: its spelling, its size, its rate, the load.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::{
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
};
use wire::{POSITION_HEADER, Problem, REQUEST_ID_HEADER};

use crate::{
    App, Config,
    forward::declared_length,
    limits::{self, Asker, Counted, too_many},
    pages,
    places::{Class, Place, is_webhook},
    shares::Share,
    target::target,
};

/// The largest body, in bytes, that is read before the request has a place.
const SMALL: u64 = 32 * 1024;
/// What services are asked to do.
pub const ASKED: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// When an address that has much under way may come again.
const AGAIN: Duration = Duration::from_millis(500);

/// Puts the edge around the gateway's own router.
pub fn edged(router: Router, app: &App) -> Router {
    router
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        // Compresses neither streams of events nor pictures.
        .layer(CompressionLayer::new().gzip(true))
        .layer(cors(&app.config))
        .layer(middleware::from_fn_with_state(app.clone(), secure))
}

async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let (asker, counted) = match admit(&app, &request) {
        Ok(Some(admitted)) => admitted,
        Ok(None) => return next.run(request).await,
        Err(problem) => return problem.into_response(),
    };
    if let Err(problem) = app.limits.count(&counted).await {
        return problem.into_response();
    }
    let nowhere = target(request.uri().path()).is_none();
    if nowhere && !pages::wanted(&request) {
        return Problem::not_found("path").into_response();
    }
    let (mut request, _held) = match let_in(&app, &asker, request).await {
        Ok(let_in) => let_in,
        Err(problem) => return problem.into_response(),
    };
    if nowhere {
        // It is routed no further, however it is spelt.
        return pages::nothing(app.clone(), request.headers().clone()).await;
    }
    if asker.person.is_some() {
        request.extensions_mut().insert(asker);
    }
    next.run(request).await
}

/// The request with what it holds until it is answered: one of what its address may have at once, and a
/// place. Whoever sends a small body slowly has the place once it is there.
async fn let_in(
    app: &App,
    asker: &Asker,
    request: Request,
) -> Result<(Request, (Share, Place)), Problem> {
    // A provider tells from one address what happens to everybody, in bursts.
    let tells = is_webhook(&app.config.webhook_paths, request.uri().path());
    let share = if asker.unlimited || tells {
        Share::default()
    } else {
        app.shares.take(asker.network).ok_or_else(|| too_many(AGAIN))?
    };
    let request = whole(app, request).await?;
    let (webhooks, known) = (&app.config.webhook_paths, asker.person.is_some());
    let class = Class::of(webhooks, request.method(), request.uri(), known);
    Ok((request, (share, app.places.take(class)?)))
}

/// The same request, its body whole where it is small.
async fn whole(app: &App, request: Request) -> Result<Request, Problem> {
    let length = declared_length(request.headers());
    if request.body().is_end_stream() || length.is_none_or(|length| length > SMALL) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let patience = Duration::from_secs(app.config.body_pause_seconds);
    let read = tokio::time::timeout(patience, axum::body::to_bytes(body, SMALL as usize)).await;
    let Ok(Ok(bytes)) = read else { return Err(Problem::malformed("The body broke off.")) };
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Who asks and what it counts for, if the request is in order; nothing for a probe, which no limit may
/// turn away.
fn admit<'a>(
    app: &'a App,
    request: &Request<Body>,
) -> Result<Option<(Asker, Vec<Counted<'a>>)>, Problem> {
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    limits::head_fits(&app.config, path, request.headers())?;
    let method = request.method();
    if !ASKED.contains(method) && ![Method::HEAD, Method::OPTIONS].contains(method) {
        return Err(no_such_method());
    }
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return Ok(None);
    }
    let asker = Asker::of(app, request);
    let counted = app.limits.of(&app.config, request, &asker);
    Ok(Some((asker, counted)))
}

pub fn no_such_method() -> Problem {
    let detail = "This path does not answer to that method.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

fn cors(config: &Config) -> CorsLayer {
    let (origins, local) = (config.allowed_origins.clone(), config.allow_localhost);
    let allowed = move |origin: &HeaderValue, _: &Parts| {
        let Ok(origin) = origin.to_str() else { return false };
        origins.iter().any(|allowed| allowed == origin) || (local && is_local(origin))
    };
    let header = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods(ASKED)
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT_LANGUAGE,
            header::IF_MATCH,
            header("idempotency-key"),
            header("last-event-id"),
            header("traceparent"),
            header("x-device"),
            header(POSITION_HEADER),
            header(REQUEST_ID_HEADER),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            header(POSITION_HEADER),
            header(REQUEST_ID_HEADER),
        ])
        .max_age(Duration::from_hours(1))
}

/// A page that this machine serves to its own browser.
fn is_local(origin: &str) -> bool {
    let Ok(uri) = origin.parse::<axum::http::Uri>() else { return false };
    uri.host().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"))
}

/// What is a person's own is kept by nobody, and no answer is used for more than it is meant for.
async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let personal = request.headers().contains_key(header::AUTHORIZATION);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if personal {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    guard_browsers(headers, &app.public_url);
    response
}

/// The headers that keep browsers from doing more with an answer than it is meant for.
pub fn guard_browsers(headers: &mut HeaderMap, public_url: &str) {
    let kind = headers.get(header::CONTENT_TYPE);
    let page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy = if page {
        "base-uri 'none'; object-src 'none'; frame-ancestors 'self'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    let mut unless_set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_set(header::REFERRER_POLICY, "no-referrer");
    unless_set(header::CONTENT_SECURITY_POLICY, policy);
    if public_url.starts_with("https:") {
        unless_set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
