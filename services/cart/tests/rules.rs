//! Tariffs, promotions and coupons: who may set them, and that they hold.

use std::str::FromStr;

use kernel::StoreId;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::town::{Town, line, tariff};

#[tokio::test]
async fn only_operators_set_tariffs() {
    let town = Town::new().await;
    for actor in [testkit::customer(), testkit::staff(&[town.store])] {
        let caller = town.bench.signed("cart", &actor);
        caller.get("/v1/cart/tariffs/default").await.refused(403, "forbidden");
        caller.put("/v1/cart/tariffs/default", tariff()).await.refused(403, "forbidden");
    }
    let operator = town.operator();
    operator.get("/v1/cart/tariffs/nowhere").await.refused(404, "not-found");
    let own = format!("/v1/cart/tariffs/{}", town.store);
    operator.get(&own).await.refused(404, "not-found");
    let mut dear = tariff();
    dear["delivery"]["base"] = json!(999);
    assert_eq!(operator.put(&own, &dear).await.status, 201);
    operator.put(&own, &dear).await.refused(428, "if-match-missing");
    let careful = operator.with("if-match", "\"v1\"");
    assert_eq!(careful.put(&own, &dear).await.ok::<Value>()["version"], 2);
    let stale = operator.with("if-match", "\"v1\"");
    stale.put(&own, &dear).await.refused(412, "stale-version");
    // For the audit trail: what was done, and nothing of what was refused or only read.
    let deeds = town.bench.told::<host::Deed>("cart").await;
    let deeds: Vec<(&str, &str)> =
        deeds.iter().map(|deed| (deed.operation.as_str(), deed.path.as_str())).collect();
    assert_eq!(deeds[1..], [("put_tariff", own.as_str()); 2]);
    let shopper = town.shopper();
    let here = town.filled(&shopper).await;
    assert_eq!(shopper.page(&here).await["quote"]["fees"]["amount"], 999);
    let elsewhere = town.filled_at(&shopper, StoreId::new()).await;
    assert_eq!(shopper.page(&elsewhere).await["quote"]["fees"]["amount"], 399);
}

#[tokio::test]
async fn a_tariff_must_make_sense() {
    let town = Town::new().await;
    let rate = |ppm: i64| json!({ "label": "Tax", "ppm": ppm });
    let class = |name: &str| json!({ "name": name, "rates": [] });
    for (field, value, at) in [
        ("currency", json!("XYZ"), "currency"),
        ("tax_classes", json!([]), "tax_classes"),
        ("tax_classes", json!([class("a"), class("a")]), "tax_classes"),
        ("tax_classes", json!([class("Ä")]), "tax_classes[0].name"),
        (
            "tax_classes",
            json!([{ "name": "a", "rates": [rate(600_000), rate(500_000)] }]),
            "tax_classes[0].rates",
        ),
        ("fee_tax_class", json!("luxury"), "fee_tax_class"),
        ("most_tip", json!(-1), "most_tip"),
        ("surprise", json!(1), "surprise"),
    ] {
        let mut tariff = tariff();
        tariff[field] = value;
        let answer = town.operator().put("/v1/cart/tariffs/default", tariff).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], at);
    }
}

fn promotion(store: Option<StoreId>) -> Value {
    json!({
        "store": store,
        "terms": {
            "label": "Red week",
            "scope": { "of": "category", "category": "wine" },
            "benefit": { "kind": "percent", "ppm": 200_000 },
        },
    })
}

#[tokio::test]
async fn staff_rule_over_their_own_store_only() {
    let town = Town::new().await;
    let staff = town.bench.signed("cart", &testkit::staff(&[town.store]));
    let rival = town.bench.signed("cart", &testkit::staff(&[StoreId::new()]));
    let path = "/v1/cart/promotions";
    town.shopper().caller.post(path, promotion(None)).await.refused(403, "forbidden");
    staff.post(path, promotion(None)).await.refused(403, "forbidden");
    rival.post(path, promotion(Some(town.store))).await.refused(404, "not-found");
    let made: Value = staff.post(path, promotion(Some(town.store))).await.ok();
    let end = format!("{path}/{}/deactivate", made["promotion"].as_str().unwrap());
    rival.post(&end, ()).await.refused(404, "not-found");
    assert_eq!(rival.get(path).await.ok::<Value>()["items"], json!([]));

    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    let promoted = |page: Value| page["quote"]["discount"]["amount"].as_i64().unwrap();
    assert_eq!(promoted(shopper.page(&cart).await), 200);
    let elsewhere = town.filled_at(&shopper, StoreId::new()).await;
    assert_eq!(promoted(shopper.page(&elsewhere).await), 0);
    assert_eq!(staff.post(&end, ()).await.ok::<Value>()["active"], false);
    assert_eq!(promoted(shopper.page(&cart).await), 0);
    assert_eq!(staff.get(path).await.ok::<Value>()["items"][0]["active"], false);

    let coupons = "/v1/cart/coupons";
    let terms = json!({ "benefit": { "kind": "free_delivery" } });
    let coupon = json!({ "code": "house", "store": town.store, "terms": terms });
    rival.post(coupons, &coupon).await.refused(404, "not-found");
    assert_eq!(staff.post(coupons, &coupon).await.ok::<Value>()["code"], "HOUSE");
    town.operator().post(coupons, &coupon).await.refused(409, "coupon-code-taken");
    shopper.use_coupon(&cart, "House").await.ok::<Value>();
    rival.post("/v1/cart/coupons/HOUSE/deactivate", ()).await.refused(404, "not-found");
    assert_eq!(rival.get(coupons).await.ok::<Value>()["items"], json!([]));
    staff.post("/v1/cart/coupons/house/deactivate", ()).await.ok::<Value>();
    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"][0]["detail"], "Coupon HOUSE has ended.");
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let town = Town::new().await;
    let operator = town.operator();
    let usd = |amount: i64| json!({ "amount": amount, "currency": "USD" });
    for (terms, more, at) in [
        (
            json!({ "benefit": { "kind": "percent", "ppm": 1_000_001 } }),
            json!({}),
            "terms.benefit.ppm",
        ),
        (
            json!({ "benefit": { "kind": "amount", "off": usd(-5) } }),
            json!({}),
            "terms.benefit.off",
        ),
        (
            json!({ "benefit": { "kind": "amount", "off": usd(5) },
                    "min_spend": { "amount": 1, "currency": "EUR" } }),
            json!({}),
            "terms.min_spend",
        ),
        (
            json!({ "benefit": { "kind": "free_delivery" } }),
            json!({ "valid_until": "2026-06-15T17:00:00Z" }),
            "valid_until",
        ),
        (
            json!({ "benefit": { "kind": "free_delivery" } }),
            json!({ "valid_from": "-004712-01-01T00:00:00Z" }),
            "valid_from",
        ),
        (json!({ "benefit": { "kind": "free_delivery" } }), json!({ "max_uses": 0 }), "max_uses"),
        (json!({ "benefit": { "kind": "free_delivery" } }), json!({ "used": 0 }), "used"),
    ] {
        let mut coupon = json!({ "code": "CODE", "terms": terms });
        for (field, value) in more.as_object().unwrap() {
            coupon[field] = value.clone();
        }
        let answer = operator.post("/v1/cart/coupons", coupon).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], at);
    }
    let mut upside_down = promotion(None);
    upside_down["terms"]["benefit"] = json!({ "kind": "buy_pay", "buy": 2, "pay": 2 });
    let answer = operator.post("/v1/cart/promotions", upside_down).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "terms.benefit.pay");
}

#[tokio::test]
async fn the_seed_can_be_called_again_and_prices_a_cart() {
    let town = Town::new().await;
    let mut connection = town.bench.connection().await;
    sqlx::query("delete from cart.tariff").execute(&mut connection).await.unwrap();
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    assert_eq!(shopper.page(&cart).await["problems"][0]["code"], "not-priced");
    shopper.put(&cart, "/tip", json!({ "amount": 1 })).await.refused(422, "tip-too-high");

    let options = PgConnectOptions::from_str(&town.bench.database_url).unwrap();
    let options = options.options([("search_path", "cart")]);
    let db = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    for _ in 0..2 {
        cart::seed(&db, town.bench.now()).await.unwrap();
    }
    town.played().offers[1].category = "mixers".into();
    shopper.put(&cart, &line(2), json!({ "quantity": 3 })).await.ok::<Value>();
    shopper.use_coupon(&cart, "welcome10").await.ok::<Value>();
    let page = shopper.page(&cart).await;
    assert_eq!(page["problems"], json!([]));
    // 10.00 and three for two of 20.00, less a tenth: 9.00 and 36.00, 6 % and 1 % on each, a
    // deposit, 3.99 for the way and 5 % for the service.
    let total = 900 + 54 + 9 + 5 + 3_600 + 216 + 36 + 399 + 225;
    assert_eq!(page["quote"]["total"]["amount"], total);
}
