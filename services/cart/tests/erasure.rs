use accounts_api::PersonErased;
use cart_api::{Claimed, Packed};
use orders_api::Move;
use serde_json::{Value, json};

use crate::{
    cancel::{moved, until_state},
    town::{Town, home},
};

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

/// Whoever is erased has an order that the store packs only later.
#[tokio::test]
async fn what_an_order_has_of_a_cart_stays_until_it_is_packed_but_not_for_which_door() {
    let town = Town::new().await;
    let ann = town.shopper();
    let cart = town.filled(&ann).await;
    let claim = town.agreed(&ann, &cart).await;
    let claimed: Claimed = town.claim(&cart, &claim).await.ok();
    town.bench.tell(&moved(claim.order, &claimed, &ann, Move::Placed)).await;
    until_state(&town, &ann, &cart, "ordered").await;
    town.bench.tell(&PersonErased { person: ann.actor.person }).await;
    // How many carts there are, and how many that say who takes it.
    let carts = async || -> (i64, i64) {
        sqlx::query_as(
            "select count(*), count(*) filter (where cart::text like '%Ann Lee%') from cart.cart",
        )
        .fetch_one(&mut town.bench.connection().await)
        .await
        .unwrap()
    };
    let cut = || async { (carts().await.1 == 0).then_some(()) };
    town.bench.eventually("ann is cut out of it", cut).await;
    let path = format!("/internal/cart/carts/{}/packed", claimed.cart);
    let line = json!({ "product": claimed.lines[0].product, "quantity": 1 });
    let packing = json!({ "order": claim.order, "placed_at": town.bench.now(), "lines": [line] });
    let packed: Packed = town.bench.house("cart").post(&path, packing).await.ok();
    assert_eq!(packed.quote.total, claimed.quote.total);
    town.bench.advance(8 * 24 * 3600);
    let gone = || async { (carts().await.0 == 0).then_some(()) };
    town.bench.eventually("the cart is gone as well", gone).await;
}
