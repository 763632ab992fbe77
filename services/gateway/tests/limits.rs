use axum::body::{Body, Bytes};
use futures::{StreamExt, stream};
use http::Method;
use testkit::Bench;

#[tokio::test]
async fn a_body_has_a_limit_said_or_not() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, super::orders()).await });
    let remote = format!("[upstreams]\norders = \"http://{there}\"");
    for bench in [super::bench(), Bench::of(super::PARTS).settings(&remote)] {
        let limits = "[gateway]\nbody_limit_kib = 64\nlarge_body_limit_kib = 256";
        let anyone = bench.settings(limits).start().await.anyone("gateway");
        let most = 64 * 1024;
        let chunked = |kib: usize| {
            let chunk = Bytes::from(vec![b'x'; 1024]);
            Body::from_stream(stream::iter(vec![chunk; kib]).map(Ok::<_, std::io::Error>))
        };
        let send = |path: &'static str, body| {
            let anyone = anyone.clone();
            async move { anyone.send(Method::POST, path, body).await }
        };
        assert_eq!(send("/v1/orders/size", Body::from(vec![b'x'; most])).await.body, most);
        assert_eq!(send("/v1/orders/size", chunked(64)).await.body, most);
        send("/v1/orders/size", chunked(65)).await.refused(413, "body-too-large");
        let declared = anyone.with("content-length", &(most + 1).to_string());
        let answer = declared.send(Method::POST, "/v1/orders/size", Body::empty()).await;
        answer.refused(413, "body-too-large");
        assert_eq!(send("/v1/orders/stock.csv", chunked(200)).await.status, 200);
        send("/v1/orders/stock.csv", chunked(257)).await.refused(413, "body-too-large");
    }
}

#[tokio::test]
async fn a_head_has_limits() {
    let bench = super::bench().start().await;
    let anyone = bench.anyone("gateway");
    let long = format!("/v1/orders/echo?{}", "x".repeat(9000));
    anyone.get(&long).await.refused(414, "path-too-long");
    let heavy = anyone.with("x-heavy", &"x".repeat(17 * 1024));
    heavy.get("/v1/orders/echo").await.refused(431, "headers-too-large");
    let answer = anyone.send(Method::TRACE, "/v1/orders/echo", Body::empty()).await;
    answer.refused(405, "method-not-allowed");
    anyone.post("/healthz", ()).await.refused(405, "method-not-allowed");
}

const STRICT: &str = "[gateway]
address_per_second = 1\naddress_burst = 3\ntoken_per_second = 1\ntoken_burst = 2
webhook_per_second = 1\nwebhook_burst = 6\nwebhook_paths = [\"/v1/orders/echo\"]";

#[tokio::test]
async fn too_many_requests_from_one_address() {
    let bench = super::bench().settings(STRICT).start().await;
    let anyone = bench.anyone("gateway");
    for _ in 0..3 {
        assert_eq!(anyone.get("/v1/orders/long").await.status, 200);
    }
    let answer = anyone.get("/v1/orders/long").await;
    assert_eq!(answer.headers["retry-after"], "1");
    answer.refused(429, "too-many-requests");
    // A claimed other address changes nothing.
    let other = anyone.with("x-forwarded-for", "10.9.8.7");
    other.get("/v1/orders/long").await.refused(429, "too-many-requests");
    // Probes are never turned away, and webhooks have limits of their own.
    assert_eq!(anyone.get("/healthz").await.status, 200);
    for _ in 0..6 {
        assert_eq!(anyone.get("/v1/orders/echo").await.status, 200);
    }
    anyone.get("/v1/orders/echo").await.refused(429, "too-many-requests");
}

#[tokio::test]
async fn too_many_requests_with_one_token_and_behind_a_proxy() {
    let settings = format!("{STRICT}\nproxies_in_front = 1");
    let bench = super::bench().settings(&settings).start().await;
    let anyone = bench.anyone("gateway");
    let from = |address: &str| anyone.with("x-forwarded-for", &format!("6.6.6.6, {address}"));
    let token = |address: &str| from(address).with("authorization", "Bearer one");
    assert_eq!(token("10.0.0.1").get("/v1/orders/long").await.status, 200);
    assert_eq!(token("10.0.0.2").get("/v1/orders/long").await.status, 200);
    token("10.0.0.3").get("/v1/orders/long").await.refused(429, "too-many-requests");
    // Spelt in another way it is the same token.
    for spelling in ["bearer one", "Bearer   one", "BEARER one"] {
        let again = from("10.0.0.3").with("authorization", spelling);
        again.get("/v1/orders/long").await.refused(429, "too-many-requests");
    }
    assert_eq!(from("10.0.0.4").get("/v1/orders/long").await.status, 200);
    // One customer's IPv6 network is one asker.
    for end in 1..=3 {
        assert_eq!(from(&format!("2001:db8::{end}")).get("/v1/orders/long").await.status, 200);
    }
    from("2001:db8::4").get("/v1/orders/long").await.refused(429, "too-many-requests");
}

#[tokio::test]
async fn passwords_cannot_be_guessed_in_a_hurry() {
    let settings = "[gateway]\npassword_burst = 2\npassword_paths = [\"/v1/orders/long\"]";
    let bench = super::bench().settings(settings).start().await;
    let anyone = bench.anyone("gateway");
    for _ in 0..2 {
        assert_eq!(anyone.get("/v1/orders/long").await.status, 200);
    }
    anyone.get("/v1/orders/long").await.refused(429, "too-many-requests");
    assert_eq!(anyone.get("/v1/orders/echo").await.status, 200, "the rest goes on");
}

#[tokio::test]
async fn overload_is_shed_and_ends() {
    let settings = "[gateway]\nmost_at_once = 2\nanswer_seconds = 1";
    let bench = super::bench().settings(settings).start().await;
    let anyone = bench.anyone("gateway");
    let slow: Vec<_> = (0..2)
        .map(|_| {
            let anyone = anyone.clone();
            tokio::spawn(async move { anyone.get("/v1/orders/slow").await })
        })
        .collect();
    let turned_away = bench
        .eventually("it is full", || async {
            let answer = anyone.get("/v1/orders/echo").await;
            (answer.status == 503).then_some(answer)
        })
        .await;
    assert_eq!(turned_away.headers["retry-after"], "1");
    turned_away.refused(503, "overloaded");
    assert_eq!(anyone.get("/healthz").await.status, 200);
    for slow in slow {
        slow.await.unwrap().refused(504, "took-too-long");
    }
    assert_eq!(anyone.get("/v1/orders/echo").await.status, 200);
}
