use axum::{
    Json, Router,
    extract::Path,
    http::{HeaderMap, StatusCode},
    routing,
};
use kernel::PersonId;
use serde_json::{Value, json};
use testkit::{Bench, customer, driver};
use wire::Problem;

const EXPORT: &str = "/v1/accounts/me/export";

/// A service that has one thing of everybody, and gives it to the house.
fn keeper(name: &'static str) -> Router {
    let data = move |headers: HeaderMap, Path(person): Path<PersonId>| async move {
        assert!(headers.contains_key(wire::HOUSE_HEADER), "only the house asks");
        Json(json!({ "things": [format!("{name} of {person}")] }))
    };
    Router::new().route(&format!("/internal/{name}/people/{{person}}/data"), routing::get(data))
}

/// A gateway before accounts and orders, of which these are there.
async fn gateway(there: &[&'static str], more: &str) -> Bench {
    let settings = format!("[gateway]\nservices = [\"accounts\", \"orders\"]\n{more}");
    let mut built = Bench::of(super::PARTS).settings(&settings);
    for name in there {
        built = built.stand_in(name, keeper(name));
    }
    built.start().await
}

#[tokio::test]
async fn everyone_gets_what_every_service_has_of_them() {
    let bench = gateway(&["accounts", "orders"], "export_per_minute = 2").await;
    let (ann, dee) = (customer(), driver());
    let all = bench.signed("gateway", &ann).get(EXPORT).await;
    assert_eq!(all.headers["cache-control"], "no-store");
    let all: Value = all.ok();
    let of = |service: &str| json!({ "things": [format!("{service} of {}", ann.person)] });
    assert_eq!(all, json!({ "accounts": of("accounts"), "orders": of("orders") }));
    bench.anyone("gateway").get(EXPORT).await.refused(401, "unauthenticated");
    let mine = bench.signed("gateway", &ann);
    mine.get(EXPORT).await.ok::<Value>();
    let refused = mine.get(EXPORT).await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.refused(429, "too-many-requests");
    bench.signed("gateway", &dee).get(EXPORT).await.ok::<Value>();
}

#[tokio::test]
async fn a_service_that_is_away_is_named_rather_than_left_out() {
    let bench = gateway(&["accounts"], "").await;
    let answer = bench.signed("gateway", &customer()).get(EXPORT).await;
    assert!(answer.headers.contains_key("retry-after"));
    let problem = answer.refused(503, "unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("orders"), "{problem}");

    let down = || async {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal-error", "It is broken.")
    };
    let broken = Router::new().fallback(down);
    let settings = "[gateway]\nservices = [\"orders\"]";
    let built = Bench::of(super::PARTS).settings(settings).stand_in("orders", broken);
    let bench = built.start().await;
    let answer = bench.signed("gateway", &customer()).get(EXPORT).await;
    assert!(answer.headers.contains_key("retry-after"));
    answer.refused(503, "unavailable");
}
