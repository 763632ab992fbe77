//! What becomes of a cart when its order is placed, given up or cancelled.

use cart_api::Claimed;
use kernel::{Money, OrderId};
use orders_api::{Move, OrderFacts, OrderMoved, State};
use serde_json::{Value, json};

use crate::town::{Shopper, Town};

pub fn moved(order: OrderId, claimed: &Claimed, shopper: &Shopper, moved: Move) -> OrderMoved {
    let facts = &claimed.store_facts;
    let order = OrderFacts {
        order,
        cart: None,
        number: "K7Q2-9F".into(),
        customer: shopper.actor.customer(),
        store: claimed.store,
        store_name: facts.name.clone(),
        store_address: facts.address.clone(),
        store_place: facts.place,
        time_zone: facts.time_zone.clone(),
        preparation_minutes: facts.preparation_minutes,
        destination: claimed.destination.clone(),
        lines: vec![],
        charges: Money::zero(facts.currency),
        tip: None,
        total: claimed.quote.total,
        placed_at: testkit::NOON.parse().unwrap(),
        picked: None,
        slot: None,
    };
    OrderMoved { order, state: State::Placed, moved, version: 1 }
}

fn cancelled() -> Move {
    Move::Cancelled { reason: "the card was declined".into() }
}

/// A cart with a coupon that can be used once, claimed by an order.
async fn claimed(town: &Town, shopper: &Shopper) -> (String, OrderId, Claimed) {
    town.coupon("ONCE", json!({ "max_uses": 1, "per_customer_uses": 1 })).await;
    let cart = town.filled(shopper).await;
    shopper.use_coupon(&cart, "ONCE").await.ok::<Value>();
    let claim = town.agreed(shopper, &cart).await;
    let answer: Claimed = town.claim(&cart, &claim).await.ok();
    (cart, claim.order, answer)
}

pub async fn until_state(town: &Town, shopper: &Shopper, cart: &str, state: &str) {
    let look = || async { (shopper.page(cart).await["state"] == state).then_some(()) };
    town.bench.eventually(state, look).await;
}

async fn until_unused(town: &Town) {
    let look = || async { (town.uses("ONCE").await == (0, 0)).then_some(()) };
    town.bench.eventually("the use comes back", look).await;
}

#[tokio::test]
async fn an_order_that_is_given_up_gives_the_cart_back() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let (cart, order, _) = claimed(&town, &shopper).await;
    let other = town.unclaim(&shopper, &cart, OrderId::new()).await;
    assert_eq!(other.status, 204, "an order without a claim has nothing to give");
    assert_eq!(shopper.page(&cart).await["state"], "claimed");
    for _ in 0..2 {
        assert_eq!(town.unclaim(&shopper, &cart, order).await.status, 204);
        assert_eq!(shopper.page(&cart).await["state"], "open");
        assert_eq!(town.uses("ONCE").await, (0, 0), "and its coupon, once");
    }
    town.claimed(&shopper, &cart).await;
    assert_eq!(town.uses("ONCE").await, (1, 1));
}

#[tokio::test]
async fn a_placed_order_keeps_its_cart() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let (cart, order, answer) = claimed(&town, &shopper).await;
    town.bench.tell(&moved(order, &answer, &shopper, Move::Placed)).await;
    until_state(&town, &shopper, &cart, "ordered").await;
    assert_eq!(town.unclaim(&shopper, &cart, order).await.status, 204);
    assert_eq!(shopper.page(&cart).await["state"], "ordered");
    assert_eq!(town.uses("ONCE").await, (1, 1));
    let list: Value = shopper.caller.get("/v1/cart/carts").await.ok();
    assert_eq!(list["items"], json!([]), "an ordered cart is an order");
}

#[tokio::test]
async fn a_cancelled_order_gives_its_cart_back() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let (cart, order, answer) = claimed(&town, &shopper).await;
    town.bench.tell(&moved(order, &answer, &shopper, Move::Placed)).await;
    until_state(&town, &shopper, &cart, "ordered").await;
    town.bench.tell(&moved(order, &answer, &shopper, cancelled())).await;
    until_state(&town, &shopper, &cart, "open").await;
    assert_eq!(town.uses("ONCE").await, (0, 0), "the use came back with it");
    let again = town.agreed(&shopper, &cart).await;
    town.claim(&cart, &again).await.ok::<Value>();
    assert_eq!(town.uses("ONCE").await, (1, 1));

    // Told once more, it must not touch what the next order has.
    town.bench.tell(&moved(order, &answer, &shopper, cancelled())).await;
    town.bench.tell(&moved(again.order, &answer, &shopper, Move::Placed)).await;
    until_state(&town, &shopper, &cart, "ordered").await;
    assert_eq!(shopper.page(&cart).await["order"], json!(again.order));
    assert_eq!(town.uses("ONCE").await, (1, 1));
}

#[tokio::test]
async fn a_newer_cart_is_left_alone() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let (cart, order, answer) = claimed(&town, &shopper).await;
    let open = json!({ "store": town.store });
    let newer: Value = shopper.caller.post("/v1/cart/carts", &open).await.ok();
    town.bench.tell(&moved(order, &answer, &shopper, cancelled())).await;
    until_unused(&town).await;
    shopper.caller.get(&cart).await.refused(404, "not-found");
    let list: Value = shopper.caller.get("/v1/cart/carts").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["cart"], newer["cart"]);
    assert_eq!(list["items"][0]["lines"], json!([]));
}

/// A claim may still be under way when its order is given up: it must not keep cart and coupon for
/// an order that nobody goes on with.
#[tokio::test]
async fn a_claim_that_comes_after_its_order_was_given_up_gets_nothing() {
    let town = Town::new().await;
    let shopper = town.shopper();
    town.coupon("ONCE", json!({ "max_uses": 1 })).await;
    let cart = town.filled(&shopper).await;
    shopper.use_coupon(&cart, "ONCE").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    let stranger = town.shopper();
    let before = shopper.page(&cart).await;
    assert_eq!(town.unclaim(&stranger, &cart, OrderId::new()).await.status, 204);
    assert_eq!(shopper.page(&cart).await, before, "a stranger's order leaves no trace in it");
    for _ in 0..2 {
        assert_eq!(town.unclaim(&shopper, &cart, claim.order).await.status, 204);
    }
    town.claim(&cart, &claim).await.refused(409, "order-given-up");
    assert_eq!(shopper.page(&cart).await["state"], "open");
    assert_eq!(town.uses("ONCE").await, (0, 0));
    town.claimed(&shopper, &cart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_claim_and_the_giving_up_of_its_order_at_once_leave_the_cart_open() {
    let town = Town::new().await;
    town.coupon("MANY", json!({})).await;
    for _ in 0..12 {
        let shopper = town.shopper();
        let cart = town.filled(&shopper).await;
        shopper.use_coupon(&cart, "MANY").await.ok::<Value>();
        let claim = town.agreed(&shopper, &cart).await;
        let (claimed, given_up) =
            tokio::join!(town.claim(&cart, &claim), town.unclaim(&shopper, &cart, claim.order));
        assert_eq!(given_up.status, 204);
        assert!(!claimed.status.is_server_error(), "{claimed:?}");
        assert_eq!(shopper.page(&cart).await["state"], "open");
        assert_eq!(town.uses("MANY").await, (0, 0));
    }
}
