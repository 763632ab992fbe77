use accounts_api::PersonErased;
use serde_json::{Value, json};

use crate::town::{Town, home};

#[tokio::test]
async fn carts_go_with_their_person_and_none_is_opened_any_more() {
    let town = Town::new().await;
    let (ann, bob) = (town.shopper(), town.shopper());
    for shopper in [&ann, &bob] {
        let cart = town.filled_at(shopper, town.store).await;
        shopper.caller.put(&format!("{cart}/destination"), home()).await.ok::<Value>();
    }
    let path = format!("/internal/cart/people/{}/data", ann.actor.person);
    let house = town.bench.house("cart");
    let data: Value = house.get(&path).await.ok();
    assert_eq!(data["carts"][0]["destination"]["recipient"], "Ann Lee");
    assert_eq!(data["carts"][0]["lines"].as_array().unwrap().len(), 1);

    town.bench.tell(&PersonErased { person: ann.actor.person }).await;
    let gone = || async {
        let data: Value = house.get(&path).await.ok();
        (data["carts"] == json!([])).then_some(())
    };
    town.bench.eventually("ann's cart is gone", gone).await;
    // Her token may hold for a few seconds more.
    let opened = ann.caller.post("/v1/cart/carts", json!({ "store": town.store })).await;
    assert!(opened.status.is_client_error(), "{}", opened.status);
    let data: Value = house.get(&path).await.ok();
    assert_eq!(data["carts"], json!([]));
    let left: Value = bob.caller.get("/v1/cart/carts").await.ok();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
}
