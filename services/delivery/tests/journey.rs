use delivery_api::{Estimate, HandedLine, JobMove, RefusedBecause};
use serde_json::{Value, json};

use crate::scene::{DOOR, OF_AGE, STORE, scene};

#[tokio::test]
async fn an_order_goes_from_store_to_door() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    assert_eq!(driver.me().await["step"], "wait_for_offer");
    let order = scene.order();
    let job = scene.accepted(&order).await;
    let offer = scene.offered(&driver).await;
    let me = driver.me().await;
    assert_eq!(me["step"], "answer_offer");
    assert_eq!(me["offer"]["can"], json!(["accept", "decline"]));
    assert!(!me["offer"].to_string().contains("Ingersoll"), "the address is for who accepts");

    let accepted: Value = driver.accept(&offer).await.ok();
    assert_eq!(accepted["state"], "assigned");
    driver.accept(&offer).await.ok::<Value>();
    assert_eq!(driver.me().await["job"]["can"], json!([]), "not packed yet");
    driver.act(job, "pick-up").await.refused(409, "not-ready");
    scene.ready(&order).await;
    assert_eq!(driver.me().await["job"]["can"], json!(["pick_up"]));

    driver.act(job, "arrive").await.refused(409, "wrong-state");
    for _ in 0..2 {
        let picked: Value = driver.act(job, "pick-up").await.ok();
        assert_eq!(picked["state"], "picked_up");
    }
    let me = driver.me().await;
    assert_eq!((&me["step"], &me["can"]), (&json!("go_to_door"), &json!([])), "the shift goes on");
    let there = me["job"]["at_door"].clone();
    driver.act(job, "pick-up").await.ok::<Value>();
    for _ in 0..2 {
        driver.act(job, "arrive").await.ok::<Value>();
    }
    driver.act(job, "pick-up").await.refused(409, "wrong-state");
    let arrived = driver.me().await["job"].clone();
    assert_eq!(
        there,
        json!({ "can": arrived["can"], "refusals": arrived["refusals"] }),
        "as foretold"
    );
    assert_eq!(driver.check(job, OF_AGE).await["allowed"], true);
    let done: Value = driver.hand_over(job).await.ok();
    assert_eq!((&done["state"], &done["can"]), (&json!("handed_over"), &json!([])));
    driver.hand_over(job).await.ok::<Value>();
    let me = driver.me().await;
    assert_eq!((&me["step"], &me["can"]), (&json!("wait_for_offer"), &json!(["end_shift"])));

    let lines = order.lines.iter();
    let all = lines.map(|l| HandedLine { line: l.line, quantity: l.quantity }).collect();
    let told = scene.told(&order).await;
    let whole = JobMove::HandedOver { whole: true, lines: all };
    let expected = [JobMove::Assigned, JobMove::PickedUp, JobMove::Arrived, whole];
    assert_eq!(told, expected, "each once, although the commands were repeated");
}

#[tokio::test]
async fn what_is_not_handed_over_goes_back() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    driver.check(job, OF_AGE).await;
    let (rye, tonic) = (order.lines[0].line, order.lines[1].line);
    let part = json!({
        "recipient_name": "Ann Lee", "signature": "M0 0L10 10",
        "lines": [{ "line": rye, "quantity": 1 }, { "line": tonic, "quantity": 3 }],
    });
    for _ in 0..2 {
        let after: Value = driver.act_with(job, "hand-over", part.clone()).await.ok();
        assert_eq!(after["state"], "returning");
        assert_eq!(after["can"], json!(["return"]));
    }
    driver.hand_over(job).await.refused(409, "wrong-state");
    let note = json!({ "because": "damaged", "note": "" });
    driver.act_with(job, "refuse", note).await.refused(409, "wrong-state");
    driver.caller.delete("/v1/delivery/shift").await.refused(409, "carrying");
    for _ in 0..2 {
        let back: Value = driver.act(job, "return").await.ok();
        assert_eq!(back["state"], "returned");
    }
    let lines =
        vec![HandedLine { line: rye, quantity: 1 }, HandedLine { line: tonic, quantity: 3 }];
    let told = scene.told(&order).await;
    assert_eq!(told[3..], [JobMove::HandedOver { whole: false, lines }, JobMove::Returned]);
}

#[tokio::test]
async fn a_refused_order_goes_back_whole() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    let input = json!({ "because": "intoxicated", "note": "could not stand" });
    for _ in 0..2 {
        let after: Value = driver.act_with(job, "refuse", input.clone()).await.ok();
        assert_eq!(after["state"], "returning");
    }
    let other = json!({ "because": "damaged" });
    driver.act_with(job, "refuse", other).await.refused(409, "wrong-state");
    assert_eq!(driver.me().await["step"], "go_back");
    driver.act(job, "return").await.ok::<Value>();
    let refused =
        JobMove::Refused { because: RefusedBecause::Intoxicated, note: "could not stand".into() };
    assert_eq!(scene.told(&order).await[3..], [refused, JobMove::Returned]);
    driver.caller.delete("/v1/delivery/shift").await.ok::<Value>();
}

#[tokio::test]
async fn on_the_road_only_damage_danger_or_the_law_turn_it_round() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    let job = scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(&driver).await;
    driver.accept(&offer).await.ok::<Value>();
    driver.act(job, "pick-up").await.ok::<Value>();
    let nobody = json!({ "because": "nobody_there" });
    driver.act_with(job, "refuse", nobody).await.refused(409, "wrong-state");
    let damaged = json!({ "because": "damaged", "note": "a bottle broke" });
    driver.act_with(job, "refuse", damaged).await.ok::<Value>();
}

#[tokio::test]
async fn what_the_law_forbids_stays_in_the_store() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    let job = scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(&driver).await;
    driver.accept(&offer).await.ok::<Value>();

    scene.law.lock().unwrap().down = true;
    let problem = driver.act(job, "pick-up").await.refused(503, "unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("compliance"));
    assert_eq!(scene.job(&order).await["state"], "assigned", "nothing changed");

    scene.law.lock().unwrap().down = false;
    scene.law.lock().unwrap().forbids = Some("outside-sale-hours");
    for _ in 0..2 {
        let problem = driver.act(job, "pick-up").await.refused(409, "unlawful");
        assert_eq!(problem["reasons"][0]["rule"], "outside-sale-hours");
    }
    assert_eq!(driver.me().await["step"], "wait_for_offer");
    let stopped = JobMove::Stopped { reason: "It is outside-sale-hours.".into() };
    assert_eq!(scene.told(&order).await[1..], [stopped]);
    let asked = std::mem::take(&mut scene.law.lock().unwrap().asked);
    let back = asked[0].back_by.unwrap().duration_since(scene.bench.now()).as_secs();
    let trip = json!({ "from": STORE, "to": DOOR });
    let path = "/internal/delivery/estimate";
    let trip: Estimate = scene.bench.house("delivery").post(path, trip).await.ok();
    let there_and_back = 2 * i64::from(trip.worst_seconds);
    assert_eq!(back, there_and_back + 3 * 60, "on a bad day, and what is done at the door");
    assert_eq!(asked[0].subject, order.order.to_string(), "one query tells all of an order");
    assert_eq!(asked[0].door_place, Some(DOOR));
    assert_eq!(asked.len(), 1, "the answer is kept, not asked again");
}
