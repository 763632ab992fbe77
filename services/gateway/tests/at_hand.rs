//! What a service has at hand is given to whoever says nothing of themselves, and to nobody else.

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response, Uri};
use serde_json::Value;
use testkit::{Bench, Caller};
use wire::InHand;

const PATH: &str = "/v1/orders/orders/seven?kept=1";

fn kept(uri: &Uri) -> Option<InHand> {
    let answer = Response::builder().header("content-type", "application/json");
    let text = format!("\"at hand{}\"", " and long".repeat(500));
    let answer = answer.body(text.into()).unwrap();
    (uri == PATH).then_some(InHand { answer, stale: false })
}

async fn bench(settings: &str) -> Bench {
    super::bench().at_hand("orders", Arc::new(kept)).settings(settings).start().await
}

/// The first words of an answer.
async fn body(caller: &Caller, path: &str) -> String {
    match caller.get(path).await.body {
        Value::String(text) => text.chars().take(7).collect(),
        other => other.to_string(),
    }
}

#[tokio::test]
async fn whoever_says_nothing_of_themselves_gets_what_is_at_hand() {
    let bench = bench("").await;
    let anyone = bench.anyone("gateway");
    assert_eq!(body(&anyone, PATH).await, "at hand");
    assert_eq!(anyone.with("x-request-id", "mine").get(PATH).await.headers["x-request-id"], "mine");
    assert_eq!(body(&anyone, "/v1/orders/orders/seven").await, "seven", "another address");
    assert_eq!(body(&anyone.with("cookie", "theme=dark"), PATH).await, "at hand");
}

#[tokio::test]
async fn whoever_says_something_is_asked_for() {
    let bench = bench("").await;
    let anyone = bench.anyone("gateway");
    for (name, value) in [
        ("authorization", "Bearer x"),
        ("origin", "https://elsewhere.example"),
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

#[tokio::test]
async fn what_is_at_hand_is_given_where_there_is_no_room_for_anything_else() {
    let bench = bench("[gateway]\nmost_at_once = 0").await;
    let anyone = bench.anyone("gateway");
    anyone.get("/v1/orders/orders/seven").await.refused(503, "overloaded");
    assert_eq!(body(&anyone, PATH).await, "at hand");
}

#[tokio::test]
async fn whoever_finds_no_room_is_told_at_once_as_on_the_whole_way() {
    let bench = bench("[gateway]\nmost_at_once = 0").await;
    for caller in [bench.anyone("gateway"), bench.signed("gateway", &testkit::customer())] {
        let at_once = caller.get("/v1/orders/orders/seven").await;
        // Whoever comes from another page's script goes the whole way, and so does who sends something.
        let elsewhere = caller.with("origin", "https://elsewhere.example");
        let whole = elsewhere.get("/v1/orders/orders/seven").await;
        let [at_once_said, whole_said] = [&at_once, &whole].map(|answer| {
            let (mut headers, mut body) = (answer.headers.clone(), answer.body.clone());
            let name = headers.remove("x-request-id").expect("a name");
            assert_eq!(body["request_id"].take(), name.to_str().unwrap());
            headers.remove("access-control-expose-headers");
            let mut vary: Vec<String> = headers
                .get_all("vary")
                .iter()
                .flat_map(|line| line.to_str().unwrap().split(", ").map(str::to_owned))
                .collect();
            vary.sort();
            headers.remove("vary");
            (headers, vary, body)
        });
        assert_eq!(at_once_said, whole_said);
        at_once.refused(503, "overloaded");
        let sent = caller.post("/v1/orders/orders", serde_json::json!({"a": 1})).await;
        sent.refused(503, "overloaded");
    }
    let health = bench.anyone("gateway").get("/healthz").await;
    assert_eq!(health.status, 200, "nobody is kept from asking whether it stands");
}

#[tokio::test]
async fn it_is_compressed_for_whoever_takes_that_and_once() {
    let bench = bench("").await;
    let anyone = bench.anyone("gateway");
    let plain = anyone.get(PATH).await;
    for _ in 0..2 {
        let zipped = anyone.with("accept-encoding", "br, gzip").get(PATH).await;
        assert_eq!(zipped.headers["content-encoding"], "gzip");
        let length = zipped.body.as_str().unwrap().len();
        assert!(length < plain.body.as_str().unwrap().len() / 4, "{length} bytes");
    }
    assert!(!plain.headers.contains_key("content-encoding"));
    let refuses = anyone.with("accept-encoding", "gzip;q=0").get(PATH).await;
    assert!(!refuses.headers.contains_key("content-encoding"));
}
