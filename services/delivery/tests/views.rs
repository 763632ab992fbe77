use delivery_api::{Estimate, JobMove};
use kernel::{Currency, JobId, Money};
use serde_json::{Value, json};

use crate::scene::{DOOR, OF_AGE, STORE, document, scene};

#[tokio::test]
async fn the_customer_sees_the_driver_only_on_the_way() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    let job = scene.accepted(&order).await;
    let path = format!("/v1/delivery/orders/{}", order.order);
    let customer = scene.bench.signed("delivery", &scene.customer);
    let look = async || -> Value { customer.get(&path).await.ok() };
    let offer = scene.offered(&driver).await;
    let seen = look().await;
    assert_eq!(seen["driver_name"], json!(null));
    assert!(seen["eta"]["earliest"].as_str() < seen["eta"]["latest"].as_str());
    driver.accept(&offer).await.ok::<Value>();
    scene.ready(&order).await;
    let seen = look().await;
    assert_eq!((&seen["driver_name"], &seen["driver_at"]), (&json!("Dana"), &json!(null)));
    driver.act(job, "pick-up").await.ok::<Value>();
    let seen = look().await;
    assert_eq!(seen["driver_at"]["place"], json!({ "lat": 41.587, "lon": -93.625 }));
    assert_eq!(seen["eta"]["rough"], true);
    assert_eq!(seen["can"], json!([]));
    let operator = scene.bench.signed("delivery", &testkit::operator());
    assert_eq!(operator.get(&path).await.ok::<Value>()["can"], json!(["return", "lose"]));
    driver.act(job, "arrive").await.ok::<Value>();
    assert_eq!(look().await["eta"], json!(null));
    driver.check(job, OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    let seen = look().await;
    assert_eq!((&seen["state"], &seen["driver_at"]), (&json!("handed_over"), &json!(null)));
}

#[tokio::test]
async fn an_offer_tells_what_it_gives_and_that_is_what_payments_is_told() {
    let scene = crate::scene::scene_with("driver_pay = { USD = 450 }").await;
    let driver = scene.driver("Dana", STORE).await;
    let mut order = scene.order();
    let usd = |amount: i64| json!({ "amount": amount, "currency": "USD" });
    let job = scene.accepted(&order).await;
    let offer = scene.offered(&driver).await;
    let seen = driver.me().await["offer"].clone();
    assert_eq!([&seen["pay"], &seen["tip"], &seen["earns"]], [&usd(450), &usd(500), &usd(950)]);
    driver.accept(&offer).await.ok::<Value>();
    scene.ready(&order).await;
    for deed in ["pick-up", "arrive"] {
        driver.act(job, deed).await.ok::<Value>();
    }
    driver.check(job, OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    let told = scene.bench.told::<delivery_api::JobMoved>("delivery").await;
    let handed = told.iter().find(|one| matches!(one.moved, JobMove::HandedOver { .. })).unwrap();
    assert_eq!(json!(handed.pay), usd(450));

    // In another currency nothing is said: payments knows.
    order = scene.order();
    order.total = Money::zero(Currency::EUR);
    order.tip = None;
    scene.accepted(&order).await;
    scene.offered(&driver).await;
    let seen = driver.me().await["offer"].clone();
    assert_eq!([&seen["pay"], &seen["tip"], &seen["earns"]], [&json!(null); 3]);
}

#[tokio::test]
async fn a_strangers_delivery_does_not_exist() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    let path = format!("/v1/delivery/orders/{}", order.order);
    let see = async |actor: &kernel::Actor| {
        scene.bench.signed("delivery", actor).get(&path).await.status.as_u16()
    };
    assert_eq!(see(&scene.customer).await, 200);
    assert_eq!(see(&testkit::staff(&[scene.store])).await, 200);
    assert_eq!(see(&testkit::operator()).await, 200);
    assert_eq!(see(&testkit::customer()).await, 404);
    assert_eq!(see(&testkit::staff(&[kernel::StoreId::new()])).await, 404);
    assert_eq!(see(&testkit::support()).await, 200);
    assert_eq!(see(&driver.actor).await, 200, "it is the driver's own job");
    assert_eq!(see(&testkit::driver()).await, 404);
    scene.bench.anyone("delivery").get(&path).await.refused(401, "unauthenticated");

    let stranger = scene.driver("Sam", STORE).await;
    for (deed, input) in [
        ("pick-up", json!(null)),
        ("arrive", json!(null)),
        ("check", document(OF_AGE)),
        ("hand-over", json!({ "recipient_name": "Ann" })),
        ("refuse", json!({ "because": "damaged" })),
        ("return", json!(null)),
    ] {
        stranger.act_with(job, deed, input.clone()).await.refused(404, "not-found");
        driver.act_with(JobId::new(), deed, input.clone()).await.refused(404, "not-found");
        if deed != "return" {
            let operator = scene.off_shift(&testkit::operator());
            operator.act_with(job, deed, input).await.refused(403, "forbidden");
        }
    }
    scene.accepted(&scene.order()).await;
    let offer = scene.offered(&stranger).await;
    driver.accept(&offer).await.refused(404, "not-found");
    driver.decline(&offer).await.refused(404, "not-found");
}

#[tokio::test]
async fn operators_read_lists_page_by_page() {
    let scene = scene().await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        let order = scene.order();
        scene.accepted(&order).await;
        orders.push(json!(order.order));
    }
    let operator = scene.bench.signed("delivery", &testkit::operator());
    let first: Value = operator.get("/v1/delivery/jobs?limit=2&state=waiting").await.ok();
    let next = first["next"].as_str().unwrap();
    let path = format!("/v1/delivery/jobs?limit=2&state=waiting&after={next}");
    let second: Value = operator.get(&path).await.ok();
    let pages = [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let mut seen: Vec<Value> = pages.iter().map(|job| job["order"].clone()).collect();
    seen.reverse();
    assert_eq!(seen, orders);
    let path = format!("/v1/delivery/jobs?order={}", orders[1].as_str().unwrap());
    let one: Value = operator.get(&path).await.ok();
    assert_eq!(
        (one["items"].as_array().unwrap().len(), &one["items"][0]["order"]),
        (1, &orders[1])
    );
    let none: Value = operator.get("/v1/delivery/jobs?state=arrived").await.ok();
    assert_eq!(none["items"], json!([]));
    operator.get("/v1/delivery/jobs?state=missing").await.refused(422, "invalid-input");
    operator.get("/v1/delivery/drivers?after=x").await.refused(422, "invalid-input");
    let customer = scene.bench.signed("delivery", &scene.customer);
    for path in ["/v1/delivery/jobs", "/v1/delivery/drivers", "/v1/delivery/me"] {
        customer.get(path).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn the_house_asks_how_long_a_trip_takes() {
    let scene = scene().await;
    let trip = json!({ "from": STORE, "to": DOOR });
    let path = "/internal/delivery/estimate";
    let estimate: Estimate = scene.bench.house("delivery").post(path, &trip).await.ok();
    assert!(estimate.rough && estimate.seconds < estimate.worst_seconds);
    let many = json!({ "from": [DOOR, STORE], "to": DOOR });
    let path_of_many = "/internal/delivery/estimates";
    let many: Vec<Estimate> = scene.bench.house("delivery").post(path_of_many, many).await.ok();
    assert_eq!((many.len(), many[1]), (2, estimate), "each in its place");
    let much = json!({ "from": vec![STORE; 101], "to": DOOR });
    scene.bench.house("delivery").post(path_of_many, &much).await.refused(422, "invalid-input");
    scene.bench.anyone("delivery").post(path_of_many, much).await.refused(401, "unauthenticated");
    let nowhere = json!({ "from": STORE, "to": { "lat": 0, "lon": 181 } });
    scene.bench.house("delivery").post(path, nowhere).await.refused(422, "invalid-input");
    scene.bench.anyone("delivery").post(path, &trip).await.refused(401, "unauthenticated");
}

#[test]
fn every_operation_is_documented() {
    let document = (delivery::PART.open_api)();
    let document = serde_json::to_value(document).unwrap();
    let operations = document["paths"].as_object().unwrap().values();
    let count: usize = operations.map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(count, 19);
}
