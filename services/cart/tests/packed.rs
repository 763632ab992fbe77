//! What is wanted of a line that the store has not whole, and what is paid for it then.

use cart_api::{Claimed, IfMissing, Packed};
use kernel::OrderId;
use serde_json::{Value, json};

use crate::town::{Town, line, offer, tariff};

#[tokio::test]
async fn a_wish_stays_until_another_is_said_and_goes_with_the_order() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let replace = json!({ "quantity": 3, "if_missing": "best_match" });
    let put: Value = shopper.put(&cart, &line(2), replace).await.ok();
    let wishes = |cart: &Value| cart["lines"].as_array().unwrap().clone();
    let wishes: Vec<Value> = wishes(&put).iter().map(|line| line["if_missing"].clone()).collect();
    assert_eq!(wishes, ["none", "best_match"]);
    shopper.put(&cart, &line(2), json!({ "quantity": 2 })).await.ok::<Value>();
    let wrong = shopper.put(&cart, &line(2), json!({ "quantity": 2, "if_missing": "gin" })).await;
    assert_eq!(wrong.refused(422, "invalid-input")["field"], "if_missing");
    let claimed: Claimed = town.claimed(&shopper, &cart).await;
    let wishes: Vec<_> = claimed.lines.iter().map(|line| line.if_missing).collect();
    assert_eq!(wishes, [IfMissing::None, IfMissing::BestMatch]);
}

/// One of bottle 1 at 10.75, two of bottle 2 at 21.40 each; 3.99 for the way.
#[tokio::test]
async fn what_is_there_is_paid_for_by_the_taxes_of_when_it_was_quoted() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    shopper.put(&cart, &line(2), json!({ "quantity": 2 })).await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    let claimed: Claimed = town.claim(&cart, &claim).await.ok();
    // Prices and taxes rise before it is placed.
    town.bench.advance(60);
    let mut risen = tariff();
    risen["tax_classes"][0]["rates"][0]["ppm"] = json!(200_000);
    let operator = town.operator().with("if-match", "\"v1\"");
    operator.put("/v1/cart/tariffs/default", risen).await.ok::<Value>();
    town.played().offers[1].price.amount = 9_900;
    town.bench.advance(60);
    let placed_at = town.bench.now();

    let path = format!("/internal/cart/carts/{}/packed", claimed.cart);
    let packed = async |order: OrderId, lines: Value| {
        let packing = json!({ "order": order, "placed_at": placed_at, "lines": lines });
        town.bench.house("cart").post(&path, packing).await
    };
    let totals = |packed: &Packed| {
        packed.quote.lines.iter().map(|line| line.total.amount).collect::<Vec<_>>()
    };
    let [first, second] = [claimed.lines[0].product, claimed.lines[1].product];
    let one = json!([{ "product": second, "quantity": 1 }]);
    let fewer: Packed = packed(claim.order, one).await.ok();
    assert_eq!((totals(&fewer), fewer.quote.total.amount), (vec![1_075, 2_140], 3_614));
    let instead = json!({ "offer": offer(3, 3_333), "quantity": 1 });
    let other = json!([{ "product": second, "quantity": 1, "instead": instead }]);
    let replaced: Packed = packed(claim.order, other.clone()).await.ok();
    assert_eq!(totals(&replaced), [1_075, 2_140, 2_140]);
    assert_eq!(replaced.quote.total, claimed.quote.total);
    assert_eq!(replaced.quote.discount.amount, 3_333 - 2_000);
    let mut dearest = serde_json::to_value(offer(3, 1)).unwrap();
    dearest["deposit"] = json!({ "per_unit": { "amount": 1_076, "currency": "USD" } });
    let instead = json!({ "offer": dearest, "quantity": 1 });
    let lines = json!([{ "product": first, "quantity": 0, "instead": instead }]);
    let problem = packed(claim.order, lines).await.refused(409, "costs-more");
    assert_eq!(problem["most"]["amount"], 1_075);
    let many = json!([{ "product": second, "quantity": 3 }]);
    packed(claim.order, many).await.refused(409, "not-ordered");
    packed(OrderId::new(), other).await.refused(404, "no-such-cart");
    town.bench.anyone("cart").post(&path, json!({})).await.refused(401, "unauthenticated");
}
