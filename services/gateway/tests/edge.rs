use axum::body::Body;
use http::Method;

#[tokio::test]
async fn only_named_origins_may_call_from_a_page() {
    let settings = "[gateway]\nallowed_origins = [\"https://shop.example\"]";
    let bench = super::bench().settings(settings).start().await;
    let anyone = bench.anyone("gateway");
    let ask = |origin: &str| {
        let caller = anyone
            .with("origin", origin)
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", "authorization,idempotency-key,x-device");
        async move { caller.send(Method::OPTIONS, "/v1/orders/echo", Body::empty()).await }
    };
    let allowed = ask("https://shop.example").await;
    assert_eq!(allowed.headers["access-control-allow-origin"], "https://shop.example");
    let headers = allowed.headers["access-control-allow-headers"].to_str().unwrap();
    assert!(headers.contains("x-device"), "devices that are known stay so: {headers}");
    assert!(!allowed.headers.contains_key("access-control-allow-credentials"));
    for stranger in ["https://shop.example.evil.example", "http://localhost:5173", "null"] {
        let answer = ask(stranger).await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{stranger}");
    }
    // A refusal is readable too.
    let refused = anyone.with("origin", "https://shop.example").get("/nowhere").await;
    assert_eq!(refused.headers["access-control-allow-origin"], "https://shop.example");
}

#[tokio::test]
async fn for_development_any_page_of_this_machine_may() {
    let bench = super::bench().settings("[gateway]\nallow_localhost = true").start().await;
    let anyone = bench.anyone("gateway");
    for (origin, may) in [
        ("http://localhost:5173", true),
        ("http://127.0.0.1:8080", true),
        ("http://localhost.evil.example", false),
        ("http://evil.example/localhost", false),
    ] {
        let answer = anyone.with("origin", origin).get("/v1/orders/echo").await;
        assert_eq!(answer.headers.contains_key("access-control-allow-origin"), may, "{origin}");
    }
}

#[tokio::test]
async fn answers_are_guarded_and_json_is_compressed() {
    let bench = super::bench().start().await;
    let anyone = bench.anyone("gateway");
    let answer = anyone.with("accept-encoding", "gzip").get("/v1/orders/long").await;
    assert_eq!(answer.headers["content-encoding"], "gzip");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    assert!(!answer.headers.contains_key("cache-control"));
    let personal = anyone.with("authorization", "Bearer x").get("/v1/orders/echo").await;
    assert_eq!(personal.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn one_address_has_so_many_connections_unless_proxies_stand_before() {
    for (settings, most) in [("", 2), ("\nproxies_in_front = 1", 5)] {
        let settings = format!("[gateway]\naddress_connections = 2{settings}");
        let mut bench = super::bench().settings(&settings).start().await;
        let address = super::listening(&mut bench).await;
        let mut open = Vec::new();
        for _ in 0..most {
            open.push(tokio::net::TcpStream::connect(address).await.unwrap());
        }
        let asked = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let answer = super::raw(address, asked).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), most == 5, "{answer}");
    }
}
