//! Through the front door, with stand-ins behind it.

mod at_hand;
mod bypass;
mod dead_letters;
mod documents;
mod edge;
mod export;
mod health;
mod http2;
mod leaving;
mod limits;
mod may;
mod overload;
mod pages;
mod passing;
mod shared_limits;
mod shedding;
mod site;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request},
    http::{HeaderMap, header},
    response::IntoResponse,
    routing,
};
use futures::StreamExt;
use host::Part;
use serde_json::{Value, json};
use testkit::{Bench, BenchBuilder};

const PARTS: &[Part] = &[gateway::PART];

/// A service that answers with what it saw, has a secret, and streams.
fn orders() -> Router {
    Router::new()
        .route("/v1/orders/echo", routing::any(echo))
        .route("/v1/orders/orders/{order}", routing::get(|Path(id): Path<String>| async { id }))
        .route(
            "/v1/orders/size",
            routing::post(|body: Bytes| async move { body.len().to_string() }),
        )
        .route("/v1/orders/stock.csv", routing::post(|_: Bytes| async { "ok" }))
        .route("/v1/orders/written", routing::post(|| async { [(wire::POSITION_HEADER, "1f")] }))
        .route("/v1/orders/slow", routing::get(std::future::pending::<()>))
        .route(
            "/v1/orders/long",
            routing::get(|| async { Json(json!({ "text": "x".repeat(4000) })) }),
        )
        .route("/v1/orders/live", routing::get(live))
        .route("/internal/orders/secret", routing::any(|| async { "the secret" }))
        .route("/internal/orders/ready", routing::get(|| async {}))
        .fallback(|request: Request| async move { format!("fell to {}", request.uri().path()) })
}

async fn echo(headers: HeaderMap, request: Request) -> Json<Value> {
    let pairs = headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned().into())
    });
    let headers: serde_json::Map<String, Value> = pairs.collect();
    Json(json!({ "uri": request.uri().to_string(), "headers": headers }))
}

/// One event at once, and then silence.
async fn live() -> impl IntoResponse {
    let first = futures::stream::once(async { Ok::<_, std::io::Error>("data: 1\n\n") });
    let stream = first.chain(futures::stream::pending());
    ([(header::CONTENT_TYPE, "text/event-stream")], axum::body::Body::from_stream(stream))
}

fn bench() -> BenchBuilder {
    Bench::of(PARTS).stand_in("orders", orders())
}

/// The gateway on a real socket of this machine: its address.
async fn listening(bench: &mut Bench) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    bench.process.listen(listener);
    address
}

/// Sends these bytes as they are and reads what comes until the end.
async fn raw(address: std::net::SocketAddr, request: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let reading = socket.read_to_end(&mut answer);
    let _ = tokio::time::timeout(std::time::Duration::from_secs(2), reading).await;
    String::from_utf8_lossy(&answer).into_owned()
}
