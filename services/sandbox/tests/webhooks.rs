use std::{collections::HashSet, time::Duration};

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{GOOD, Provider, WEBHOOK_SECRET, new_intent};

const HELPER: &str = "/sandbox/v1/test_helpers/webhooks";

#[tokio::test]
async fn a_webhook_is_signed_and_sent_until_it_is_taken() {
    let provider = Provider::start().await;
    *provider.answer.lock().unwrap() = StatusCode::SERVICE_UNAVAILABLE;
    let intent = provider.create().await;
    provider.confirm(&intent, GOOD).await.ok::<Value>();
    let sent = || async { provider.sent.lock().unwrap().clone() };
    let times = |n: usize| async move { (sent().await.len() == n).then_some(()) };
    provider.bench.eventually("sent", || times(1)).await;
    // Not again before its time; then with growing gaps.
    for (gap, n) in [(1, 2), (2, 3), (4, 4)] {
        tokio::time::sleep(Duration::from_millis(120)).await;
        assert_eq!(sent().await.len(), n - 1);
        provider.bench.advance(gap);
        provider.bench.eventually("sent again", || times(n)).await;
    }
    *provider.answer.lock().unwrap() = StatusCode::NO_CONTENT;
    tokio::time::sleep(Duration::from_millis(50)).await;
    provider.bench.advance(8);
    provider.bench.eventually("taken", || times(5)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    provider.bench.advance(10_000);
    tokio::time::sleep(Duration::from_millis(150)).await;
    let sent = sent().await;
    assert_eq!(sent.len(), 5, "and no more");
    assert_eq!(sent.iter().map(|(_, body)| body).collect::<HashSet<_>>().len(), 1);
    for (signature, body) in &sent {
        let (at, hex) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        mac.verify_slice(&hex::decode(hex).unwrap()).unwrap();
        assert!(!body.contains("_secret_"), "the client secret stays here");
    }
}

#[tokio::test]
async fn webhooks_misbehave_on_request() {
    let provider = Provider::start().await;
    let merchant = provider.merchant();
    merchant.post(HELPER, json!({"hold": true, "repeat": 2, "reorder": true})).await.ok::<Value>();
    let intent = provider.create().await;
    provider.confirm(&intent, GOOD).await.ok::<Value>();
    provider.act(&intent, "capture", json!({})).await.ok::<Value>();
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(provider.kinds().is_empty(), "held");
    merchant.post(HELPER, json!({"hold": false})).await.ok::<Value>();
    let newest_first = [
        "payment_intent.succeeded",
        "payment_intent.succeeded",
        "charge.captured",
        "charge.captured",
        "payment_intent.amount_capturable_updated",
        "payment_intent.amount_capturable_updated",
    ];
    let all = || async { (provider.kinds().len() == 6).then_some(()) };
    provider.bench.eventually("released", all).await;
    assert_eq!(provider.kinds(), newest_first);

    merchant.post(HELPER, json!({"repeat": 1, "delay_ms": 5000})).await.ok::<Value>();
    let refund = json!({"payment_intent": intent["id"]});
    merchant.post("/sandbox/v1/refunds", refund).await.ok::<Value>();
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(provider.kinds().len(), 6, "late");
    provider.bench.advance(5);
    let seventh = || async { provider.kinds().get(6).cloned() };
    assert_eq!(provider.bench.eventually("sent", seventh).await, "refund.created");

    let page: Value = merchant.get("/sandbox/v1/events?limit=2").await.ok();
    assert_eq!(
        (&page["has_more"], &page["data"][0]["type"]),
        (&json!(true), &json!("refund.created"))
    );
    let after = page["data"][1]["id"].as_str().unwrap();
    let rest: Value =
        merchant.get(&format!("/sandbox/v1/events?starting_after={after}")).await.ok();
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["has_more"]), (3, &json!(false)));
    let none = merchant.get("/sandbox/v1/events?starting_after=evt_none").await;
    crate::refused(none, 404, "resource_missing");
}

#[tokio::test]
async fn what_was_told_long_ago_is_forgotten() {
    let provider = Provider::start().await;
    let rows = || async {
        sqlx::query_as::<_, (i64, i64, i64, i64)>(
            "select (select count(*) from sandbox.event), (select count(*) from sandbox.answered),
                    (select count(*) from sandbox.delivery),
                    (select count(*) from sandbox.delivery where ended_at is not null)",
        )
        .fetch_one(&mut provider.bench.connection().await)
        .await
        .unwrap()
    };
    let come = |expected| async move { (rows().await == expected).then_some(()) };
    let create = |key: &'static str| {
        let keyed = provider.merchant().with("idempotency-key", key);
        async move { keyed.post("/sandbox/v1/payment_intents", new_intent()).await.ok::<Value>() }
    };
    let intent = create("k1").await;
    provider.confirm(&intent, GOOD).await.ok::<Value>();
    provider.bench.eventually("sent", || come((2, 1, 1, 1))).await;
    *provider.answer.lock().unwrap() = StatusCode::SERVICE_UNAVAILABLE;
    provider.act(&intent, "capture", json!({})).await.ok::<Value>();
    provider.bench.advance(31 * 86_400);
    create("k2").await;
    // What is still being sent stays, and so does what is new.
    provider.bench.eventually("the old is forgotten", || come((3, 1, 2, 0))).await;
    assert_ne!(create("k1").await["id"], intent["id"], "a key is good for so long");
}
