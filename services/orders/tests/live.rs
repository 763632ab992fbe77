//! The live stream, read as a browser would.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header},
};
use futures::StreamExt;
use kernel::OrderId;
use serde_json::{Value, json};
use testkit::{Bench, OwnRedis};
use tower::ServiceExt;

use crate::{Scene, path, scene, scene_by, scene_with};

struct Stream {
    body: axum::body::BodyDataStream,
    read: String,
}

async fn watch(scene: &Scene, order: OrderId, last: Option<&str>) -> Stream {
    watch_at(&scene.bench, scene, order, last).await
}

/// The same at one of several processes.
async fn watch_at(at: &Bench, scene: &Scene, order: OrderId, last: Option<&str>) -> Stream {
    let mut request = Request::get(path(order, "events"))
        .header(header::AUTHORIZATION, format!("Bearer {}", scene.bench.token(&scene.customer)));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let router = at.process.router("orders").unwrap();
    let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    Stream { body: answer.into_body().into_data_stream(), read: String::new() }
}

impl Stream {
    /// The next block of lines; none at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                return Some(block);
            }
            let bytes = tokio::time::timeout(Duration::from_secs(5), self.body.next()).await;
            let bytes = bytes.expect("the stream goes on")?.unwrap();
            self.read.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The id and the data of the next event.
    async fn next(&mut self) -> Option<(String, Value)> {
        let block = self.block().await?;
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name} in {block}")).trim().to_owned()
        };
        Some((field("id:"), serde_json::from_str(&field("data:")).unwrap()))
    }
}

#[tokio::test]
async fn a_customer_sees_it_move_and_end() {
    let scene = scene().await;
    let order = scene.placed().await;
    let mut stream = watch(&scene, order, None).await;
    let (first, placed) = stream.next().await.unwrap();
    assert_eq!((first.as_str(), &placed["what"]), ("1", &json!("placed")));
    scene.pay(order).await;
    let (_, paid) = stream.next().await.unwrap();
    assert_eq!((&paid["what"], &paid["state"]), (&json!("paid"), &json!("paid")));
    scene.as_customer().post(&path(order, "cancel"), json!({})).await.ok::<Value>();
    let (last, cancelled) = stream.next().await.unwrap();
    assert_eq!(cancelled["state"], "cancelled");
    assert!(stream.next().await.is_none(), "it ends with the order");

    let mut resumed = watch(&scene, order, Some(&first)).await;
    assert_eq!(resumed.next().await.unwrap().1, paid);
    assert_eq!(resumed.next().await.unwrap().1, cancelled);
    assert!(resumed.next().await.is_none());
    // Someone who has seen it all, or who says nonsense.
    assert!(watch(&scene, order, Some(&last)).await.next().await.is_none());
    assert_eq!(watch(&scene, order, Some("x")).await.next().await.unwrap().0, "1");
}

#[tokio::test]
async fn a_stream_at_one_process_tells_what_happens_at_another() {
    let scene = scene().await;
    let order = scene.placed().await;
    let other = scene.bench.twin().await;
    let mut stream = watch_at(&other, &scene, order, Some("1")).await;
    scene.pay(order).await;
    assert_eq!(stream.next().await.unwrap().1["state"], "paid");
    scene.as_customer().post(&path(order, "cancel"), json!({})).await.ok::<Value>();
    assert_eq!(stream.next().await.unwrap().1["state"], "cancelled");
    assert!(stream.next().await.is_none());
}

/// So seldom does a stream look by itself that it never does in a test.
const SELDOM: &str = "stream_poll_ms = 600000";

async fn told_at_once(scene: &Scene, at: &Bench) {
    let order = scene.placed().await;
    let mut stream = watch_at(at, scene, order, Some("1")).await;
    scene.pay(order).await;
    assert_eq!(stream.next().await.unwrap().1["state"], "paid");
    scene.as_customer().post(&path(order, "cancel"), json!({})).await.ok::<Value>();
    assert_eq!(stream.next().await.unwrap().1["state"], "cancelled");
}

#[tokio::test]
async fn a_stream_is_woken_by_what_happens_and_need_not_look() {
    let scene = scene_by(SELDOM, |bench| bench).await;
    told_at_once(&scene, &scene.bench).await;
}

#[tokio::test]
async fn over_redis_what_happens_at_one_process_wakes_streams_at_others() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let scene = scene_by(SELDOM, |bench| bench.redis(&own.url())).await;
    let other = scene.bench.twin().await;
    let hears = async |bench: &Bench| {
        let heard = || async { bench.process.bell.hears_others().then_some(()) };
        bench.eventually("it hears the other", heard).await;
    };
    hears(&scene.bench).await;
    hears(&other).await;
    told_at_once(&scene, &other).await;
    own.flush().await;
    told_at_once(&scene, &other).await;
    own.kill();
    // What the other process does now is found by looking; what this one does it hears.
    let order = scene.placed().await;
    let mut stream = watch(&scene, order, Some("1")).await;
    scene.as_customer().post(&path(order, "cancel"), json!({})).await.ok::<Value>();
    assert_eq!(stream.next().await.unwrap().1["state"], "cancelled");
    own.restart().await;
    hears(&scene.bench).await;
    hears(&other).await;
    told_at_once(&scene, &other).await;
}

#[tokio::test]
async fn silence_has_a_heartbeat() {
    let scene = scene_with("stream_heartbeat_seconds = 1").await;
    let order = scene.placed().await;
    let mut stream = watch(&scene, order, Some("1")).await;
    let block = stream.block().await.unwrap();
    assert!(block.starts_with(':'), "{block}");
}

#[tokio::test]
async fn a_stream_ends_with_its_process_and_says_when_to_come_again() {
    let scene = scene().await;
    let order = scene.placed().await;
    let mut stream = watch(&scene, order, None).await;
    stream.next().await.unwrap();
    let stopping = tokio::spawn(scene.bench.process.stop());
    assert_eq!(stream.block().await.unwrap(), "retry: 1000");
    assert!(stream.block().await.is_none());
    stopping.await.unwrap();
}
