use axum::body::{Body, Bytes};
use futures::{StreamExt, stream};
use http::Method;
use testkit::{Bench, customer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

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

#[tokio::test]
async fn somebody_is_one_however_many_tokens_they_have() {
    let settings = format!("{STRICT}\nproxies_in_front = 1");
    let bench = super::bench().settings(&settings).start().await;
    let (one, other) = (customer(), customer());
    let ask = |actor, address: &str| {
        let caller = bench.signed("gateway", actor).with("x-forwarded-for", address);
        async move { caller.get("/v1/orders/long").await }
    };
    for number in 1..=2 {
        assert_eq!(ask(&one, &format!("10.0.0.{number}")).await.status, 200);
    }
    ask(&one, "10.0.0.3").await.refused(429, "too-many-requests");
    assert_eq!(ask(&other, "10.0.0.4").await.status, 200);
}

#[tokio::test]
async fn one_address_leaves_places_to_others() {
    let settings = "[gateway]\nproxies_in_front = 1\naddress_at_once = 2";
    let bench = super::bench().settings(settings).start().await;
    let from = |address: &str| bench.anyone("gateway").with("x-forwarded-for", address);
    let slow: Vec<_> = (0..2)
        .map(|_| {
            let one = from("10.0.0.1");
            tokio::spawn(async move { one.get("/v1/orders/slow").await })
        })
        .collect();
    let full = || async {
        let answer = from("10.0.0.1").get("/v1/orders/echo").await;
        (answer.status == 429).then_some(answer)
    };
    bench.eventually("it has its share", full).await.refused(429, "too-many-requests");
    assert_eq!(from("10.0.0.2").get("/v1/orders/echo").await.status, 200);
    let told = from("10.0.0.1").get("/v1/payments/webhooks/stripe/x").await;
    assert_ne!(told.status, 429, "a provider tells for everybody");
    slow.iter().for_each(tokio::task::JoinHandle::abort);
    let free =
        || async { (from("10.0.0.1").get("/v1/orders/echo").await.status == 200).then_some(()) };
    bench.eventually("it has room again", free).await;
}

#[tokio::test]
async fn whoever_sends_slowly_takes_no_place() {
    let mut bench = super::bench().settings("[gateway]\nmost_at_once = 4").start().await;
    let address = super::listening(&mut bench).await;
    let mut slow = Vec::new();
    for path in ["/v1/payments/webhooks/stripe/x", "/v1/orders/size"].repeat(6) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nx");
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let ask = "GET /v1/orders/long HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    for _ in 0..20 {
        let answer = super::raw(address, ask).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // What has come in the end is answered as ever.
    let mut last = slow.pop().unwrap();
    last.write_all(b"xxxx").await.unwrap();
    let mut answer = [0; 12];
    last.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn one_person_leaves_live_streams_to_others() {
    let settings = "[gateway]\nperson_streams = 2";
    let mut bench = super::bench().settings(settings).start().await;
    let address = super::listening(&mut bench).await;
    let (client, url) = (reqwest::Client::new(), format!("http://{address}/v1/orders/live"));
    let [one, other] = [customer(), customer()].map(|actor| bench.token(&actor));
    let listen = |token: &str| client.get(&url).bearer_auth(token).send();
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(listen(&one).await.unwrap());
    }
    assert!(open.iter().all(|live| live.status() == 200));
    assert_eq!(listen(&one).await.unwrap().status(), 429);
    assert_eq!(listen(&other).await.unwrap().status(), 200);
    open.clear();
    let again = || async { (listen(&one).await.unwrap().status() == 200).then_some(()) };
    bench.eventually("what has ended counts no more", again).await;
}
