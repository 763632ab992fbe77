//! An old order goes into the cart again, as far as the store has it.

use catalogue_api::OfferMissing;
use kernel::ProductId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::town::Town;

fn product(number: u128) -> ProductId {
    ProductId::from_uuid(Uuid::from_u128(number))
}

fn wants(lines: &[(u128, u32)]) -> Value {
    let line = |(number, quantity): &(u128, u32)| json!({ "product": product(*number), "quantity": quantity, "if_missing": "best_match" });
    json!({ "lines": lines.iter().map(line).collect::<Vec<_>>() })
}

#[tokio::test]
async fn what_is_gone_is_told_and_the_rest_goes_in() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let was: Value = shopper.page(&cart).await["lines"].clone();
    assert_eq!((&was[0]["product"], &was[0]["quantity"]), (&json!(product(1)), &json!(1)));
    town.played().offers[1].free = 3;
    let gone = OfferMissing { product: product(9), name: Some("Bottle 9".into()) };
    town.played().missing = vec![gone];
    let path = format!("{cart}/lines");
    let order = wants(&[(1, 1), (2, 5), (3, 2), (9, 1), (10, 1)]);
    let answer: Value = shopper.caller.post(&path, &order).await.ok();
    let told = |answer: &Value| -> Vec<(String, u64, u64, u64)> {
        let number = |one: &Value, key: &str| one[key].as_u64().unwrap();
        let refilled = answer["refilled"].as_array().unwrap().iter();
        refilled
            .map(|one| {
                let outcome = one["outcome"].as_str().unwrap().to_owned();
                (outcome, number(one, "wanted"), number(one, "was"), number(one, "now"))
            })
            .collect()
    };
    let expected = [
        ("whole", 1, 1, 1),
        ("fewer", 5, 0, 3),
        ("whole", 2, 0, 2),
        ("not_offered", 1, 0, 0),
        ("not_offered", 1, 0, 0),
    ];
    let expected =
        expected.map(|(outcome, wanted, was, now)| (outcome.to_owned(), wanted, was, now));
    assert_eq!(told(&answer), expected);
    assert_eq!(answer["refilled"][1]["name"], "Bottle 2");
    assert_eq!(answer["refilled"][3]["name"], "Bottle 9");
    assert_eq!(answer["refilled"][4]["name"], Value::Null);
    assert_eq!(answer["lines"].as_array().unwrap().len(), 3);
    assert_eq!(answer["lines"][1]["if_missing"], "best_match");

    // An answer that was lost is asked for again, and makes no difference.
    let again: Value = shopper.caller.post(&path, &order).await.ok();
    assert_eq!(again["lines"], answer["lines"]);
    assert!(told(&again).iter().all(|(_, _, was, now)| was == now));
}

#[tokio::test]
async fn it_is_for_who_has_the_cart_and_only_with_sense() {
    let town = Town::new().await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let path = format!("{cart}/lines");
    let one = wants(&[(2, 1)]);
    town.shopper().caller.post(&path, &one).await.refused(404, "not-found");
    town.bench.anyone("cart").post(&path, &one).await.refused(401, "unauthenticated");
    let stale = shopper.caller.clone().with("if-match", "\"v1\"");
    stale.post(&path, &one).await.refused(412, "stale-version");
    for bad in [
        json!({ "lines": [] }),
        wants(&[(2, 0)]),
        wants(&[(2, 1_000)]),
        wants(&(0..101).map(|number| (number, 1)).collect::<Vec<_>>()),
        json!({ "lines": [{ "product": product(2), "quantity": 1, "price": 1 }] }),
    ] {
        shopper.caller.post(&path, bad).await.refused(422, "invalid-input");
    }
    let none = format!("/v1/cart/carts/{}/lines", kernel::CartId::new());
    shopper.caller.post(&none, &one).await.refused(404, "not-found");
}
