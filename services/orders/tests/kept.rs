//! What is kept of orders that were looked at: it saves asking, and nobody sees an order as it was.

use accounts_api::PersonErased;
use kernel::OrderId;
use serde_json::{Value, json};
use testkit::{Bench, OwnRedis};

use crate::{Scene, path, scene_by};

const LONG: u32 = 60_000;

async fn look(at: &Bench, scene: &Scene, order: OrderId) -> Value {
    at.signed("orders", &scene.customer).get(&path(order, "")).await.ok()
}

/// Moves an order at one process, and looks at it at both after each move.
async fn moves_are_seen_at_once(scene: &Scene, other: &Bench) {
    let order = scene.paid().await;
    let sees = async |state: &str, whats: &[&str]| {
        for at in [&scene.bench, other, &scene.bench, other] {
            let seen = look(at, scene, order).await;
            assert_eq!(seen["state"], state);
            let history = seen["history"].as_array().expect("a history");
            assert_eq!(history.iter().map(|entry| &entry["what"]).collect::<Vec<_>>(), whats);
        }
    };
    sees("paid", &["placed", "paid"]).await;
    scene.as_staff().post(&path(order, "accept"), json!({})).await.ok::<Value>();
    sees("accepted", &["placed", "paid", "accepted"]).await;
    scene.as_customer().post(&path(order, "cancel"), json!({})).await.ok::<Value>();
    sees("cancelled", &["placed", "paid", "accepted", "cancelled"]).await;
}

/// Whether it is given without its lines being read: they are changed as nothing of ours changes them.
async fn is_kept(at: &Bench, scene: &Scene) -> bool {
    let order = scene.paid().await;
    let before = look(&scene.bench, scene, order).await;
    sqlx::query("update orders.order_line set name = 'Other' where order_id = $1")
        .bind(order.uuid())
        .execute(&mut scene.bench.connection().await)
        .await
        .expect("a statement");
    let after = look(at, scene, order).await;
    after["lines"] == before["lines"]
}

#[tokio::test]
async fn what_belongs_to_an_order_is_kept_until_its_row_is_written_anew() {
    let scene = scene_by("", |bench| bench.cached(LONG, LONG)).await;
    let other = scene.bench.twin().await;
    moves_are_seen_at_once(&scene, &other).await;
    assert!(is_kept(&scene.bench, &scene).await);
    assert!(!is_kept(&other, &scene).await, "each has its own where there is no Redis");
}

#[tokio::test]
async fn nothing_is_kept_where_the_settings_say_so() {
    let scene = scene_by("", |bench| bench).await;
    assert!(!is_kept(&scene.bench, &scene).await);
}

#[tokio::test]
async fn over_redis_all_processes_share_it_and_are_right_without() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let scene = scene_by("", |bench| bench.cached(LONG, LONG).redis(&own.url())).await;
    let other = scene.bench.twin().await;
    moves_are_seen_at_once(&scene, &other).await;
    assert!(is_kept(&other, &scene).await);
    own.flush().await;
    moves_are_seen_at_once(&scene, &other).await;
    assert!(is_kept(&other, &scene).await);
    own.kill();
    moves_are_seen_at_once(&scene, &other).await;
    own.restart().await;
    moves_are_seen_at_once(&scene, &other).await;
}

#[tokio::test]
async fn whoever_may_see_more_does_and_nobody_else() {
    let scene = scene_by("", |bench| bench.cached(LONG, LONG)).await;
    let order = scene.paid().await;
    // What does not fit is kept for operators.
    scene.pay(order).await;
    scene.settled().await;
    for _ in 0..2 {
        let all: Value = scene.as_operator().get(&path(order, "")).await.ok();
        assert_eq!(all["history"].as_array().map(Vec::len), Some(3));
        for caller in [scene.as_customer(), scene.as_staff()] {
            let seen: Value = caller.get(&path(order, "")).await.ok();
            assert_eq!(seen["history"].as_array().map(Vec::len), Some(2));
        }
        let stranger = scene.bench.signed("orders", &testkit::customer());
        stranger.get(&path(order, "")).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn words_of_whoever_is_erased_are_given_no_more() {
    let scene = scene_by("", |bench| bench.cached(LONG, LONG)).await;
    let order = scene.paid().await;
    scene.as_customer().post(&path(order, "cancel"), json!({})).await.ok::<Value>();
    // What somebody of the store once wrote, in an order that is not theirs.
    let sql =
        "insert into orders.history (order_id, seq, version, at, what, from_state, to_state, who,
                                           person_id, note, shown)
               select id, entries + 1, version, now(), 'returning', state, state, 'store', $2,
                      '{\"words\": \"rang twice\"}', true from orders.orders where id = $1";
    sqlx::query(sql)
        .bind(order.uuid())
        .bind(scene.staff.person.uuid())
        .execute(&mut scene.bench.connection().await)
        .await
        .expect("an entry");
    let words = async || {
        let seen = look(&scene.bench, &scene, order).await;
        seen["history"].as_array().and_then(|all| all.last()).map(|last| last["note"].clone())
    };
    assert_eq!(words().await, Some(json!({"words": "rang twice"})));
    scene.bench.tell(&PersonErased { person: scene.staff.person }).await;
    let gone = || async { (words().await == Some(json!({}))).then_some(()) };
    scene.bench.eventually("they are given no more", gone).await;
}
