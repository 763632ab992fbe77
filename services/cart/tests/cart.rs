//! What a customer does with a cart before it is ordered.

use std::sync::Arc;

use kernel::StoreId;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::town::{Town, home, line};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn there_is_one_open_cart_per_customer_and_store() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let barrier = Arc::new(Barrier::new(8));
    let opening = (0..8).map(|_| {
        let (caller, barrier, store) = (shopper.caller.clone(), Arc::clone(&barrier), town.store);
        tokio::spawn(async move {
            barrier.wait().await;
            caller.post("/v1/cart/carts", json!({ "store": store })).await.ok::<Value>()
        })
    });
    let mut carts = Vec::new();
    for opened in opening.collect::<Vec<_>>() {
        carts.push(opened.await.unwrap()["cart"].clone());
    }
    carts.dedup();
    assert_eq!(carts.len(), 1);
    let other = town.filled_at(&shopper, StoreId::new()).await;
    assert!(!other.ends_with(carts[0].as_str().unwrap()));
    let page: Value = shopper.caller.get("/v1/cart/carts?limit=1").await.ok();
    assert_eq!(format!("/v1/cart/carts/{}", page["items"][0]["cart"].as_str().unwrap()), other);
    let next = format!("/v1/cart/carts?limit=1&after={}", page["next"].as_str().unwrap());
    let page: Value = shopper.caller.get(&next).await.ok();
    assert_eq!((&page["items"][0]["cart"], &page["next"]), (&carts[0], &Value::Null));
    town.shopper().caller.get("/v1/cart/carts?limit=0").await.refused(422, "invalid-input");
}

#[tokio::test]
async fn only_customers_open_carts_and_only_at_stores_that_there_are() {
    let town = Town::new().await;
    let open = json!({ "store": town.store });
    let driver = town.bench.signed("cart", &testkit::driver());
    driver.post("/v1/cart/carts", &open).await.refused(403, "forbidden");
    let anyone = town.bench.anyone("cart");
    anyone.post("/v1/cart/carts", &open).await.refused(401, "unauthenticated");
    let nowhere = json!({ "store": "00000000-0000-0000-0000-000000000000" });
    town.shopper().caller.post("/v1/cart/carts", nowhere).await.refused(404, "no-such-store");
    let claim = format!("/internal/cart/carts/{}/claim", StoreId::new());
    anyone.post(&claim, json!({})).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn quantities_are_whole_and_between_0_and_999() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let bad = [json!(-1), json!(1_000), json!(1.5), json!("2"), json!(1e12), Value::Null];
    for quantity in bad {
        let answer = shopper.put(&cart, &line(1), json!({ "quantity": quantity })).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], "quantity");
    }
    let more = json!({ "quantity": 1, "price": 1 });
    shopper.put(&cart, &line(1), more).await.refused(422, "invalid-input");
    shopper.put(&cart, &line(2), json!({ "quantity": 999 })).await.ok::<Value>();
    let left: Value = shopper.put(&cart, &line(1), json!({ "quantity": 0 })).await.ok();
    assert_eq!(left["lines"].as_array().unwrap().len(), 1);
    assert_eq!(left["lines"][0]["quantity"], 999);
    let left: Value = shopper.caller.delete(&format!("{cart}{}", line(2))).await.ok();
    assert_eq!(left["lines"], json!([]));
    shopper.caller.delete(&format!("{cart}{}", line(2))).await.ok::<Value>();
}

#[tokio::test]
async fn a_cart_holds_a_hundred_products() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    for number in 2..=100 {
        shopper.put(&cart, &line(number), json!({ "quantity": 1 })).await.ok::<Value>();
    }
    let one_more = shopper.put(&cart, &line(101), json!({ "quantity": 1 })).await;
    assert_eq!(one_more.refused(409, "too-many-lines")["most"], 100);
    let more_of_one = shopper.put(&cart, &line(100), json!({ "quantity": 2 })).await;
    assert_eq!(more_of_one.ok::<Value>()["lines"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn a_strangers_cart_does_not_exist() {
    let town = Town::new().await;
    let cart = town.filled(&town.shopper()).await;
    let thief = town.shopper();
    thief.caller.get(&cart).await.refused(404, "not-found");
    thief.caller.delete(&cart).await.refused(404, "not-found");
    let one = json!({ "quantity": 1 });
    thief.put(&cart, &line(1), one).await.refused(404, "not-found");
    thief.caller.delete(&format!("{cart}{}", line(1))).await.refused(404, "not-found");
    thief.put(&cart, "/destination", home()).await.refused(404, "not-found");
    thief.put(&cart, "/tip", json!({ "amount": 1 })).await.refused(404, "not-found");
    thief.use_coupon(&cart, "ANY").await.refused(404, "not-found");
    thief.caller.delete(&format!("{cart}/coupons/ANY")).await.refused(404, "not-found");
    let operator = town.operator();
    operator.get(&cart).await.refused(403, "forbidden");
    let list: Value = thief.caller.get("/v1/cart/carts").await.ok();
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn a_version_that_is_sent_must_still_hold() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let read = shopper.caller.get(&cart).await.headers["etag"].to_str().unwrap().to_owned();
    let careful = shopper.caller.with("if-match", &read);
    let first = careful.put(&format!("{cart}/tip"), json!({ "amount": 100 })).await;
    assert_ne!(first.headers["etag"].to_str().unwrap(), read);
    careful
        .put(&format!("{cart}/tip"), json!({ "amount": 200 }))
        .await
        .refused(412, "stale-version");
    let page = shopper.page(&cart).await;
    assert_eq!(page["tip"]["amount"], 100, "nothing stays of a refused change");
    assert_eq!(first.ok::<Value>()["version"], page["version"]);
    careful.delete(&cart).await.refused(412, "stale-version");
    assert_eq!(shopper.caller.delete(&cart).await.status, 204);
    shopper.caller.get(&cart).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_destination_is_a_real_place_in_plain_words() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    for (field, value) in [
        ("recipient", json!("")),
        ("recipient", json!(" \t ")),
        ("address", json!("  ")),
        ("recipient", json!("a\u{0}b")),
        ("address", json!("x".repeat(301))),
        ("place", json!({ "lat": 91.0, "lon": 0.0 })),
        ("kind", json!("moon")),
        ("paid", json!(true)),
    ] {
        let mut to = home();
        to[field] = value;
        let answer = shopper.put(&cart, "/destination", to).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
}

#[tokio::test]
async fn a_tip_is_nothing_or_more_and_meant() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let tip = |amount: i64| shopper.put(&cart, "/tip", json!({ "amount": amount }));
    tip(-1).await.refused(422, "invalid-input");
    assert_eq!(tip(5_001).await.refused(422, "tip-too-high")["most"]["amount"], 5_000);
    assert_eq!(
        tip(5_000).await.ok::<Value>()["tip"],
        json!({ "amount": 5_000, "currency": "USD" })
    );
    assert_eq!(tip(0).await.ok::<Value>()["tip"]["amount"], 0);
}

#[tokio::test]
async fn coupons_go_into_the_cart_while_they_can_be_used() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    town.coupon("WELCOME10", json!({})).await;
    shopper.use_coupon(&cart, "nonsense").await.refused(404, "no-such-coupon");
    shopper.use_coupon(&cart, "a").await.refused(404, "no-such-coupon");
    shopper.use_coupon(&cart, "wElcome10").await.ok::<Value>();
    let twice: Value = shopper.use_coupon(&cart, "WELCOME10").await.ok();
    assert_eq!(twice["coupons"], json!(["WELCOME10"]));
    town.coupon("LATER", json!({ "valid_from": "2026-06-16T00:00:00Z" })).await;
    town.coupon("ELSEWHERE", json!({ "store": StoreId::new() })).await;
    town.coupon("SHORT", json!({ "valid_until": "2026-06-15T17:00:01Z" })).await;
    town.bench.advance(1);
    for code in ["LATER", "ELSEWHERE", "SHORT"] {
        let problem = shopper.use_coupon(&cart, code).await.refused(409, "coupon-refused");
        assert_eq!(problem["coupon"], code);
    }
    for number in 2..=5 {
        town.coupon(&format!("MORE{number}"), json!({})).await;
        shopper.use_coupon(&cart, &format!("MORE{number}")).await.ok::<Value>();
    }
    town.coupon("MORE6", json!({})).await;
    shopper.use_coupon(&cart, "MORE6").await.refused(409, "too-many-coupons");
    let left: Value = shopper.caller.delete(&format!("{cart}/coupons/welcome10")).await.ok();
    assert_eq!(left["coupons"].as_array().unwrap().len(), 4);
    assert_eq!(town.uses("WELCOME10").await, (0, 0), "a coupon in a cart is not used yet");
}
