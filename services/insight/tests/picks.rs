use std::sync::Arc;

use catalogue_api::ProductChanged;
use kernel::{ProductId, StoreId};
use orders_api::Move;
use serde_json::{Value, json};
use sqlx::Connection;
use testkit::{Bench, customer};
use tokio::sync::Barrier;

use crate::events::{moved, product, sold};

const PICKS: &str = "/v1/insight/top-picks";

/// Waits until Top Picks are these, best first.
async fn picks(bench: &Bench, query: &str, wanted: &[&str]) -> Vec<Value> {
    let path = format!("{PICKS}{query}");
    let anyone = bench.anyone("insight");
    let look = || async {
        let answer: Value = anyone.get(&path).await.ok();
        let items = answer["items"].as_array().unwrap().clone();
        (super::names(&items) == wanted).then_some(items)
    };
    bench.eventually(&format!("Top Picks{query} are {wanted:?}"), look).await
}

/// Three products: A sold three times, B twice, C once, all at the same moment.
async fn three(bench: &Bench, store: StoreId) -> [ProductChanged; 3] {
    let products = [product("A"), product("B"), product("C")];
    for (times, product) in [3, 2, 1].into_iter().zip(&products) {
        bench.tell(product).await;
        for _ in 0..times {
            sold(bench, store, product, 1).await;
        }
    }
    picks(bench, "", &["A", "B", "C"]).await;
    products
}

fn path(product: &ProductChanged) -> String {
    format!("{PICKS}/{}", product.product)
}

#[tokio::test]
async fn orders_and_clicks_rank_and_time_lets_them_fade() {
    let bench = super::bench().await;
    let store = StoreId::new();
    let [a, b, _] = three(&bench, store).await;
    let first = picks(&bench, "?limit=1", &["A"]).await;
    assert_eq!(first[0]["reason"], "trending");
    assert_eq!(first[0]["category"], "spirits/gin");
    assert_eq!(first[0]["pinned"], false);
    // A cancelled order counts for nothing, a case of bottles for one order.
    let cancelled = sold(&bench, store, &b, 100).await;
    picks(&bench, "", &["A", "B", "C"]).await;
    moved(&bench, &cancelled, 3, Move::Cancelled { reason: String::new() }).await;
    // A week later two orders of D weigh more than three of A.
    bench.advance(7 * 24 * 3600);
    let d = product("D");
    bench.tell(&d).await;
    sold(&bench, store, &d, 1).await;
    picks(&bench, "", &["D", "A", "B", "C"]).await;
    // Clicks move A ahead again.
    let anyone = bench.anyone("insight");
    for visitor in 0..40 {
        let view =
            json!({ "product": a.product, "from": "list", "visitor": format!("v{visitor}") });
        assert_eq!(anyone.post("/v1/insight/views", view).await.status, 204);
    }
    let list = picks(&bench, "", &["A", "D", "B", "C"]).await;
    assert_eq!(list[0]["reason"], "viewed");
    // And after the window nothing is left.
    bench.advance(29 * 24 * 3600);
    picks(&bench, "", &[]).await;
}

#[tokio::test]
async fn operators_pin_add_remove_and_take_back() {
    let bench = super::bench().await;
    let [a, b, c] = three(&bench, StoreId::new()).await;
    let operator = super::runner(&bench);
    let new = product("New");
    bench.tell(&new).await;
    let put = |product: &ProductChanged, body: Value| {
        let (operator, path) = (operator.clone(), path(product));
        async move { operator.put(&path, body).await }
    };
    let pin = json!({ "action": "pin", "position": 1, "note": "Vendor of the week" });
    let pinned: Value = put(&c, pin).await.ok();
    let list = picks(&bench, "", &["C", "A", "B"]).await;
    assert_eq!((&list[0]["pinned"], &list[0]["reason"]), (&json!(true), &json!("pinned")));
    put(&a, json!({ "action": "remove" })).await.ok::<Value>();
    let added = || async {
        let answer = put(&new, json!({ "action": "add" })).await;
        (answer.status == 200).then_some(())
    };
    bench.eventually("the product is known", added).await;
    picks(&bench, "", &["C", "B", "New"]).await;
    // One click takes the removal back, another one after it is stale.
    let history: Value = operator.get("/v1/insight/curations").await.ok();
    let removal = history["items"][1]["id"].as_str().unwrap().to_owned();
    let revert = |id: String| {
        let operator = operator.clone();
        async move { operator.post(&format!("/v1/insight/curations/{id}/revert"), ()).await }
    };
    let reverted: Value = revert(removal.clone()).await.ok();
    assert_eq!(reverted["action"], "clear");
    picks(&bench, "", &["C", "A", "B", "New"]).await;
    revert(removal).await.refused(409, "decision-not-newest");
    operator.delete(&path(&c)).await.ok::<Value>();
    operator.delete(&path(&c)).await.refused(404, "not-found");
    picks(&bench, "", &["A", "B", "C", "New"]).await;
    // All of it stays on record.
    let of = format!("/v1/insight/curations?product={}", c.product);
    let history: Value = operator.get(&of).await.ok();
    assert_eq!(history["items"][0]["action"], "clear");
    assert_eq!(history["items"][1], pinned);
    let mut connection = bench.connection().await;
    let change = sqlx::query("delete from insight.curation").execute(&mut connection).await;
    assert!(change.is_err(), "decisions can be deleted");
    connection.close().await.unwrap();
    let _ = b;
}

#[tokio::test]
async fn a_decision_ends_when_it_should_and_a_product_off_sale_is_gone() {
    let bench = super::bench().await;
    let [mut a, _, c] = three(&bench, StoreId::new()).await;
    let operator = super::runner(&bench);
    let until = bench.now() + jiff::SignedDuration::from_secs(60);
    let pin = json!({ "action": "pin", "position": 1, "until": until });
    operator.put(&path(&c), pin).await.ok::<Value>();
    picks(&bench, "", &["C", "A", "B"]).await;
    bench.advance(61);
    picks(&bench, "", &["A", "B", "C"]).await;
    a.active = false;
    a.version = 2;
    bench.tell(&a).await;
    picks(&bench, "", &["B", "C"]).await;
    // News that come late change nothing.
    a.active = true;
    a.version = 1;
    bench.tell(&a).await;
    let marker = product("Marker");
    bench.tell(&marker).await;
    sold(&bench, StoreId::new(), &marker, 1).await;
    picks(&bench, "", &["B", "C", "Marker"]).await;
}

#[tokio::test]
async fn the_ranking_is_what_it_is_made_of_whatever_was_decided() {
    let bench = super::bench().await;
    let [a, b, c] = three(&bench, StoreId::new()).await;
    let operator = super::runner(&bench);
    let view = json!({ "product": c.product, "from": "list", "visitor": "one" });
    assert_eq!(bench.anyone("insight").post("/v1/insight/views", view).await.status, 204);
    operator.put(&path(&c), json!({ "action": "pin", "position": 1 })).await.ok::<Value>();
    operator.put(&path(&a), json!({ "action": "remove", "note": "n" })).await.ok::<Value>();
    let ranking = format!("{PICKS}/ranking");
    let look = || async {
        let ranking: Value = operator.get(&ranking).await.ok();
        (ranking["products"]["items"][2]["counts"]["views"] == 1).then_some(ranking)
    };
    let whole = bench.eventually("the view counts", look).await;
    let items = whole["products"]["items"].as_array().unwrap();
    assert_eq!(super::names(items), ["A", "B", "C"]);
    assert_eq!(items.iter().map(|it| it["place"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((&whole["computed_at"], &whole["window_days"]), (&json!(bench.now()), &json!(28)));
    assert_eq!(items[0]["parts"]["popular"], 3.0);
    assert_eq!(items[0]["parts"]["trending"], 6.0);
    assert_eq!(
        items[2]["counts"],
        json!({ "orders": 1, "favourites": 0, "clicks": 1, "views": 1 })
    );
    let parts = items[2]["parts"].as_object().unwrap().values();
    let sum: f64 = parts.map(|part| part.as_f64().unwrap()).sum();
    assert!((sum - items[2]["score"].as_f64().unwrap()).abs() < 1e-9);
    let first: Value = operator.get(&format!("{ranking}?limit=2")).await.ok();
    let next = first["products"]["next"].as_str().unwrap();
    let rest: Value = operator.get(&format!("{ranking}?limit=2&after={next}")).await.ok();
    assert_eq!(rest["products"]["items"].as_array().unwrap(), &items[2..]);

    // One decision for each product: the last one, until it ends or is taken back.
    let standing = async || -> Vec<Value> {
        let decisions: Value = operator.get(&format!("{PICKS}/decisions")).await.ok();
        decisions["items"].as_array().unwrap().clone()
    };
    let decisions = standing().await;
    assert_eq!(super::names(&decisions), ["A", "C"]);
    assert_eq!((&decisions[0]["action"], &decisions[0]["note"]), (&json!("remove"), &json!("n")));
    assert_eq!((&decisions[1]["position"], &decisions[1]["active"]), (&json!(1), &json!(true)));
    let until = bench.now() + jiff::SignedDuration::from_secs(60);
    operator.put(&path(&b), json!({ "action": "add", "until": until })).await.ok::<Value>();
    operator.delete(&path(&a)).await.ok::<Value>();
    let mut gone = c.clone();
    (gone.active, gone.version) = (false, 2);
    bench.tell(&gone).await;
    super::handled(&bench).await;
    let decisions = standing().await;
    assert_eq!(super::names(&decisions), ["B", "C"]);
    assert_eq!(decisions[1]["active"], false);
    bench.advance(61);
    assert_eq!(super::names(&standing().await), ["C"]);
    for path in ["ranking", "decisions"] {
        let customer = bench.signed("insight", &customer());
        customer.get(&format!("{PICKS}/{path}")).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn a_store_sees_what_it_has_sold() {
    let bench = super::bench().await;
    let (here, there) = (StoreId::new(), StoreId::new());
    three(&bench, here).await;
    let d = product("D");
    for _ in 0..4 {
        sold(&bench, there, &d, 1).await;
    }
    picks(&bench, "", &["D", "A", "B", "C"]).await;
    picks(&bench, &format!("?store={there}"), &["D"]).await;
    picks(&bench, &format!("?store={here}&limit=2"), &["A", "B"]).await;
    picks(&bench, &format!("?store={}", StoreId::new()), &[]).await;
}

#[tokio::test]
async fn two_reverts_at_once_undo_one_decision() {
    let bench = super::bench().await;
    let [a, ..] = three(&bench, StoreId::new()).await;
    let operator = super::runner(&bench);
    operator.put(&path(&a), json!({ "action": "add" })).await.ok::<Value>();
    let removal: Value = operator.put(&path(&a), json!({ "action": "remove" })).await.ok();
    let revert = format!("/v1/insight/curations/{}/revert", removal["id"].as_str().unwrap());
    let barrier = Arc::new(Barrier::new(4));
    let reverts: Vec<_> = (0..4)
        .map(|_| {
            let (operator, barrier) = (operator.clone(), Arc::clone(&barrier));
            let revert = revert.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                operator.post(&revert, ()).await.status.as_u16()
            })
        })
        .collect();
    let mut answers = Vec::new();
    for revert in reverts {
        answers.push(revert.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [200, 409, 409, 409]);
}

#[tokio::test]
async fn curating_is_for_operators_and_bad_input_names_the_field() {
    let bench = super::bench().await;
    let [a, ..] = three(&bench, StoreId::new()).await;
    let operator = super::runner(&bench);
    let past = bench.now() - jiff::SignedDuration::from_secs(1);
    for (body, field) in [
        (json!({ "action": "pin" }), "position"),
        (json!({ "action": "add", "position": 1 }), "position"),
        (json!({ "action": "pin", "position": 51 }), "position"),
        (json!({ "action": "remove", "until": past }), "until"),
        (json!({ "action": "remove", "note": "a\u{0}" }), "note"),
        (json!({ "action": "remove", "note": "x".repeat(501) }), "note"),
        (json!({ "action": "clear" }), "action"),
    ] {
        let answer = operator.put(&path(&a), body).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
    let nobody = format!("{PICKS}/{}", ProductId::new());
    operator.put(&nobody, json!({ "action": "add" })).await.refused(404, "not-found");
    let customer = bench.signed("insight", &customer());
    customer.put(&path(&a), json!({ "action": "add" })).await.refused(403, "forbidden");
    customer.delete(&path(&a)).await.refused(403, "forbidden");
    customer.get("/v1/insight/curations").await.refused(403, "forbidden");
    bench.anyone("insight").get(&format!("{PICKS}?limit=51")).await.refused(422, "invalid-input");
}
