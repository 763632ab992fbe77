//! What a service has at hand is given to whoever says nothing of themselves, and to nobody else.

use std::sync::Arc;

use axum::{body::Body, response::IntoResponse};
use http::{Method, Uri};
use serde_json::Value;
use testkit::{Bench, Caller};

const PATH: &str = "/v1/orders/orders/seven?kept=1";

fn kept(uri: &Uri) -> Option<axum::response::Response> {
    (uri == PATH).then(|| "at hand".into_response())
}

async fn bench(settings: &str) -> Bench {
    super::bench().at_hand("orders", Arc::new(kept)).settings(settings).start().await
}

async fn body(caller: &Caller, path: &str) -> Value {
    caller.get(path).await.body
}

#[tokio::test]
async fn whoever_says_nothing_of_themselves_gets_what_is_at_hand() {
    let bench = bench("").await;
    let anyone = bench.anyone("gateway");
    assert_eq!(body(&anyone, PATH).await, "at hand");
    let answer = anyone.with("origin", "https://elsewhere.example").get(PATH).await;
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert!(answer.headers.contains_key("x-request-id"));
    assert_eq!(body(&anyone, "/v1/orders/orders/seven").await, "seven", "another address");
    assert_eq!(body(&anyone.with("cookie", "theme=dark"), PATH).await, "at hand");
}

#[tokio::test]
async fn whoever_says_something_is_asked_for() {
    let bench = bench("").await;
    let anyone = bench.anyone("gateway");
    for (name, value) in [
        ("authorization", "Bearer x"),
        ("tipple-position", "1f"),
        ("cookie", "theme=dark; tipple_position=1f"),
    ] {
        assert_eq!(body(&anyone.with(name, value), PATH).await, "seven", "{name}");
    }
    let with_body = anyone.send(Method::GET, PATH, Body::from("x")).await;
    assert_eq!(with_body.body, "seven");
    let posted = anyone.send(Method::POST, PATH, Body::empty()).await;
    assert_eq!(posted.status, 405);
}

#[tokio::test]
async fn what_is_at_hand_counts_like_any_other_request() {
    let bench = bench("[gateway]\naddress_per_second = 1\naddress_burst = 3").await;
    let anyone = bench.anyone("gateway");
    for _ in 0..3 {
        assert_eq!(anyone.get(PATH).await.status, 200);
    }
    assert_eq!(anyone.get(PATH).await.status, 429);
}
