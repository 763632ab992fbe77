//! What every request meets before a handler does: its id, its deadline, its span, its limits.

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use kernel::Clock;
use store::{Db, Reads};
use tokio::time::Instant;
use tracing::Instrument;
use wire::{
    Freshness, HouseKey, Lent, PATIENCE_HEADER, Problem, REQUEST_ID_HEADER, Rule, Verifier,
};

use crate::{
    Context,
    deed::{self, Deed},
    door::Doors,
    position, unread,
};

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(25);
/// The largest body that a route takes unless it says otherwise.
const BODY_LIMIT: usize = 256 * 1024;

/// What stands around a service's own router. It is one layer: each costs every request a copy of
/// all that lie within it.
pub(crate) struct Edge {
    service: &'static str,
    /// Where may be read what lags, and what tells how new it has to be.
    pub(crate) reads: Reads,
    pub(crate) house: HouseKey,
    pub(crate) position_life: Duration,
    doors: Doors,
    verifier: Verifier,
    db: Db,
    pub(crate) clock: Clock,
}

/// Puts the house's edge around a service's own router.
pub(crate) fn edged(router: Router, context: &Context, doors: Doors) -> Router {
    let edge = Arc::new(Edge {
        service: context.name,
        reads: context.reads.clone(),
        house: context.house.clone(),
        position_life: context.settings.position_life(),
        doors,
        verifier: context.verifier.clone(),
        db: context.db.clone(),
        clock: context.clock.clone(),
    });
    let router = if edge.doors.undocumented {
        router
    } else {
        router.fallback(|| async { Problem::not_found("path") })
    };
    router
        .method_not_allowed_fallback(|| async {
            let detail = "This path does not answer to that method.";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
        })
        .layer(middleware::from_fn_with_state(edge, in_context))
}

async fn in_context(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let (service, reads) = (edge.service, &edge.reads);
    let freshness = position::wanted(&edge, &request);
    let (context, span) = context_of(service, freshness, &request);
    let tells_position = position::is_told(service, reads, &request);
    let request_id = context.request_id.clone();
    let answered = in_time(&edge, context.deadline, request, next);
    let mut response = context.scope(answered).instrument(span).await;
    tell_request_id(&mut response, &request_id);
    if tells_position {
        position::tell(&edge, &mut response).await;
    }
    response
}

/// A short word that is said of a request, in letters that may go anywhere.
fn said(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    let plain = text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| text.to_owned())
}

/// What a request is called, by whoever sent it or by us.
pub fn request_id(headers: &HeaderMap) -> String {
    said(headers, REQUEST_ID_HEADER).unwrap_or_else(new_request_id)
}

/// Says in its answer what a request is called.
pub fn tell_request_id(answer: &mut Response, request_id: &str) {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        answer.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
}

fn context_of(
    service: &str,
    freshness: Freshness,
    request: &Request,
) -> (wire::Context, tracing::Span) {
    let header = |name| said(request.headers(), name);
    let request_id = request_id(request.headers());
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let span =
        tracing::info_span!("request", service, request_id, method = %request.method(), path);
    // How long those outside wait is not theirs to say.
    let asked = header(PATIENCE_HEADER).filter(|_| service != "gateway");
    let asked = asked.and_then(|text| text.parse().ok());
    let patience = asked.map_or(PATIENCE, |asked| PATIENCE.min(Duration::from_millis(asked)));
    let context = wire::Context {
        request_id,
        traceparent: header("traceparent"),
        deadline: Instant::now() + patience,
        freshness,
    };
    (context, span)
}

/// Like no other of any process: a random beginning, and a number.
fn new_request_id() -> String {
    static BEGINNING: LazyLock<String> = LazyLock::new(kernel::random_token);
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!("{:.16}-{:x}", *BEGINNING, NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Nothing is begun for whoever has gone, and no reading goes on for them. What changes something
/// is not broken off: it ends sooner by being done.
async fn in_time(edge: &Edge, deadline: Instant, request: Request, next: Next) -> Response {
    if Instant::now() >= deadline {
        return Problem::took_too_long(edge.service).into_response();
    }
    let safe = request.method().is_safe();
    let answered = answer(request, |request| admit(edge, request, next));
    if !safe {
        return answered.await;
    }
    let answered = tokio::time::timeout_at(deadline, answered).await;
    answered.unwrap_or_else(|_| Problem::took_too_long(edge.service).into_response())
}

/// What `ask` answers, whatever becomes of it, and whether the connection can go on.
async fn answer<F>(request: Request, ask: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let started = Instant::now();
    let refused = wire::refuse_in_target(request.uri());
    let (request, unread) = if unread::may_be(&request, request.body()) {
        // The handler reads from what is there afterwards.
        let (parts, body) = request.into_parts();
        let body = Lent::new(body);
        (Request::from_parts(parts, Body::new(body.clone())), Some(body))
    } else {
        (request, None)
    };
    let mut response = match refused {
        Ok(()) => AssertUnwindSafe(ask(request)).catch_unwind().await.unwrap_or_else(panicked),
        Err(problem) => problem.into_response(),
    };
    if let Some(rest) = unread {
        unread::read(Body::new(rest), &mut response).await;
    }
    let (status, took) = (response.status().as_u16(), started.elapsed());
    tracing::debug!(status, took_us = took.as_micros() as u64, "answered");
    response
}

/// Lets in whom the service's table of access lets in, and notes what they did in others' things.
async fn admit(edge: &Edge, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let (matched, whole) = (path.as_ref().map(MatchedPath::as_str), request.uri().path());
    let (method, headers) = (request.method(), request.headers());
    let admitted = edge.doors.admit(&edge.verifier, (matched, whole), method, headers);
    let (asker, operation) = match admitted {
        Ok(admitted) => admitted.unzip(),
        Err(problem) => return problem.into_response(),
    };
    let noteworthy =
        asker.as_ref().filter(|asker| deed::is_noteworthy(asker, method, edge.doors.service));
    let deed = noteworthy.zip(operation).map(|(asker, operation)| Deed {
        actor: asker.person,
        session: asker.pass.session,
        machine: asker.pass.scopes.is_some(),
        service: edge.doors.service.to_owned(),
        operation: operation.to_owned(),
        path: whole.to_owned(),
        request_id: wire::current().map(|context| context.request_id),
    });
    DefaultBodyLimit::max(BODY_LIMIT).apply(&mut request);
    let extensions = request.extensions_mut();
    extensions.insert(edge.verifier.clone());
    asker.and_then(|asker| extensions.insert(asker));
    let response = next.run(request).await;
    if let Some(deed) = deed.filter(|_| response.status().is_success()) {
        deed::note(&edge.db, &deed, edge.clock.now()).await;
    }
    response
}

/// A router of which only the last of the edge is tried: what becomes of bodies.
#[cfg(test)]
pub(crate) fn answering(router: Router) -> Router {
    let answering = |request, next: Next| answer(request, |request| next.run(request));
    router.layer(middleware::from_fn(answering))
}

fn say_who(operation: &mut utoipa::openapi::path::Operation, access: &[Rule]) {
    let id = operation.operation_id.as_deref();
    let Some(rule) = access.iter().find(|rule| id == Some(rule.operation)) else { return };
    let before = operation.description.take().filter(|text| !text.is_empty());
    let paragraphs: Vec<String> = before.into_iter().chain([rule.sentence()]).collect();
    operation.description = Some(paragraphs.join("\n\n"));
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    let detail =
        "Something went wrong on our side. Try again; if it stays, tell us the request id.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal-error", detail).into_response()
}

/// The OpenAPI document of one service, with what all of them share: also who may call what, from
/// the service's table of access.
pub fn open_api(
    title: &str,
    description: &str,
    access: &[Rule],
    mut document: utoipa::openapi::OpenApi,
) -> utoipa::openapi::OpenApi {
    use utoipa::openapi::{
        InfoBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    };
    document.info = InfoBuilder::new()
        .title(title)
        .description(Some(description))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("token", SecurityScheme::Http(bearer));
    for item in document.paths.paths.values_mut() {
        let methods =
            [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        methods.into_iter().flatten().for_each(|operation| say_who(operation, access));
    }
    document
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::post;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;
    use crate::listen::Ending;

    const HEAD: &str = "POST / HTTP/1.1\r\nhost: x\r\n";

    async fn connected() -> TcpStream {
        TcpStream::connect(listening(|| async { StatusCode::FORBIDDEN }).await).await.unwrap()
    }

    async fn listening<A, F>(refuse: fn() -> F) -> SocketAddr
    where
        A: IntoResponse + 'static,
        F: Future<Output = A> + Send + 'static,
    {
        let router = answering(Router::new().route("/", post(refuse)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(crate::listen::serve(listener, router.into(), None, Ending::default()));
        address
    }

    /// The head of the answer, in small letters; the answers here have no body.
    async fn head(stream: &mut TcpStream) -> String {
        let mut read = String::new();
        while !read.ends_with("\r\n\r\n") {
            read.push(stream.read_u8().await.expect("an answer") as char);
        }
        read.to_ascii_lowercase()
    }

    #[tokio::test]
    async fn a_body_that_nobody_reads_does_not_end_the_connection() {
        let mut stream = connected().await;
        let chunk = format!("8000\r\n{}\r\n", "x".repeat(0x8000));
        for _ in 0..50 {
            let said = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
            stream.write_all(said.as_bytes()).await.unwrap();
            // Whoever answers at once has not seen this yet.
            tokio::time::sleep(Duration::from_millis(2)).await;
            stream.write_all(chunk.repeat(4).as_bytes()).await.unwrap();
            stream.write_all(b"0\r\n\r\n").await.unwrap();
            let answered = head(&mut stream).await;
            assert!(answered.starts_with("http/1.1 403"), "{answered}");
            assert!(!answered.contains("connection: close"), "{answered}");
        }
    }

    #[tokio::test]
    async fn whoever_sends_too_much_or_nothing_is_told_that_the_connection_ends() {
        for sent in ["x".repeat(2 << 20), "x".to_owned()] {
            let mut stream = connected().await;
            let said = format!("{HEAD}content-length: {}\r\n\r\n{sent}", 4 << 20);
            stream.write_all(said.as_bytes()).await.unwrap();
            assert!(head(&mut stream).await.contains("connection: close"));
        }
    }

    /// Sends so many MiB, resting after each piece, and only then reads, as many clients do.
    async fn refused_after(address: SocketAddr, mib: usize, rest: Duration) -> String {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let said = format!("{HEAD}content-length: {}\r\n\r\n", mib << 20);
        stream.write_all(said.as_bytes()).await.expect("the head goes out");
        let piece = vec![b'x'; 1 << 18];
        for number in 0..4 * mib {
            let sent = stream.write_all(&piece).await;
            sent.unwrap_or_else(|error| panic!("piece {number} of {mib} MiB: {error}"));
            tokio::time::sleep(rest).await;
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_sends_far_too_much_reads_the_whole_refusal() {
        const WHY: &str = "The body may have less.";
        let address = listening(|| async { (StatusCode::PAYLOAD_TOO_LARGE, WHY) }).await;
        for _ in 0..8 {
            let mut clients = tokio::task::JoinSet::new();
            for number in 0..40_u64 {
                let mib = 2 + number as usize % 7;
                // All of it within a second and a half, or as fast as it goes.
                let rest = [Duration::ZERO, Duration::from_millis(300 / mib as u64)];
                clients.spawn(refused_after(address, mib, rest[usize::from(number % 4 == 3)]));
            }
            while let Some(answer) = clients.join_next().await {
                let answer = answer.expect("nothing is reset");
                assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
                assert!(answer.ends_with(WHY), "{answer}");
            }
        }
    }
}
