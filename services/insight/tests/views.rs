use std::sync::Arc;

use kernel::ProductId;
use serde_json::{Value, json};
use testkit::Bench;
use tokio::sync::Barrier;

use crate::events::product;

async fn known(bench: &Bench) -> ProductId {
    let gin = product("Gin");
    bench.tell(&gin).await;
    let view = json!({ "product": gin.product, "from": "direct", "visitor": "first" });
    let look = || async {
        let answer = bench.anyone("insight").post("/v1/insight/views", &view).await;
        (answer.status == 204).then_some(())
    };
    bench.eventually("the product is known", look).await;
    gin.product
}

async fn count(bench: &Bench, visitor: &str) -> i64 {
    sqlx::query_scalar("select count(*) from insight.view where visitor = $1")
        .bind(visitor)
        .fetch_one(&mut bench.connection().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_view_counts_once_per_visitor_product_and_hour() {
    let bench = super::bench().await;
    let product = known(&bench).await;
    let anyone = bench.anyone("insight");
    let barrier = Arc::new(Barrier::new(8));
    let views: Vec<_> = (0..8)
        .map(|_| {
            let (anyone, barrier) = (anyone.clone(), Arc::clone(&barrier));
            let view = json!({ "product": product, "from": "list", "visitor": "v-1" });
            tokio::spawn(async move {
                barrier.wait().await;
                anyone.post("/v1/insight/views", view).await.status
            })
        })
        .collect();
    for view in views {
        assert_eq!(view.await.unwrap(), 204);
    }
    assert_eq!(count(&bench, "v-1").await, 1);
    bench.advance(3600);
    let view = json!({ "product": product, "from": "list", "visitor": "v-1" });
    anyone.post("/v1/insight/views", view).await.ok::<Value>();
    assert_eq!(count(&bench, "v-1").await, 2);
}

#[tokio::test]
async fn one_visitor_leaves_only_so_many_views_in_an_hour() {
    let settings = "[insight]\nviews_per_hour = 1";
    let bench = Bench::of(super::PARTS).settings(settings).start().await;
    let anyone = bench.anyone("insight");
    for _ in 0..2 {
        let product = known(&bench).await;
        let view = json!({ "product": product, "from": "search", "visitor": "greedy" });
        assert_eq!(anyone.post("/v1/insight/views", view).await.status, 204);
    }
    assert_eq!(count(&bench, "greedy").await, 1);
}

#[tokio::test]
async fn one_address_cannot_play_many_visitors() {
    let settings = "[insight]\naddress_views_per_hour = 3";
    let bench = Bench::of(super::PARTS).settings(settings).start().await;
    let product = known(&bench).await;
    let view = |from: &str, visitor: String| {
        let caller = bench.anyone("insight").with("x-forwarded-for", from);
        let view = json!({ "product": product, "from": "list", "visitor": visitor });
        async move { assert_eq!(caller.post("/v1/insight/views", view).await.status, 204) }
    };
    for number in 0..6 {
        view("192.0.2.7", format!("four-{number}")).await;
        view(&format!("2001:db8::{number}"), format!("six-{number}")).await;
    }
    view("192.0.2.8", "other".into()).await;
    let counted = async |visitors: &str| -> i64 {
        sqlx::query_scalar("select count(*) from insight.view where visitor like $1")
            .bind(visitors)
            .fetch_one(&mut bench.connection().await)
            .await
            .unwrap()
    };
    assert_eq!(counted("four-%").await, 3);
    assert_eq!(counted("six-%").await, 3);
    assert_eq!(counted("other").await, 1);
}

#[tokio::test]
async fn bad_views_name_the_field() {
    let bench = super::bench().await;
    let anyone = bench.anyone("insight");
    let good = json!({ "product": ProductId::new(), "from": "list", "visitor": "v" });
    anyone.post("/v1/insight/views", &good).await.refused(404, "not-found");
    for (field, value) in [
        ("visitor", json!("")),
        ("visitor", json!("x".repeat(65))),
        ("visitor", json!("a\u{0}")),
        ("visitor", json!("a b")),
        ("from", json!("nowhere")),
        ("product", json!("1")),
        ("score", json!(1)),
    ] {
        let mut view = good.clone();
        view[field] = value;
        let answer = anyone.post("/v1/insight/views", view).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
}
