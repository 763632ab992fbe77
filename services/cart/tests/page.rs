//! The cart page: what it costs now, and what stands in the way.

use catalogue_api::OfferMissing;
use compliance_api::{Moment, Reason};
use kernel::{Currency, ProductId};
use serde_json::{Value, json};

use crate::town::{Town, line};

fn problems(page: &Value) -> Vec<&str> {
    page["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_amount_is_explained() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    shopper.put(&cart, &line(1), json!({ "quantity": 3 })).await.ok::<Value>();
    shopper.put(&cart, &line(3), json!({ "quantity": 1 })).await.ok::<Value>();
    shopper.put(&cart, "/tip", json!({ "amount": 250 })).await.ok::<Value>();
    town.coupon("WELCOME10", json!({})).await;
    shopper.use_coupon(&cart, "welcome10").await.ok::<Value>();
    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"], json!([]));
    assert_eq!(page["can"], json!(["change", "proceed", "check_out"]));
    let labels: Vec<(&str, i64)> = page["quote"]["lines"][0]["charges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["label"].as_str().unwrap(), c["amount"]["amount"].as_i64().unwrap()))
        .collect();
    let explained =
        [("Coupon WELCOME10", -300), ("Deposit, 0.05 USD each", 15), ("Sales tax 7 %", 189)];
    assert_eq!(labels, explained);
    // 30.00 + 33.33 less 6.33, 7 % of 27.00 and of 30.00, three deposits, 3.99, the tip.
    let total = 6_333 - 633 + 189 + 210 + 15 + 399 + 250;
    assert_eq!(page["quote"]["total"]["amount"], total);
    let tips: Vec<(u64, i64)> = page["tip_choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tip| (tip["percent"].as_u64().unwrap(), tip["amount"]["amount"].as_i64().unwrap()))
        .collect();
    assert_eq!(tips, [(0, 0), (5, 317), (10, 633), (15, 950)], "of 63.33");
    let asked = town.played().asked.clone().unwrap();
    assert_eq!((asked.moment, asked.items.len()), (Moment::Cart, 2));
    assert_eq!(asked.address_kind, None, "nobody said, and nobody guesses");
    assert_eq!(asked.items[0].unit_price.amount, 900, "what the price floor is compared with");
    let back_by = asked.back_by.unwrap().duration_since(town.bench.now());
    assert_eq!(back_by.as_secs(), 8 * 60 + 600 + 2 * 900 + 180, "the worst way back");
}

#[tokio::test]
async fn an_empty_cart_costs_nothing() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let open = json!({ "store": town.store });
    let cart: Value = shopper.caller.post("/v1/cart/carts", open).await.ok();
    let page = shopper.page(&format!("/v1/cart/carts/{}", cart["cart"].as_str().unwrap())).await;
    assert_eq!(page["quote"]["total"]["amount"], 0);
    assert_eq!(problems(&page), ["no-destination"]);
    assert_eq!(page["can"], json!(["change"]));
}

#[tokio::test]
async fn what_stands_in_the_way_is_said_without_refusing() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    town.coupon(
        "BIG",
        json!({ "terms": {
        "benefit": { "kind": "free_delivery" },
        "min_spend": { "amount": 100_000, "currency": "USD" },
    } }),
    )
    .await;
    shopper.use_coupon(&cart, "BIG").await.ok::<Value>();
    shopper.put(&cart, &line(9), json!({ "quantity": 1 })).await.ok::<Value>();
    {
        let mut played = town.played();
        (played.open, played.reaches) = (false, false);
        played.offers[0].free = 0;
        let product = ProductId::from_uuid(uuid::Uuid::from_u128(9));
        played.missing = vec![OfferMissing { product, name: Some("Old Gin".into()) }];
        played.reasons = vec![Reason {
            rule: "outside-sale-hours".into(),
            detail: "Not before 06:00.".into(),
            item: None,
            facts: serde_json::Map::default(),
        }];
    }
    let page = shopper.page(&cart).await;
    let expected = [
        "out-of-zone",
        "store-closed",
        "out-of-stock",
        "not-offered",
        "coupon-refused",
        "unlawful",
    ];
    assert_eq!(problems(&page), expected);
    assert_eq!(
        page["problems"][3]["detail"],
        "Old Gin is not offered here. Take it out of the cart."
    );
    assert_eq!(page["problems"][5]["rule"], "outside-sale-hours");
    assert_eq!(page["quote"]["lines"].as_array().unwrap().len(), 1);
    assert_eq!(page["can"], json!(["change"]));
}

#[tokio::test]
async fn without_a_price_or_a_trip_nothing_is_promised() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    town.played().trip = None;
    assert_eq!(problems(&shopper.page(&cart).await), ["trip-unknown"]);
    town.played().offers[0].tax_class = "luxury".into();
    let page = shopper.page(&cart).await;
    assert_eq!(
        (problems(&page), &page["quote"]),
        (vec!["trip-unknown", "not-priced"], &Value::Null)
    );
    town.played().currency = Currency::EUR;
    let page = shopper.page(&cart).await;
    assert_eq!(problems(&page), ["trip-unknown", "not-priced"]);
}

#[tokio::test]
async fn a_price_that_changed_is_told_until_it_was_seen() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let seen = |amount: i64| json!({ "quantity": 2, "seen_price": { "amount": amount, "currency": "USD" } });
    shopper.put(&cart, &line(2), seen(2_000)).await.ok::<Value>();
    assert_eq!(shopper.page(&cart).await["price_changes"], json!([]), "nobody said for bottle 1");
    town.played().offers[1].price.amount = 2_450;
    town.played().offers[0].price.amount = 900;
    let changed = json!([{
        "product": uuid::Uuid::from_u128(2),
        "name": "Bottle 2",
        "before": { "amount": 2_000, "currency": "USD" },
        "now": { "amount": 2_450, "currency": "USD" },
    }]);
    let page = shopper.page(&cart).await;
    assert_eq!(page["price_changes"], changed);
    assert_eq!(page["can"], json!(["change", "proceed", "check_out"]), "it keeps nobody from it");
    shopper.put(&cart, &line(2), json!({ "quantity": 3 })).await.ok::<Value>();
    let euro = json!({ "quantity": 3, "seen_price": { "amount": 2_450, "currency": "EUR" } });
    shopper.put(&cart, &line(2), euro).await.ok::<Value>();
    assert_eq!(shopper.page(&cart).await["price_changes"], changed);
    shopper.put(&cart, &line(2), seen(2_450)).await.ok::<Value>();
    assert_eq!(shopper.page(&cart).await["price_changes"], json!([]));
    let below = shopper.put(&cart, &line(2), seen(-1)).await;
    assert_eq!(below.refused(422, "invalid-input")["field"], "seen_price");

    // What goes in again is at the price of now.
    let again = json!({ "lines": [{ "product": uuid::Uuid::from_u128(3), "quantity": 1 }] });
    shopper.caller.post(&format!("{cart}/lines"), again).await.ok::<Value>();
    town.played().offers[2].price.amount = 1;
    let page = shopper.page(&cart).await;
    assert_eq!(page["price_changes"][0]["before"]["amount"], 3_333);
}

#[tokio::test]
async fn one_goes_on_to_the_checkout_once_the_goods_are_as_they_can_be_had() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let open = json!({ "store": town.store });
    let cart: Value = shopper.caller.post("/v1/cart/carts", open).await.ok();
    let cart = format!("/v1/cart/carts/{}", cart["cart"].as_str().unwrap());
    assert_eq!(shopper.page(&cart).await["can"], json!(["change"]), "nothing is in it");
    shopper.put(&cart, &line(1), json!({ "quantity": 2 })).await.ok::<Value>();
    town.played().open = false;
    let page = shopper.page(&cart).await;
    assert_eq!(
        problems(&page),
        ["no-destination", "store-closed"],
        "both are said at the checkout"
    );
    assert_eq!(page["can"], json!(["change", "proceed"]));
    town.played().offers[0].free = 1;
    assert_eq!(shopper.page(&cart).await["can"], json!(["change"]));
    town.played().offers[0].free = 2;
    town.played().least_order = Some(kernel::Money::new(2_001, Currency::USD));
    assert_eq!(shopper.page(&cart).await["can"], json!(["change"]));
}

#[tokio::test]
async fn whom_the_law_keeps_from_it_whatever_the_checkout_says_does_not_go_on_to_it() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let against = |rule: &str| Reason {
        rule: rule.into(),
        detail: "Not so.".into(),
        item: None,
        facts: serde_json::Map::default(),
    };
    for (rule, can) in [
        ("under-age", json!(["change"])),
        ("too-many-litres", json!(["change"])),
        ("no-licence", json!(["change"])),
        // At the checkout one says when and where to, and who one is.
        ("outside-sale-hours", json!(["change", "proceed"])),
        ("dry-zone", json!(["change", "proceed"])),
        ("age-unknown", json!(["change", "proceed"])),
    ] {
        town.played().reasons = vec![against(rule)];
        assert_eq!(shopper.page(&cart).await["can"], can, "{rule}");
    }
}
