//! A process that is about to end.

use std::{sync::Arc, time::Duration};

use axum::{Router, routing};
use futures::StreamExt;
use testkit::Bench;
use tokio::sync::Notify;

#[tokio::test]
async fn a_process_says_that_it_leaves_and_ends_what_is_under_way() {
    let (begun, released) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, goes) = (Arc::clone(&begun), Arc::clone(&released));
    let held = move || async move {
        inside.notify_one();
        goes.notified().await;
        "whole"
    };
    let orders = super::orders().route("/v1/orders/held", routing::post(held));
    let mut bench =
        Bench::of(super::PARTS).leave_notice_ms(3000).stand_in("orders", orders).start().await;
    let address = super::listening(&mut bench).await;
    let client = reqwest::Client::new();
    let url = |path: &str| format!("http://{address}{path}");
    let live = client.get(url("/v1/orders/live")).send().await.unwrap();
    let under_way = tokio::spawn(client.post(url("/v1/orders/held")).send());
    begun.notified().await;
    let ended = tokio::spawn(bench.process.stop());

    // The stream ends, and says when to come again.
    let chunks: Vec<_> = live.bytes_stream().map(|chunk| chunk.unwrap()).collect().await;
    assert_eq!(chunks.concat(), b"data: 1\n\nretry: 1000\n\n");
    // It still answers, on connections that end with the answer, and asks to be left.
    let ready = client.get(url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert_eq!(ready.headers()["connection"], "close");
    let answer = client.get(url("/v1/orders/echo")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let live = client.get(url("/v1/orders/live")).send().await.unwrap();
    assert_eq!(live.status(), 503);
    // Then nobody comes in any more, and what was under way is ended.
    for attempt in 0.. {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            break;
        }
        assert!(attempt < 400, "it still listens");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(!under_way.is_finished() && !ended.is_finished());
    released.notify_one();
    let answer = under_way.await.unwrap().unwrap();
    assert_eq!(answer.text().await.unwrap(), "whole");
    ended.await.unwrap();
}

#[tokio::test]
async fn a_stream_that_breaks_off_in_an_event_gets_no_line_into_it() {
    let half = || async {
        let first = futures::stream::once(async { Ok::<_, std::io::Error>("data: ha") });
        let body = axum::body::Body::from_stream(first.chain(futures::stream::pending()));
        ([("content-type", "text/event-stream")], body)
    };
    let orders = Router::new().route("/v1/orders/half", routing::get(half));
    let mut bench = Bench::of(super::PARTS).stand_in("orders", orders).start().await;
    let address = super::listening(&mut bench).await;
    let live = reqwest::get(format!("http://{address}/v1/orders/half")).await.unwrap();
    let mut chunks = live.bytes_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), "data: ha");
    let ended = tokio::spawn(bench.process.stop());
    assert!(chunks.next().await.is_none());
    ended.await.unwrap();
}
