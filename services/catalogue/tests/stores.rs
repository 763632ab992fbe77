use catalogue_api::{Offers, OffersWanted};
use kernel::{Actor, Role};
use serde_json::{Value, json};

use crate::shop::{Shop, store_input};

async fn list(shop: &Shop, query: &str) -> Vec<String> {
    let page: Value = shop.anyone().get(&format!("/v1/catalogue/stores?{query}")).await.ok();
    let rows = page["items"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn add(shop: &Shop, name: &str, change: impl Fn(&mut Value)) -> Value {
    let first: Value = shop.anyone().get(&shop.path("")).await.ok();
    let mut input = store_input(first["vendor"].as_str().unwrap(), name);
    change(&mut input);
    shop.as_operator().post("/v1/catalogue/stores", input).await.ok()
}

#[tokio::test]
async fn near_a_door_are_the_stores_that_reach_it_the_nearest_first() {
    let shop = Shop::open().await;
    add(&shop, "Beaverdale", |input| {
        input["place"] = json!({ "lat": 41.6218, "lon": -93.6741 });
        let corner = |lat: f64, lon: f64| json!({ "lat": lat, "lon": lon });
        let corners = [corner(41.5, -93.8), corner(41.5, -93.55), corner(41.7, -93.55)];
        input["zone"] = json!({ "shape": "polygon", "corners": corners });
    })
    .await;
    add(&shop, "Far away", |input| {
        input["zone"] =
            json!({ "shape": "radius", "centre": { "lat": 42.0, "lon": -93.6 }, "metres": 3000 });
    })
    .await;
    // In the triangle and in the circle; in the triangle's box, but in the circle only.
    assert_eq!(list(&shop, "near=41.59,-93.62").await, ["Copper Finch East Village", "Beaverdale"]);
    assert_eq!(list(&shop, "near=41.62,-93.66").await, ["Copper Finch East Village"]);
    assert!(list(&shop, "near=40.0,-93.0").await.is_empty());
    let first: Value =
        shop.anyone().get("/v1/catalogue/stores?near=41.59,-93.62&limit=1").await.ok();
    assert!(first["items"][0]["distance_m"].as_u64().unwrap() < 1000);
    let next = format!("near=41.59,-93.62&limit=1&after={}", first["next"].as_str().unwrap());
    assert_eq!(list(&shop, &next).await, ["Beaverdale"]);
    for bad in ["near=41.5", "near=91,0", "near=NaN,0", "near=a,b"] {
        let path = format!("/v1/catalogue/stores?{bad}");
        shop.anyone().get(&path).await.refused(422, "invalid-input");
    }
}

#[tokio::test]
async fn opening_hours_are_those_of_the_stores_place() {
    let shop = Shop::open().await;
    add(&shop, "Honolulu", |input| input["time_zone"] = json!("Pacific/Honolulu")).await;
    assert_eq!(list(&shop, "open_now=true").await, ["Copper Finch East Village"]);
    shop.bench.advance(10 * 3600);
    assert_eq!(list(&shop, "open_now=true").await, ["Honolulu"]);
    let closed: Value = shop.anyone().get(&shop.path("")).await.ok();
    assert_eq!(
        (&closed["open_now"], &closed["opens_at"]),
        (&json!(false), &json!("2026-06-16T14:00:00Z"))
    );
}

#[tokio::test]
async fn staff_set_opening_with_exceptions_and_operators_all() {
    let shop = Shop::open().await;
    let store: Value = shop.anyone().get(&shop.path("")).await.ok();
    let mut opening = json!({ "hours": store["hours"], "preparation_minutes": 20 });
    opening["hours"]["exceptions"] = json!({ "2026-06-15": [] });
    let path = shop.path("");
    shop.as_staff().patch(&path, &opening).await.refused(428, "if-match-missing");
    let careful = shop.as_staff().with("if-match", "\"v1\"");
    let changed: Value = careful.patch(&path, &opening).await.ok();
    assert_eq!(
        (&changed["open_now"], &changed["preparation_minutes"]),
        (&json!(false), &json!(20))
    );
    assert_eq!(changed["opens_at"], "2026-06-16T14:00:00Z");
    careful.patch(&path, &opening).await.refused(412, "stale-version");
    let least = |amount: i64| json!({ "least_order_minor": amount });
    let careful = shop.as_staff().with("if-match", "\"v2\"");
    let bad = careful.patch(&path, least(-1)).await.refused(422, "invalid-input");
    assert_eq!(bad["field"], "least_order_minor");
    let changed: Value = careful.patch(&path, least(2_500)).await.ok();
    assert_eq!(changed["least_order"], json!({ "amount": 2_500, "currency": "USD" }));
    assert_eq!(changed["hours"]["exceptions"], opening["hours"]["exceptions"]);
    let careful = shop.as_staff().with("if-match", "\"v3\"");
    let changed: Value = careful.patch(&path, least(0)).await.ok();
    assert_eq!(changed["least_order"], Value::Null);

    let mut input = store_input(store["vendor"].as_str().unwrap(), "New name");
    let operator = shop.as_operator().with("if-match", "\"v4\"");
    careful.put(&shop.path(""), &input).await.refused(403, "forbidden");
    let changed: Value = operator.put(&shop.path(""), &input).await.ok();
    assert_eq!(changed["name"], "New name");
    shop.bottle("Priced", 1).await;
    let operator = shop.as_operator().with("if-match", "\"v5\"");
    input["currency"] = json!("EUR");
    operator.put(&shop.path(""), &input).await.refused(409, "currency-fixed");
    input["currency"] = json!("USD");
    input["vendor"] = json!(kernel::VendorId::new());
    operator.put(&shop.path(""), &input).await.refused(422, "no-such-vendor");
}

#[tokio::test]
async fn managers_set_where_their_own_store_delivers() {
    let shop = Shop::open().await;
    let path = shop.path("");
    let zone = |metres: u32| {
        let centre = json!({ "lat": 41.59, "lon": -93.62 });
        json!({ "zone": { "shape": "radius", "centre": centre, "metres": metres } })
    };
    shop.as_staff().patch(&path, zone(900)).await.refused(428, "if-match-missing");
    let careful = shop.as_staff().with("if-match", "\"v1\"");
    for bad in [zone(0), zone(1_000_001), json!({ "zone": { "shape": "polygon", "corners": [] } })]
    {
        assert_eq!(careful.patch(&path, bad).await.refused(422, "invalid-input")["field"], "zone");
    }
    let changed: Value = careful.patch(&path, zone(900)).await.ok();
    assert_eq!((&changed["zone"], &changed["version"]), (&zone(900)["zone"], &json!(2)));
    assert_eq!(changed["preparation_minutes"], 8, "what nobody named stays");
    assert_eq!(list(&shop, "near=41.59,-93.62").await.len(), 1);
    assert!(list(&shop, "near=41.60,-93.62").await.is_empty());
    careful.patch(&path, zone(900)).await.refused(412, "stale-version");

    let elsewhere = testkit::staff(&[kernel::StoreId::new()]);
    let elsewhere = shop.bench.signed("catalogue", &elsewhere).with("if-match", "\"v2\"");
    elsewhere.patch(&path, zone(5000)).await.refused(404, "not-found");
    let operator = shop.as_operator().with("if-match", "\"v2\"");
    let told: Value = operator.patch(&path, zone(5000)).await.ok();
    assert_eq!(told["version"], 3);
}

#[tokio::test]
async fn whoever_works_there_lets_a_store_take_no_orders_for_a_while() {
    let shop = Shop::open().await;
    let path = shop.path("/pause");
    let clerk = Role::Clerk { stores: vec![shop.store] };
    let clerk = Actor { person: kernel::PersonId::new(), roles: vec![clerk] };
    let clerk = shop.bench.signed("catalogue", &clerk);
    let busy = |minutes: Value| json!({ "minutes": minutes, "reason": " Too much to do " });
    for (field, bad) in [
        ("minutes", busy(json!(0))),
        ("minutes", busy(json!(1441))),
        ("reason", json!({ "minutes": 15, "reason": "  " })),
        ("reason", json!({ "minutes": 15, "reason": "x".repeat(201) })),
    ] {
        assert_eq!(clerk.put(&path, bad).await.refused(422, "invalid-input")["field"], field);
    }
    let paused: Value = clerk.put(&path, busy(json!(30))).await.ok();
    let pause = json!({ "until": "2026-06-15T17:30:00Z", "reason": "Too much to do" });
    assert_eq!((&paused["paused"], &paused["open_now"]), (&pause, &json!(false)));
    assert_eq!(paused["opens_at"], "2026-06-15T17:30:00Z");
    assert_eq!(paused["version"], 1, "nobody who edits the store is disturbed");
    assert!(list(&shop, "open_now=true").await.is_empty());
    assert!(list(&shop, "near=41.59,-93.62&open_now=true").await.is_empty());
    assert_eq!(list(&shop, "").await.len(), 1, "it is not gone");
    let wanted = OffersWanted { store: shop.store, products: vec![], door: None };
    let offers: Offers = shop.house().post("/internal/catalogue/offers", &wanted).await.ok();
    assert_eq!((json!(offers.paused), offers.open_now), (pause, false));

    // It ends by itself.
    shop.bench.advance(30 * 60);
    let after: Value = shop.anyone().get(&shop.path("")).await.ok();
    assert_eq!((&after["paused"], &after["open_now"]), (&Value::Null, &json!(true)));
    // Until tomorrow at nine; and taken back.
    let paused: Value = clerk.put(&path, json!({ "reason": "The power is out" })).await.ok();
    assert_eq!(paused["paused"]["until"], "2026-06-16T14:00:00Z");
    let taken_back: Value = clerk.delete(&path).await.ok();
    assert_eq!((&taken_back["paused"], &taken_back["open_now"]), (&Value::Null, &json!(true)));
    clerk.delete(&path).await.ok::<Value>();

    let elsewhere = testkit::staff(&[kernel::StoreId::new()]);
    let elsewhere = shop.bench.signed("catalogue", &elsewhere);
    elsewhere.put(&path, busy(json!(15))).await.refused(404, "not-found");
    elsewhere.delete(&path).await.refused(404, "not-found");
    let nowhere = format!("/v1/catalogue/stores/{}/pause", kernel::StoreId::new());
    shop.as_operator().put(&nowhere, busy(json!(15))).await.refused(404, "not-found");
    let day = json!([{ "from": "00:00:00", "until": "00:00:00" }]);
    let always = json!({ "hours": { "week": vec![day; 7] } });
    shop.as_staff().with("if-match", "\"v1\"").patch(&shop.path(""), always).await.ok::<Value>();
    clerk.put(&path, json!({ "reason": "Ill" })).await.refused(409, "no-next-opening");
}

#[tokio::test]
async fn stores_that_are_switched_off_are_for_who_has_to_do_with_them() {
    let shop = Shop::open().await;
    let off = add(&shop, "Switched off", |input| input["active"] = json!(false)).await;
    let other: Value =
        shop.as_operator().post("/v1/catalogue/vendors", json!({ "name": "Other" })).await.ok();
    let theirs = add(&shop, "Theirs", |input| input["vendor"] = other["vendor"].clone()).await;
    let open = "Copper Finch East Village";
    for (query, names) in [
        ("active=any".to_owned(), vec![open, "Switched off", "Theirs"]),
        ("active=false".to_owned(), vec!["Switched off"]),
        ("active=true".to_owned(), vec![open, "Theirs"]),
        (format!("vendor={}", other["vendor"].as_str().unwrap()), vec!["Theirs"]),
        (format!("vendor={}&near=41.59,-93.62", other["vendor"].as_str().unwrap()), vec!["Theirs"]),
    ] {
        let path = format!("/v1/catalogue/stores?{query}");
        let seen: Value = shop.as_operator().get(&path).await.ok();
        let items = seen["items"].as_array().unwrap().iter();
        assert_eq!(
            items.map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(),
            names,
            "{query}"
        );
        let publicly: Vec<&str> =
            names.into_iter().filter(|name| *name != "Switched off").collect();
        assert_eq!(list(&shop, &query).await, publicly, "{query}");
    }
    let own = testkit::staff(&[off["store"].as_str().unwrap().parse().unwrap()]);
    let own = shop.bench.signed("catalogue", &own);
    let seen: Value = own.get("/v1/catalogue/stores?active=false").await.ok();
    assert_eq!(seen["items"][0]["name"], "Switched off");
    let elsewhere = testkit::staff(&[theirs["store"].as_str().unwrap().parse().unwrap()]);
    let elsewhere = shop.bench.signed("catalogue", &elsewhere);
    let seen: Value = elsewhere.get("/v1/catalogue/stores?active=false").await.ok();
    assert_eq!(seen["items"], json!([]));
    let both = "/v1/catalogue/stores?active=false&open_now=true";
    assert_eq!(shop.as_operator().get(both).await.refused(422, "invalid-input")["field"], "active");
}

#[tokio::test]
async fn a_vendor_gets_another_name() {
    let shop = Shop::open().await;
    let vendors = "/v1/catalogue/vendors";
    let operator = shop.as_operator().with("if-match", "\"v1\"");
    let made: Value = operator.post(vendors, json!({ "name": "Old" })).await.ok();
    let path = format!("{vendors}/{}", made["vendor"].as_str().unwrap());
    let name = json!({ "name": " New " });
    shop.as_operator().put(&path, &name).await.refused(428, "if-match-missing");
    let renamed: Value = operator.put(&path, &name).await.ok();
    assert_eq!((&renamed["name"], &renamed["version"]), (&json!("New"), &json!(2)));
    operator.put(&path, &name).await.refused(412, "stale-version");
    let nobody = format!("{vendors}/{}", kernel::VendorId::new());
    operator.put(&nobody, &name).await.refused(404, "not-found");
    operator.put(&path, json!({ "name": " " })).await.refused(422, "invalid-input");
    let listed: Value = operator.get(vendors).await.ok();
    assert!(listed["items"].as_array().unwrap().contains(&renamed));
    shop.as_staff().with("if-match", "\"v2\"").put(&path, &name).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_store_that_makes_no_sense_is_refused_by_field() {
    let shop = Shop::open().await;
    let store: Value = shop.anyone().get(&shop.path("")).await.ok();
    for (field, value) in [
        ("name", json!("  ")),
        ("name", json!("a\u{0}b")),
        ("place", json!({ "lat": 91.0, "lon": 0.0 })),
        ("time_zone", json!("Mars/Olympus")),
        ("currency", json!("XYZ")),
        ("zone", json!({ "shape": "polygon", "corners": [] })),
        ("zone", json!({ "shape": "radius", "centre": { "lat": 0.0, "lon": 0.0 }, "metres": 0 })),
        ("preparation_minutes", json!(9999)),
        ("owner", json!("me")),
    ] {
        let mut input = store_input(store["vendor"].as_str().unwrap(), "Store");
        input[field] = value;
        let answer = shop.as_operator().post("/v1/catalogue/stores", input).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
}

#[tokio::test]
async fn every_store_near_a_door_is_on_one_page_only() {
    let shop = Shop::open().await;
    for number in 0..40_u32 {
        let off = f64::from(number) * 0.000_712_345_678_9;
        let place = json!({ "lat": 41.5903 + off, "lon": -93.6122 - off / 3.0 });
        add(&shop, &format!("Store {number}"), |input| input["place"] = place.clone()).await;
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    for _ in 0..50 {
        let path = format!("/v1/catalogue/stores?near=41.5871,-93.6245&limit=1{next}");
        let page: Value = shop.anyone().get(&path).await.ok();
        seen.push(page["items"][0]["name"].as_str().unwrap().to_owned());
        let Some(after) = page["next"].as_str() else { break };
        next = format!("&after={after}");
    }
    let found: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), found.len()), (41, 41), "nothing twice, nothing missed");
}
