//! The live stream of a delivery, read as a browser would.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, header},
};
use futures::StreamExt;
use kernel::{Actor, OrderId, Place};
use serde_json::{Value, json};
use testkit::{Bench, OwnRedis};
use tower::ServiceExt;

use crate::scene::{Driver, Scene, north, scene_by};

/// So seldom does a stream look by itself that it never does in a test.
const SELDOM: &str = "stream_poll_ms = 600000";

struct Stream {
    body: BodyDataStream,
    read: String,
}

async fn answer(at: &Bench, actor: &Actor, order: OrderId) -> axum::response::Response {
    let request = Request::get(format!("/v1/delivery/orders/{order}/events"))
        .header(header::AUTHORIZATION, format!("Bearer {}", at.token(actor)))
        .body(Body::empty());
    at.process.router("delivery").unwrap().oneshot(request.unwrap()).await.unwrap()
}

async fn watch(at: &Bench, actor: &Actor, order: OrderId) -> Stream {
    let answer = answer(at, actor, order).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    Stream { body: answer.into_body().into_data_stream(), read: String::new() }
}

impl Stream {
    /// The data of the next event; none at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                let data = block.lines().find_map(|line| line.strip_prefix("data:"));
                if let Some(data) = data {
                    return Some(serde_json::from_str(data).unwrap());
                }
                continue;
            }
            let bytes = tokio::time::timeout(Duration::from_secs(10), self.body.next()).await;
            let bytes = bytes.expect("the stream goes on")?.unwrap();
            self.read.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

impl Stream {
    /// The next event that is as wanted: whoever looks between two steps of one deed hears of both.
    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if wanted(&event) {
                return event;
            }
        }
    }
}

async fn ping(scene: &Scene, driver: &Driver, place: Place) {
    scene.bench.advance(5);
    let points = json!({ "points": [{ "at": scene.bench.now(), "place": place }] });
    driver.caller.post("/v1/delivery/pings", points).await.ok::<Value>();
}

/// A delivery from its driver to its door, watched at one process, while all happens at the scene's.
async fn followed(scene: &Scene, at: &Bench) {
    let driver = scene.driver("Dana", north(0.01)).await;
    let order = scene.order();
    let job = scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(&driver).await;
    let mut stream = watch(at, &scene.customer, order.order).await;
    stream.until(|it| it["state"] == "offered").await;
    driver.accept(&offer).await.ok::<Value>();
    let assigned = stream.until(|it| it["state"] == "assigned").await;
    assert_eq!(assigned["driver_name"], "Dana");
    assert_eq!(assigned["driver_at"], json!(null), "nobody watches how a driver gets to the store");
    driver.act(job, "pick-up").await.ok::<Value>();
    stream.until(|it| it["state"] == "picked_up").await;
    for north_of in [0.004, 0.007] {
        ping(scene, &driver, north(north_of)).await;
        let lat = |it: &Value| it["driver_at"]["place"]["lat"].as_f64();
        let there = |lat: f64| (lat - north(north_of).lat).abs() < 0.001;
        stream.until(|it| lat(it).is_some_and(there)).await;
    }
    driver.act(job, "arrive").await.ok::<Value>();
    stream.until(|it| it["state"] == "arrived").await;
    driver.check(job, crate::scene::OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    let last = stream.until(|it| it["state"] == "handed_over").await;
    assert_eq!(last["driver_at"], json!(null));
    assert!(stream.next().await.is_none(), "it ends with the delivery");
    driver.caller.delete("/v1/delivery/shift").await;
}

#[tokio::test]
async fn a_customer_sees_the_driver_come() {
    let scene = scene_by(SELDOM, |bench| bench).await;
    followed(&scene, &scene.bench).await;
}

/// Whoever hears no bell looks.
#[tokio::test]
async fn a_stream_at_another_process_without_redis_finds_it_by_looking() {
    let scene = scene_by("stream_poll_ms = 20", |bench| bench).await;
    let other = beside(&scene).await;
    followed(&scene, &other).await;
}

#[tokio::test]
async fn over_redis_a_driver_who_moves_wakes_streams_at_other_processes() {
    let Some(own) = OwnRedis::start().await else { return };
    let scene = scene_by(SELDOM, |bench| bench.redis(&own.url())).await;
    let other = beside(&scene).await;
    for bench in [&scene.bench, &other] {
        let heard = || async { bench.process.bell.hears_others().then_some(()) };
        bench.eventually("it hears the other", heard).await;
    }
    followed(&scene, &other).await;
    own.flush().await;
    followed(&scene, &other).await;
}

#[tokio::test]
async fn a_strangers_delivery_is_not_there() {
    let scene = scene_by("", |bench| bench).await;
    let order = scene.order();
    scene.accepted(&order).await;
    let stranger = testkit::customer();
    assert_eq!(answer(&scene.bench, &stranger, order.order).await.status(), 404);
    assert_eq!(answer(&scene.bench, &scene.customer, OrderId::new()).await.status(), 404);
}

/// Another process of the house, where the law need not be asked.
async fn beside(scene: &Scene) -> Bench {
    scene
        .bench
        .another(|toml| format!("{toml}\n[upstreams]\ncompliance = \"http://127.0.0.1:1\"\n"))
        .await
}
