use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use testkit::Bench;
use tokio::{io::AsyncWriteExt, net::TcpListener};

#[tokio::test]
async fn a_request_arrives_as_it_was_sent() {
    let bench = super::bench().start().await;
    let anyone = bench.anyone("gateway");
    let seen: Value = anyone.get("/v1/orders/echo?a=1%2F2&b=%C3%A9").await.ok();
    assert_eq!(seen["uri"], "/v1/orders/echo?a=1%2F2&b=%C3%A9");
    assert_eq!(anyone.get("/v1/orders/orders/42").await.body, 42);
}

#[tokio::test]
async fn request_ids_are_kept_made_and_answered() {
    let bench = super::bench().start().await;
    let anyone = bench.anyone("gateway");
    let answer = anyone.with("x-request-id", "mine-1").get("/v1/orders/echo").await;
    assert_eq!(answer.headers["x-request-id"], "mine-1");
    assert_eq!(answer.body["headers"]["x-request-id"], "mine-1");
    let long = "x".repeat(200);
    for bad in ["has space", long.as_str()] {
        let answer = anyone.with("x-request-id", bad).get("/v1/orders/echo").await;
        let made = answer.headers["x-request-id"].to_str().unwrap().to_owned();
        assert_ne!(made, bad);
        assert_eq!(answer.body["headers"]["x-request-id"], made.as_str());
    }
    let problem = anyone.get("/nowhere").await;
    let id = problem.headers["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(problem.refused(404, "not-found")["request_id"], id.as_str());
}

#[tokio::test]
async fn events_come_as_they_happen_from_here_and_from_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, super::orders()).await });
    let remote = format!("[upstreams]\norders = \"http://{there}\"");
    for bench in [super::bench(), Bench::of(super::PARTS).settings(&remote)] {
        let mut bench = bench.start().await;
        let address = super::listening(&mut bench).await;
        let client = reqwest::Client::new();
        let asked = client.get(format!("http://{address}/v1/orders/live"));
        let answer = asked.header("accept-encoding", "gzip").send().await.unwrap();
        assert!(!answer.headers().contains_key("content-encoding"));
        let mut stream = answer.bytes_stream();
        let first = tokio::time::timeout(Duration::from_secs(2), stream.next()).await;
        assert_eq!(first.expect("at once").unwrap().unwrap(), "data: 1\n\n");
    }
}

#[tokio::test]
async fn only_so_many_streams_are_open_and_a_closed_one_makes_room() {
    let mut bench = super::bench().settings("[gateway]\nmost_streams = 1").start().await;
    let address = super::listening(&mut bench).await;
    let client = reqwest::Client::new();
    let open = || async { client.get(format!("http://{address}/v1/orders/live")).send().await };
    let first = open().await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(open().await.unwrap().status(), 503);
    drop(first);
    bench
        .eventually("a place", || async { (open().await.unwrap().status() == 200).then_some(()) })
        .await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_in_time_is_given_up() {
    let bench = super::bench().settings("[gateway]\nanswer_seconds = 1").start().await;
    bench.anyone("gateway").get("/v1/orders/slow").await.refused(504, "took-too-long");
}

#[tokio::test]
async fn a_service_that_is_down_is_unavailable() {
    let settings = "[upstreams]\norders = \"http://127.0.0.1:9\"";
    let bench = Bench::of(super::PARTS).settings(settings).start().await;
    bench.anyone("gateway").get("/v1/orders/echo").await.refused(503, "unavailable");
}

#[tokio::test]
async fn a_reading_is_asked_of_another_process_and_a_deed_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, super::orders()).await });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let breaking = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut [0; 4096]).await;
        }
    });
    let several = format!("[upstreams]\norders = [\"http://{breaking}\", \"http://{there}\"]");
    let mut bench = Bench::of(super::PARTS).settings(&several).start().await;
    let address = super::listening(&mut bench).await;
    let client = reqwest::Client::new();
    // The first is asked first, as long as nothing is known of it.
    let posted = client.post(format!("http://{address}/v1/orders/size")).body("a").send().await;
    assert_eq!(posted.unwrap().status(), 503, "it may have been done");
    let bench = bench.another(|settings| settings).await;
    assert_eq!(bench.anyone("gateway").get("/v1/orders/orders/7").await.body, 7);
}

#[tokio::test]
async fn a_client_that_stops_sending_is_given_up() {
    let settings = "[gateway]\nbody_pause_seconds = 1";
    let mut bench = super::bench().settings(settings).start().await;
    let address = super::listening(&mut bench).await;
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /v1/orders/size HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let reading = tokio::io::AsyncReadExt::read_exact(&mut socket, &mut answer);
    tokio::time::timeout(Duration::from_secs(3), reading).await.expect("an end").unwrap();
    assert_eq!(&answer[9..], b"400");
}

#[tokio::test]
async fn what_somebody_has_written_is_brought_back_by_header_and_cookie() {
    let bench = super::bench().start().await;
    let anyone = bench.anyone("gateway");
    let answer = anyone.post("/v1/orders/written", ()).await;
    assert_eq!(answer.headers["tipple-position"], "1f");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let (pair, rules) = cookie.split_once("; ").unwrap();
    assert_eq!(pair, "tipple_position=1f");
    assert!(rules.contains("HttpOnly") && rules.contains("SameSite=Strict"), "{rules}");
    for (name, value) in [("cookie", pair), ("tipple-position", "1f")] {
        let seen: Value = anyone.with(name, value).get("/v1/orders/echo").await.ok();
        assert_eq!(seen["headers"]["tipple-position"], "1f", "{name}");
    }
    let seen: Value = anyone.get("/v1/orders/echo").await.ok();
    assert!(seen["headers"].get("tipple-position").is_none());
}
