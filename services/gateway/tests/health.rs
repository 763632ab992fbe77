use axum::{Router, http::StatusCode, routing};
use kernel::Id;
use serde_json::{Value, json};
use testkit::{Bench, Way};

#[tokio::test]
async fn readiness_names_who_is_not_ready() {
    let broken = || async { StatusCode::SERVICE_UNAVAILABLE };
    let broken = Router::new().route("/internal/cart/ready", routing::get(broken));
    let services = "services = [\"orders\", \"cart\", \"insight\"]";
    let bench = super::bench()
        .settings(&format!("[gateway]\n{services}"))
        .stand_in("cart", broken)
        .start()
        .await;
    let anyone = bench.anyone("gateway");
    assert_eq!(anyone.get("/healthz").await.ok::<Value>(), json!({ "status": "ok" }));
    let answer = anyone.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), &answer.body["status"]), (503, &json!("not_ready")));
    let ready: Vec<(&str, bool)> = answer.body["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["service"].as_str().unwrap(), it["ready"].as_bool().unwrap()))
        .collect();
    assert_eq!(ready, [("cart", false), ("insight", false), ("orders", true)]);
}

#[tokio::test]
async fn the_shop_is_ready_without_what_it_can_spare() {
    let with = |services: &str| {
        super::bench().settings(&format!("[gateway]\nservices = [{services}]")).start()
    };
    let bench: Bench = with("\"orders\", \"insight\"").await;
    let answer: Value = bench.anyone("gateway").get("/readyz").await.ok();
    assert_eq!(answer["status"], "degraded");
    let bench = with("\"orders\"").await;
    let answer: Value = bench.anyone("gateway").get("/readyz").await.ok();
    assert_eq!(answer["status"], "ready");
}

#[tokio::test]
async fn the_shop_is_ready_while_its_broker_is_away_and_says_so() {
    let Some(url) = testkit::broker() else { return };
    let (before, after) = url.rsplit_once(':').unwrap();
    let (port, vhost) = after.split_once('/').unwrap();
    // Nothing listens there yet.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let name = Id::<Way>::new().uuid().simple();
    let bench = super::bench()
        .settings(&format!(
            "[gateway]\nservices = [\"orders\"]\n\
             [events]\nrabbitmq_url = \"{before}:{free}/{vhost}\"\nrabbitmq_name = \"test_{name}\""
        ))
        .start()
        .await;
    let anyone = bench.anyone("gateway");
    let answer = anyone.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), &answer.body["status"]), (200, &json!("degraded")));
    let broker = &answer.body["services"][1];
    assert_eq!((&broker["service"], &broker["ready"]), (&json!("rabbitmq"), &json!(false)));
    assert!(broker["why"].as_str().unwrap().contains("events wait"), "{broker}");

    let _way = Way::from(free, port.parse().unwrap()).await;
    let ready = || async {
        let answer: Value = anyone.get("/readyz").await.ok();
        (answer["status"] == "ready").then_some(answer)
    };
    let answer = bench.eventually("the broker is found", ready).await;
    assert_eq!(answer["services"][1], json!({ "service": "rabbitmq", "ready": true }));
}
