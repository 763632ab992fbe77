use axum::Router;
use testkit::Bench;

/// Every way that somebody may spell the path to what is inside.
const TRICKS: &[&str] = &[
    "/internal/orders/secret",
    "//internal/orders/secret",
    "/Internal/orders/secret",
    "/%69nternal/orders/secret",
    "/./internal/orders/secret",
    "/v1/../internal/orders/secret",
    "/v1/%2e%2e/internal/orders/secret",
    "/v1/orders/../../internal/orders/secret",
    "/v1/orders/..%2f..%2finternal/orders/secret",
    "/v1/orders/%2e%2e/%2e%2e/internal/orders/secret",
    "/v1/orders/%252e%252e/%252e%252e/internal/orders/secret",
    "/v1/orders/..%5c..%5cinternal/orders/secret",
    "/v1/orders/..;/..;/internal/orders/secret",
    "/v1//internal/orders/secret",
    "/v1/internal/orders/secret",
    "/sandbox/../internal/orders/secret",
    "/docs/../internal/orders/secret",
    "/healthz/../internal/orders/secret",
    "/internal/gateway/ready",
    "/internal/orders/ready",
    "/v1/gateway/x",
    "/v1/nobody/x",
];

#[tokio::test]
async fn no_spelling_leads_inside() {
    let mut bench = super::bench().stand_in("sandbox", super::orders()).start().await;
    let anyone = bench.anyone("gateway");
    for path in TRICKS {
        anyone.get(path).await.refused(404, "not-found");
    }
    // Over the network, where nothing on our side tidies the path up.
    let address = super::listening(&mut bench).await;
    let absolute =
        ["http://orders/internal/orders/secret", "http://h/v1/../internal/orders/secret"];
    for target in TRICKS.iter().chain(&absolute) {
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = super::raw(address, &request).await;
        let refused = answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400");
        assert!(refused && !answer.contains("the secret"), "{target}: {answer}");
    }
}

#[tokio::test]
async fn nor_does_any_spelling_over_the_network() {
    // The same with a service that runs elsewhere: the client on our side must not tidy either.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, super::orders()).await });
    let settings = format!("[upstreams]\norders = \"http://{there}\"");
    let bench = Bench::of(super::PARTS).settings(&settings).start().await;
    let anyone = bench.anyone("gateway");
    for path in TRICKS {
        anyone.get(path).await.refused(404, "not-found");
    }
    let answer = anyone.get("/v1/orders/orders/a%20b").await;
    assert_eq!(answer.body, "a b");
}

#[tokio::test]
async fn what_only_the_gateway_may_say_is_not_believed_from_outside() {
    let bench = super::bench().start().await;
    let caller = bench
        .house("gateway")
        .with("x-forwarded-for", "10.0.0.1")
        .with("x-forwarded-host", "evil.example")
        .with("x-forwarded-prefix", "/internal")
        .with("forwarded", "for=10.0.0.1")
        .with("x-real-ip", "10.0.0.1")
        .with("x_tipple_house", "forged")
        .with("connection", "x-drop-me")
        .with("x-drop-me", "1")
        .with("proxy-authorization", "Basic x")
        .with("x-kept", "1");
    let seen = caller.get("/v1/orders/echo").await.body;
    let headers = seen["headers"].as_object().unwrap();
    for gone in [
        "x-tipple-house",
        "x_tipple_house",
        "x-forwarded-host",
        "x-forwarded-prefix",
        "forwarded",
        "x-real-ip",
        "x-drop-me",
        "connection",
        "proxy-authorization",
    ] {
        assert!(!headers.contains_key(gone), "{gone} went through");
    }
    assert_eq!(headers["x-kept"], "1");
    assert_eq!(headers["x-forwarded-for"], "::");
    assert_eq!(headers["x-forwarded-proto"], "http");
}

#[tokio::test]
async fn one_request_stays_one_request() {
    let mut bench = super::bench().start().await;
    let address = super::listening(&mut bench).await;
    let inside = "GET /internal/orders/secret HTTP/1.1\r\nhost: x\r\n\r\n";
    let attempts = [
        // Two lengths that differ.
        format!(
            "POST /v1/orders/size HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\
             content-length: {}\r\n\r\nabc{inside}",
            3 + inside.len()
        ),
        // A length beside chunks.
        format!(
            "POST /v1/orders/size HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\
             transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n{inside}"
        ),
        // A coding that nobody knows.
        format!(
            "POST /v1/orders/size HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             transfer-encoding: xchunked\r\ncontent-length: 3\r\n\r\nabc{inside}"
        ),
        // A line break in a header.
        format!(
            "GET /v1/orders/echo HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\nconnection: close\r\n\r\n{inside}"
        ),
    ];
    for attempt in attempts {
        let answer = super::raw(address, &attempt).await;
        assert!(!answer.contains("the secret"), "{attempt}\n→ {answer}");
        assert!(answer.matches("HTTP/1.1 ").count() <= 2, "{attempt}\n→ {answer}");
    }
}

#[tokio::test]
async fn a_service_that_is_nowhere_is_unavailable_and_one_left_out_is_unknown() {
    let bench = Bench::of(super::PARTS)
        .settings("[gateway]\nservices = [\"orders\"]")
        .stand_in("cart", Router::new())
        .start()
        .await;
    let anyone = bench.anyone("gateway");
    let problem = anyone.get("/v1/orders/x").await;
    assert_eq!(problem.headers["retry-after"], "2");
    problem.refused(503, "unavailable");
    anyone.get("/v1/cart/x").await.refused(404, "not-found");
}
