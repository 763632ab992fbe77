//! What a service has at hand is given to whoever says nothing of themselves, and to nobody else.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use http::{HeaderMap, Method, Response, Uri};
use serde_json::Value;
use testkit::{Answer, Bench, Caller};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};
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
    let url = &bench.settings.public_url;
    let own = anyone.with("origin", url);
    assert_eq!(body(&own, PATH).await, "seven", "it asks elsewhere");
    let own = own.with("host", url.split_once("://").unwrap().1);
    assert_eq!(body(&own, PATH).await, "at hand", "a page of this house");
    // What comes with a GET says nothing (RFC 9110, 9.3.1).
    let with_body = anyone.send(Method::GET, PATH, Body::from("x")).await;
    assert!(with_body.body.as_str().unwrap().starts_with("at hand"));
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
        // Whoever comes from another page's script goes the whole way.
        let elsewhere = caller.with("origin", "https://elsewhere.example");
        for (method, sent) in [(Method::GET, ""), (Method::POST, "{\"a\": 1}")] {
            let asked = [&caller, &elsewhere]
                .map(|one| one.send(method.clone(), "/v1/orders/orders", Body::from(sent)));
            let [at_once, whole] = futures::future::join_all(asked).await.try_into().unwrap();
            let [at_once_said, whole_said] = [&at_once, &whole].map(said);
            assert_eq!(at_once_said, whole_said, "{method}");
            at_once.refused(503, "overloaded");
        }
    }
    let health = bench.anyone("gateway").get("/healthz").await;
    assert_eq!(health.status, 200, "nobody is kept from asking whether it stands");
}

/// What an answer says, but for its name and for what scripts of other pages may read.
fn said(answer: &Answer) -> (HeaderMap, Vec<String>, Value) {
    let (mut headers, mut body) = (answer.headers.clone(), answer.body.clone());
    let name = headers.remove("x-request-id").expect("a name");
    assert_eq!(body["request_id"].take(), name.to_str().unwrap());
    headers.remove("access-control-expose-headers");
    let lines = headers.get_all("vary").iter();
    let mut vary: Vec<String> =
        lines.flat_map(|line| line.to_str().unwrap().split(", ").map(str::to_owned)).collect();
    vary.sort();
    headers.remove("vary");
    (headers, vary, body)
}

#[tokio::test]
async fn whoever_sends_something_and_finds_no_room_goes_on_with_the_same_connection() {
    let mut bench = bench("[gateway]\nmost_at_once = 0").await;
    let address = super::listening(&mut bench).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    for piece in [
        "POST /v1/orders/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\n{\"a",
        "\": 1}GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ] {
        socket.write_all(piece.as_bytes()).await.unwrap();
        sleep(Duration::from_millis(50)).await;
    }
    let mut answers = String::new();
    socket.read_to_string(&mut answers).await.unwrap();
    assert!(answers.starts_with("HTTP/1.1 503") && answers.contains("HTTP/1.1 200"), "{answers}");
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
