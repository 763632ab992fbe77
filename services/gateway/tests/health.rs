use axum::{Router, http::StatusCode, routing};
use serde_json::{Value, json};
use testkit::Bench;

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
