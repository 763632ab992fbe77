//! How an order takes a cart over, one at a time.

use cart_api::{Claim, Claimed};
use kernel::{Currency, Money, OrderId};
use serde_json::{Value, json};

use crate::town::{Town, home, line};

#[tokio::test]
async fn an_order_gets_all_that_it_needs_and_the_cart_stands_still() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    town.coupon("WELCOME10", json!({})).await;
    shopper.use_coupon(&cart, "WELCOME10").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    let claimed: Claimed = town.claim(&cart, &claim).await.ok();
    assert_eq!(claimed.quote.total, claim.expected_total);
    assert_eq!((claimed.lines[0].quantity, claimed.lines[0].category.as_str()), (1, "wine/red"));
    assert_eq!(claimed.coupons, ["WELCOME10"]);
    assert_eq!((claimed.trip.seconds, claimed.destination.recipient.as_str()), (600, "Ann Lee"));
    assert_eq!(town.uses("WELCOME10").await, (1, 1));

    let page = shopper.page(&cart).await;
    assert_eq!((&page["state"], &page["can"]), (&json!("claimed"), &json!([])));
    assert_eq!(page["order"], json!(claim.order));
    assert_eq!(page["quote"], json!(claimed.quote));
    let one = json!({ "quantity": 2 });
    for refused in [
        shopper.put(&cart, &line(1), one).await,
        shopper.caller.delete(&format!("{cart}{}", line(1))).await,
        shopper.put(&cart, "/destination", home()).await,
        shopper.put(&cart, "/tip", json!({ "amount": 1 })).await,
        shopper.use_coupon(&cart, "WELCOME10").await,
        shopper.caller.delete(&format!("{cart}/coupons/WELCOME10")).await,
        shopper.caller.delete(&cart).await,
    ] {
        assert_eq!(refused.refused(409, "cart-taken")["order"], json!(claim.order));
    }
    let open = json!({ "store": town.store });
    let next = shopper.caller.post("/v1/cart/carts", open).await;
    assert_eq!(next.status, 201, "the customer may begin another");
}

#[tokio::test]
async fn the_same_order_gets_the_same_answer_whatever_happened_since() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    town.coupon("ONCE", json!({ "max_uses": 1, "per_customer_uses": 1 })).await;
    shopper.use_coupon(&cart, "ONCE").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    let first = town.claim(&cart, &claim).await.ok::<Value>().to_string();
    {
        let mut played = town.played();
        played.offers.clear();
        played.open = false;
    }
    let second = town.claim(&cart, &claim).await.ok::<Value>().to_string();
    assert_eq!(first, second);
    assert_eq!(town.uses("ONCE").await, (1, 1));
    let other = Claim { order: OrderId::new(), ..claim.clone() };
    let taken = town.claim(&cart, &other).await.refused(409, "cart-taken");
    assert_eq!(taken["order"], json!(claim.order));
}

#[tokio::test]
async fn a_total_that_changed_is_told_with_both_amounts() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    town.coupon("WELCOME10", json!({})).await;
    shopper.use_coupon(&cart, "WELCOME10").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    town.played().offers[0].price.amount = 1_100;
    let problem = town.claim(&cart, &claim).await.refused(409, "total-changed");
    assert_eq!(problem["expected"]["amount"], 900 + 63 + 5 + 399);
    assert_eq!(problem["actual"]["amount"], 990 + 69 + 5 + 399);
    assert_eq!(shopper.page(&cart).await["state"], "open");
    assert_eq!(town.uses("WELCOME10").await, (0, 0));
    let euros = Money::new(990 + 69 + 5 + 399, Currency::EUR);
    let claim = Claim { expected_total: euros, ..claim };
    town.claim(&cart, &claim).await.refused(409, "total-changed");
}

#[tokio::test]
async fn what_cannot_be_ordered_is_not_claimed() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let claim = town.agreed(&shopper, &cart).await;

    let stranger = Claim { customer: town.shopper().actor.customer(), ..claim.clone() };
    town.claim(&cart, &stranger).await.refused(404, "no-such-cart");
    let nowhere = format!("/v1/cart/carts/{}", OrderId::new());
    town.claim(&nowhere, &claim).await.refused(404, "no-such-cart");

    town.played().reaches = false;
    town.claim(&cart, &claim).await.refused(409, "out-of-zone");
    town.played().reaches = true;
    town.played().open = false;
    town.claim(&cart, &claim).await.refused(409, "store-closed");
    town.played().open = true;
    let trip = town.played().trip.take();
    let silent = town.claim(&cart, &claim).await.refused(503, "unavailable");
    assert!(silent["detail"].as_str().unwrap().contains("delivery"));
    town.played().trip = trip;
    town.played().offers[0].tax_class = "luxury".into();
    town.claim(&cart, &claim).await.refused(409, "not-priced");
    let gone = town.played().offers.remove(0);
    town.claim(&cart, &claim).await.refused(409, "not-offered");
    town.played().offers.insert(0, gone);

    shopper.put(&cart, &line(1), json!({ "quantity": 0 })).await.ok::<Value>();
    town.claim(&cart, &claim).await.refused(422, "cart-empty");
    let open = json!({ "store": kernel::StoreId::new() });
    let other: Value = shopper.caller.post("/v1/cart/carts", open).await.ok();
    let other = format!("/v1/cart/carts/{}", other["cart"].as_str().unwrap());
    shopper.put(&other, &line(1), json!({ "quantity": 1 })).await.ok::<Value>();
    town.claim(&other, &claim).await.refused(422, "no-destination");
}

/// By what it costs on the shelf: a coupon takes nobody below it, and a fee lifts nobody above.
#[tokio::test]
async fn an_order_is_worth_what_the_store_wants_at_least() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let claim = town.agreed(&shopper, &cart).await;
    let subtotal = shopper.page(&cart).await["quote"]["subtotal"]["amount"].as_i64().unwrap();
    let least = |amount| Some(Money::new(amount, Currency::USD));
    town.played().least_order = least(subtotal + 1);
    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"][0]["code"], "below-least-order");
    assert_eq!(page["problems"][0]["least"], json!(least(subtotal + 1)));
    assert_eq!(page["can"], json!(["change"]));
    let refused = town.claim(&cart, &claim).await.refused(409, "below-least-order");
    assert_eq!(refused["field"], "cart");
    assert_eq!(shopper.page(&cart).await["state"], "open");
    town.played().least_order = least(subtotal);
    assert_eq!(shopper.page(&cart).await["problems"], json!([]));
    town.claim(&cart, &claim).await.ok::<Value>();
}

#[tokio::test]
async fn a_coupon_that_ended_since_is_refused_and_none_is_used() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    town.coupon("GOOD", json!({})).await;
    town.coupon("BRIEF", json!({ "valid_until": "2026-06-15T17:10:00Z" })).await;
    for code in ["GOOD", "BRIEF"] {
        shopper.use_coupon(&cart, code).await.ok::<Value>();
    }
    let claim = town.agreed(&shopper, &cart).await;
    town.bench.advance(600);
    let problem = town.claim(&cart, &claim).await.refused(409, "coupon-refused");
    assert_eq!((&problem["coupon"], &problem["why"]), (&json!("BRIEF"), &json!("has ended")));
    assert_eq!(town.uses("GOOD").await, (0, 0));
    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"][0]["detail"], "Coupon BRIEF has ended.");
}
