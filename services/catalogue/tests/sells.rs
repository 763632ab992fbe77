use compliance_api::{ClassAgainst, Reason};
use kernel::AlcoholClass;
use serde_json::{Value, json};

use crate::shop::{Shop, store_input};

const NEAR: &str = "near=41.59,-93.62";

fn codes(store: &Value) -> Vec<&str> {
    let reasons = store["sells"]["reasons"].as_array().unwrap();
    reasons.iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

fn against(class: AlcoholClass, rule: &str, until: &str) -> ClassAgainst {
    let detail = "Iowa allows no sale.".into();
    let reasons =
        vec![Reason { rule: rule.into(), detail, item: None, facts: serde_json::Map::default() }];
    ClassAgainst { class, reasons, until: Some(until.parse().unwrap()) }
}

#[tokio::test]
async fn a_store_says_whether_it_sells_there_now_and_why_not() {
    let shop = Shop::open().await;
    let at = |query: &str| shop.path(&format!("?{query}"));
    let open: Value = shop.anyone().get(&at(NEAR)).await.ok();
    assert_eq!(
        open["sells"],
        json!({ "now": true, "reaches": true, "reasons": [], "from": null, "minimum_age": 21 })
    );
    let asked = shop.law.lock().unwrap().asked.take().unwrap();
    // Eight minutes to pack, ten to wait, twenty there on a bad day, three at the door, twenty back.
    let takes = (8 + 10 + 20 + 3 + 20) * 60;
    assert_eq!((asked.sellers[0].store, asked.sellers[0].takes_seconds), (shop.store, takes));
    assert!((asked.door_place.unwrap().lat - 41.59).abs() < 1e-9);

    let far: Value = shop.anyone().get(&at("near=42.5,-93.62")).await.ok();
    assert_eq!((codes(&far), &far["sells"]["now"]), (vec!["outside-zone"], &json!(false)));
    assert!(far["distance_m"].as_u64().unwrap() > 90_000);
    let nowhere: Value = shop.anyone().get(&shop.path("")).await.ok();
    assert_eq!(
        (&nowhere["sells"]["now"], &nowhere["sells"]["reaches"]),
        (&json!(true), &Value::Null)
    );
    // To nowhere in particular it takes what the store needs.
    let asked = shop.law.lock().unwrap().asked.take().unwrap();
    assert_eq!((asked.sellers[0].takes_seconds, asked.door_place), (8 * 60, None));
    shop.anyone().get(&at("near=91,0")).await.refused(422, "invalid-input");

    // After 22:00 it is closed, and the law says when both may be.
    shop.bench.advance(12 * 3600);
    shop.law.lock().unwrap().next = Some("2026-06-16T14:00:00Z".parse().unwrap());
    let closed: Value = shop.anyone().get(&at(NEAR)).await.ok();
    assert_eq!(codes(&closed), ["closed"]);
    assert_eq!(closed["sells"]["reasons"][0]["until"], "2026-06-16T14:00:00Z");
    assert_eq!(closed["sells"]["from"], "2026-06-16T14:00:00Z");
}

#[tokio::test]
async fn what_the_law_has_against_it_is_told_and_what_nobody_knows_is_no_yes() {
    let shop = Shop::open().await;
    let morning = "2026-06-16T11:00:00Z";
    let all = [AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits];
    shop.law.lock().unwrap().against = vec![against(all[2], "outside-sale-hours", morning)];
    let some: Value = shop.anyone().get(&shop.path("")).await.ok();
    assert_eq!(some["sells"]["now"], true);
    assert_eq!(some["sells"]["reasons"][0]["classes"], json!(["spirits"]));

    shop.law.lock().unwrap().against =
        all.map(|class| against(class, "outside-sale-hours", morning)).to_vec();
    shop.law.lock().unwrap().next = Some(morning.parse().unwrap());
    let page: Value = shop.anyone().get("/v1/catalogue/stores").await.ok();
    let none = &page["items"][0];
    assert_eq!((codes(none), &none["sells"]["now"]), (vec!["unlawful-hour"], &json!(false)));
    assert_eq!(none["sells"]["reasons"][0]["classes"], json!(["beer", "wine", "spirits"]));
    assert_eq!(none["sells"]["reasons"][0]["until"], morning);
    assert_eq!(none["sells"]["from"], morning);

    shop.law.lock().unwrap().silent = true;
    let unknown: Value = shop.anyone().get(&shop.path("")).await.ok();
    assert_eq!((codes(&unknown), &unknown["sells"]["now"]), (vec!["law-unknown"], &json!(false)));
    assert_eq!(unknown["sells"]["minimum_age"], Value::Null);
}

#[tokio::test]
async fn a_way_that_nobody_knows_is_no_yes() {
    let shop = Shop::open().await;
    *shop.ways.lock().unwrap() = None;
    // What its making asked.
    shop.law.lock().unwrap().asked = None;
    let there: Value = shop.anyone().get(&shop.path(&format!("?{NEAR}"))).await.ok();
    assert_eq!((codes(&there), &there["sells"]["now"]), (vec!["law-unknown"], &json!(false)));
    assert!(shop.law.lock().unwrap().asked.is_none(), "nothing is asked that would promise more");
    let anywhere: Value = shop.anyone().get(&shop.path("")).await.ok();
    assert_eq!(anywhere["sells"]["now"], true);
}

#[tokio::test]
async fn around_a_place_those_that_reach_it_come_before_those_that_do_not() {
    let shop = Shop::open().await;
    let first: Value = shop.anyone().get(&shop.path("")).await.ok();
    for (name, lat, metres, active) in [
        ("Next door", 41.591, 10, true),
        ("Far, but far-reaching", 41.9, 90_000, true),
        ("Switched off", 41.59, 5_000, false),
    ] {
        let mut input = store_input(first["vendor"].as_str().unwrap(), name);
        let place = json!({ "lat": lat, "lon": -93.6122 });
        input["place"] = place.clone();
        input["zone"] = json!({ "shape": "radius", "centre": place, "metres": metres });
        input["active"] = json!(active);
        shop.as_operator().post("/v1/catalogue/stores", input).await.ok::<Value>();
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    for _ in 0..5 {
        let path = format!("/v1/catalogue/stores?{NEAR}&beyond=true&limit=1{next}");
        let page: Value = shop.anyone().get(&path).await.ok();
        let store = &page["items"][0];
        seen.push((store["name"].as_str().unwrap().to_owned(), store["sells"]["reaches"].clone()));
        let Some(after) = page["next"].as_str() else { break };
        next = format!("&after={after}");
    }
    let seen: Vec<_> =
        seen.iter().map(|(name, reaches)| (name.as_str(), reaches == true)).collect();
    assert_eq!(
        seen,
        [
            ("Copper Finch East Village", true),
            ("Far, but far-reaching", true),
            ("Next door", false)
        ]
    );
    let only: Value = shop.anyone().get(&format!("/v1/catalogue/stores?{NEAR}")).await.ok();
    assert_eq!(only["items"].as_array().unwrap().len(), 2);
    let alone = shop.anyone().get("/v1/catalogue/stores?beyond=true").await;
    assert_eq!(alone.refused(422, "invalid-input")["field"], "beyond");
    // Who has to do with it hears that it is switched off.
    let listed: Value = shop.as_operator().get("/v1/catalogue/stores?active=false").await.ok();
    assert_eq!(codes(&listed["items"][0]), ["switched-off"]);
    assert_eq!(listed["items"][0]["sells"]["now"], false);
}
