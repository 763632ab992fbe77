use delivery_api::{HandedLine, JobMove, RefusedBecause};
use kernel::{LineId, Money, OrderId};
use orders_api::{Move, State};
use serde_json::{Value, json};

use crate::{
    Scene, happened, path, scene, scene_with,
    world::{TOTAL, usd},
};

async fn lines(scene: &Scene, order: OrderId) -> Vec<LineId> {
    let view = scene.view(order).await;
    let lines = view["lines"].as_array().unwrap();
    lines.iter().map(|line| line["line"].as_str().unwrap().parse().unwrap()).collect()
}

async fn refused(scene: &Scene, because: RefusedBecause) -> (OrderId, Money) {
    let order = scene.out().await;
    scene.job(order, JobMove::Refused { because, note: String::new() }).await;
    let view = scene.comes_to(order, State::Returning).await;
    (order, serde_json::from_value(view["refund"].clone()).unwrap())
}

#[tokio::test]
async fn an_order_comes_to_the_door() {
    let scene = scene().await;
    let order = scene.packed().await;
    for moved in [
        JobMove::Assigned,
        JobMove::PickedUp,
        JobMove::PickedUp,
        JobMove::Arrived,
        JobMove::HandedOver { whole: true, lines: Vec::new() },
        JobMove::HandedOver { whole: true, lines: Vec::new() },
        JobMove::Returned,
    ] {
        scene.job(order, moved).await;
    }
    scene.comes_to(order, State::Delivered).await;
    scene.settled().await;
    let view: Value = scene.as_customer().get(&path(order, "")).await.ok();
    assert_eq!(
        happened(&view),
        [
            "placed",
            "paid",
            "accepted",
            "packed",
            "captured",
            "driver_assigned",
            "out_for_delivery",
            "driver_arrived",
            "delivered"
        ]
    );
    assert_eq!(view["driver_name"], "Dan");
    assert_eq!(view["lines"][1]["delivered"], 3);
    assert_eq!(view["refund"], json!(usd(0)));
    let events = scene.events(order).await;
    let versions: Vec<i64> = events.iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(events[6].order.lines[0].delivered, 2);
}

#[tokio::test]
async fn a_driver_who_gives_it_back_is_seen_no_more() {
    let scene = scene().await;
    let order = scene.packed().await;
    scene.job(order, JobMove::Assigned).await;
    scene.job(order, JobMove::Unassigned).await;
    scene.settled().await;
    assert_eq!(scene.view(order).await["driver_name"], Value::Null);
}

#[tokio::test]
async fn what_stays_at_the_door_is_paid_and_the_rest_goes_back() {
    let scene = scene().await;
    let order = scene.out().await;
    let line = lines(&scene, order).await;
    let handed =
        vec![HandedLine { line: line[0], quantity: 2 }, HandedLine { line: line[1], quantity: 1 }];
    scene.job(order, JobMove::HandedOver { whole: false, lines: handed }).await;
    let view = scene.comes_to(order, State::Returning).await;
    // Two of three beers, at 10.00 for the three.
    assert_eq!(view["refund"], json!(usd(667)));
    assert_eq!(
        (&view["lines"][0]["delivered"], &view["lines"][1]["delivered"]),
        (&json!(2), &json!(1))
    );
    for _ in 0..2 {
        scene.job(order, JobMove::Returned).await;
    }
    scene.comes_to(order, State::Closed).await;
    scene.settled().await;
    let moves = scene.moves(order).await;
    let returning = Move::Returning { reason: "partly-refused".into(), refund: usd(667) };
    assert_eq!(moves[6..], [returning, Move::Closed { refund: usd(667) }]);
}

#[tokio::test]
async fn all_that_was_named_is_all_that_was_ordered() {
    let scene = scene().await;
    let order = scene.out().await;
    let line = lines(&scene, order).await;
    let all =
        vec![HandedLine { line: line[0], quantity: 2 }, HandedLine { line: line[1], quantity: 3 }];
    scene.job(order, JobMove::HandedOver { whole: false, lines: all }).await;
    scene.comes_to(order, State::Delivered).await;
}

#[tokio::test]
async fn more_than_was_ordered_is_never_delivered() {
    let scene = scene().await;
    let order = scene.out().await;
    let line = lines(&scene, order).await;
    let handed = vec![HandedLine { line: line[0], quantity: 3 }];
    scene.job(order, JobMove::HandedOver { whole: false, lines: handed }).await;
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    assert_eq!(scene.state(order).await, State::OutForDelivery);
}

#[tokio::test]
async fn fees_go_back_when_the_customer_is_not_to_blame() {
    let scene = scene().await;
    assert_eq!(refused(&scene, RefusedBecause::NobodyThere).await.1, usd(TOTAL - 699));
    assert_eq!(refused(&scene, RefusedBecause::NotLawful).await.1, usd(TOTAL));
    let (order, refund) = refused(&scene, RefusedBecause::Damaged).await;
    assert_eq!(refund, usd(TOTAL));
    scene.job(order, JobMove::Returned).await;
    let view = scene.comes_to(order, State::Closed).await;
    assert_eq!((&view["refund"], &view["reason"]), (&json!(usd(TOTAL)), &json!("damaged")));

    let generous = scene_with("refund_fees_on_refusal = true").await;
    assert_eq!(refused(&generous, RefusedBecause::NobodyThere).await.1, usd(TOTAL));
}

#[tokio::test]
async fn what_the_driver_did_not_bring_costs_nothing() {
    assert_eq!(refused(&scene().await, RefusedBecause::NotDelivered).await.1, usd(TOTAL));
}

#[tokio::test]
async fn what_is_lost_is_paid_back() {
    let scene = scene().await;
    let operator = kernel::PersonId::new();
    let lose = |order| {
        let moved = JobMove::Lost { note: "The van burnt out.".into() };
        scene.job_by(order, moved, Some(operator))
    };
    let lost = |refund| Move::Lost { reason: "lost".into(), refund };
    let on_the_road = scene.out().await;
    for _ in 0..2 {
        lose(on_the_road).await;
    }
    let view = scene.comes_to(on_the_road, State::Closed).await;
    assert_eq!((&view["refund"], &view["reason"]), (&json!(usd(TOTAL)), &json!("lost")));
    let note = json!({ "note": "The van burnt out." });
    assert!(view["history"].as_array().unwrap().iter().any(|entry| entry["note"] == note));
    let seen: Value = scene.as_customer().get(&path(on_the_road, "")).await.ok();
    assert!(!seen.to_string().contains("burnt"), "that is for the house");

    let (after_refusal, _) = refused(&scene, RefusedBecause::NobodyThere).await;
    lose(after_refusal).await;
    scene.comes_to(after_refusal, State::Closed).await;
    assert_eq!(scene.moves(after_refusal).await.pop(), Some(lost(usd(TOTAL))));

    // What stayed at the door is paid for, and so is its way.
    let in_part = scene.out().await;
    let line = lines(&scene, in_part).await;
    let handed =
        vec![HandedLine { line: line[0], quantity: 2 }, HandedLine { line: line[1], quantity: 1 }];
    scene.job(in_part, JobMove::HandedOver { whole: false, lines: handed }).await;
    lose(in_part).await;
    scene.comes_to(in_part, State::Closed).await;
    assert_eq!(scene.moves(in_part).await.pop(), Some(lost(usd(667))));

    scene.settled().await;
    let moves = scene.moves(on_the_road).await;
    assert_eq!(moves.iter().filter(|moved| **moved == lost(usd(TOTAL))).count(), 1);
    let who: uuid::Uuid = sqlx::query_scalar(
        "select person_id from orders.history where order_id = $1 and what = 'lost'",
    )
    .bind(on_the_road.uuid())
    .fetch_one(&mut scene.bench.connection().await)
    .await
    .unwrap();
    assert_eq!(who, operator.uuid());
}

#[tokio::test]
async fn nothing_leaves_before_it_is_packed_and_paid_for() {
    let scene = scene().await;
    let order = scene.accepted().await;
    scene.job(order, JobMove::PickedUp).await;
    scene.as_staff().post(&path(order, "pack"), ()).await.ok::<Value>();
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert_eq!(scene.state(order).await, State::Packed);
    // It is told again until it fits.
    let payments_are_slow = scene.capture(order);
    let mut db = scene.bench.connection().await;
    payments_are_slow.await;
    sqlx::query("update feed.message set subject = event_id::text, due_at = now()")
        .execute(&mut db)
        .await
        .unwrap();
    scene.comes_to(order, State::OutForDelivery).await;
}

#[tokio::test]
async fn the_law_stops_what_is_still_in_the_store() {
    let scene = scene().await;
    let (order, gone) = (scene.packed().await, scene.out().await);
    for order in [order, gone] {
        scene.job(order, JobMove::Stopped { reason: "outside-sale-hours".into() }).await;
    }
    let view = scene.comes_to(order, State::Cancelled).await;
    assert_eq!(view["reason"], "outside-sale-hours");
    scene.settled().await;
    assert_eq!(scene.state(gone).await, State::OutForDelivery);
}
