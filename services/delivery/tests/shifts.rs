use serde_json::{Value, json};

use crate::scene::{DOOR, STORE, north, scene};

#[tokio::test]
async fn a_shift_begins_once_and_ends_once() {
    let scene = scene().await;
    let driver = scene.off_shift(&testkit::driver());
    assert_eq!(driver.me().await["step"], "begin_shift");
    let begin = json!({ "place": STORE });
    let began: Value = driver.caller.post("/v1/delivery/shift", &begin).await.ok();
    scene.bench.advance(60);
    let again: Value = driver.caller.post("/v1/delivery/shift", &begin).await.ok();
    assert_eq!(began, again);
    for _ in 0..2 {
        driver.caller.delete("/v1/delivery/shift").await.ok::<Value>();
        assert_eq!(driver.me().await["step"], "begin_shift");
    }
    let nowhere = json!({ "place": { "lat": 91, "lon": 0 } });
    let problem = driver.caller.post("/v1/delivery/shift", nowhere).await;
    assert_eq!(problem.refused(422, "invalid-input")["field"], "place");
}

#[tokio::test]
async fn pings_may_come_twice_and_in_any_order() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let began = scene.bench.now();
    scene.bench.advance(600);
    let at = |seconds: i64| began + jiff::SignedDuration::from_secs(seconds);
    let send = async |points: Value| -> i64 {
        let kept: Value =
            driver.caller.post("/v1/delivery/pings", json!({ "points": points })).await.ok();
        kept["kept"].as_i64().unwrap()
    };
    let newest = json!({ "at": at(300), "place": north(0.03) });
    let older = json!({ "at": at(100), "place": north(0.01) });
    assert_eq!(send(json!([newest, older, newest])).await, 2);
    assert_eq!(send(json!([older])).await, 0, "known already");
    assert_eq!(send(json!([{ "at": at(200), "place": north(0.02) }])).await, 1);
    let before = json!({ "at": at(-100), "place": north(0.5) });
    let future = json!({ "at": at(9_000), "place": north(0.5) });
    let ancient = json!({ "at": "-009999-01-02T01:59:59Z", "place": north(0.5) });
    assert_eq!(send(json!([before, future, ancient])).await, 0);
    let operator = scene.bench.signed("delivery", &testkit::operator());
    let list: Value = operator.get("/v1/delivery/drivers").await.ok();
    assert_eq!(list["items"][0]["place"], json!(north(0.03)), "only the newest moves the driver");

    let many = vec![json!({ "at": at(300), "place": STORE }); 101];
    for points in [json!([]), json!(many), json!([{ "at": at(1), "place": { "lat": 0 } }])] {
        let body = json!({ "points": points });
        driver.caller.post("/v1/delivery/pings", body).await.refused(422, "invalid-input");
    }
    driver.caller.delete("/v1/delivery/shift").await.ok::<Value>();
    let body = json!({ "points": [newest] });
    driver.caller.post("/v1/delivery/pings", body).await.refused(409, "off-shift");
}

#[tokio::test]
async fn pings_bring_the_expected_time_up_to_date() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    let job = scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(&driver).await;
    driver.accept(&offer).await.ok::<Value>();
    driver.act(job, "pick-up").await.ok::<Value>();
    let eta = async || -> jiff::Timestamp {
        scene.job(&order).await["eta"].as_str().unwrap().parse().unwrap()
    };
    let first = eta().await;
    scene.bench.advance(60);
    let ping = |place| json!({ "points": [{ "at": scene.bench.now(), "place": place }] });
    driver.caller.post("/v1/delivery/pings", ping(north(-0.1))).await.ok::<Value>();
    let detour = eta().await;
    assert!(detour > first);
    scene.bench.advance(60);
    driver.caller.post("/v1/delivery/pings", ping(DOOR)).await.ok::<Value>();
    assert!(eta().await < detour);
}
