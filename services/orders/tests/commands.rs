use std::sync::Arc;

use orders_api::{Move, State};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::{path, scene};

#[tokio::test]
async fn a_store_accepts_and_packs() {
    let scene = scene().await;
    let (order, staff) = (scene.paid().await, scene.as_staff());
    let problem = staff.post(&path(order, "pack"), ()).await.refused(409, "wrong-state");
    assert_eq!(
        (&problem["state"], &problem["can"]),
        (&json!("paid"), &json!(["accept", "reject"]))
    );
    let accept = json!({ "preparation_minutes": 25 });
    let view: Value = staff.post(&path(order, "accept"), accept).await.ok();
    assert_eq!((&view["state"], &view["can"]), (&json!("accepted"), &json!(["pack", "reject"])));
    assert_eq!(view["preparation_minutes"], 25);
    // A second time changes nothing and answers the same.
    let again: Value = staff.post(&path(order, "accept"), json!({})).await.ok();
    assert_eq!(again, view);
    let view: Value = staff.post(&path(order, "pack"), ()).await.ok();
    assert_eq!((&view["state"], &view["can"]), (&json!("packed"), &json!([])));
    let events = scene.events(order).await;
    let moves: Vec<_> = events.iter().map(|event| event.moved.clone()).collect();
    assert_eq!(moves, [Move::Placed, Move::Paid, Move::Accepted, Move::Packed]);
    assert_eq!(events[3].order.preparation_minutes, 25);
}

#[tokio::test]
async fn a_store_may_say_no() {
    let scene = scene().await;
    let order = scene.paid().await;
    let reason = json!({ "reason": "The last bottle broke." });
    let view: Value = scene.as_staff().post(&path(order, "reject"), &reason).await.ok();
    assert_eq!((&view["state"], &view["reason"]), (&json!("cancelled"), &reason["reason"]));
    assert_eq!(view["history"][2]["who"], "store");
    assert_eq!(view["history"][2]["note"]["stock"], "given_back");
}

#[tokio::test]
async fn a_customer_cancels_until_it_is_packed() {
    let scene = scene().await;
    let customer = scene.as_customer();
    for order in [scene.placed().await, scene.paid().await, scene.accepted().await] {
        let view: Value = customer.post(&path(order, "cancel"), json!({})).await.ok();
        assert_eq!(view["state"], "cancelled");
        customer.post(&path(order, "cancel"), json!({})).await.ok::<Value>();
        let ended = scene.moves(order).await;
        let ends = ended.iter().filter(|moved| matches!(moved, Move::Cancelled { .. }));
        assert_eq!(ends.count(), 1);
    }
    let order = scene.packed().await;
    customer.post(&path(order, "cancel"), json!({})).await.refused(409, "wrong-state");
}

#[tokio::test]
async fn an_operator_cancels_with_a_reason_until_it_has_left() {
    let scene = scene().await;
    let operator = scene.as_operator();
    let (packed, gone) = (scene.packed().await, scene.out().await);
    let answer = operator.post(&path(packed, "cancel"), json!({})).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "reason");
    let reason = json!({ "reason": "fire in the store" });
    let view: Value = operator.post(&path(packed, "cancel"), &reason).await.ok();
    assert_eq!((&view["state"], &view["can"]), (&json!("cancelled"), &json!([])));
    operator.post(&path(gone, "cancel"), &reason).await.refused(409, "wrong-state");
}

#[tokio::test]
async fn who_may_do_what() {
    let scene = scene().await;
    let order = scene.paid().await;
    let elsewhere = scene.bench.signed("orders", &testkit::staff(&[kernel::StoreId::new()]));
    let somebody = scene.bench.signed("orders", &testkit::customer());
    let driver = scene.bench.signed("orders", &testkit::driver());
    for (command, body) in [
        ("cancel", json!({})),
        ("accept", json!({})),
        ("pack", json!({})),
        ("reject", json!({ "reason": "no" })),
    ] {
        for stranger in [&elsewhere, &somebody, &driver] {
            stranger.post(&path(order, command), &body).await.refused(404, "not-found");
        }
        let anyone = scene.bench.anyone("orders");
        anyone.post(&path(order, command), &body).await.refused(401, "unauthenticated");
    }
    for command in ["accept", "pack"] {
        let answer = scene.as_customer().post(&path(order, command), json!({})).await;
        answer.refused(403, "forbidden");
    }
    scene.as_staff().post(&path(order, "cancel"), json!({})).await.refused(403, "forbidden");
    assert_eq!(scene.state(order).await, State::Paid);
    for (command, field, value) in [
        ("accept", "preparation_minutes", json!(0)),
        ("reject", "reason", json!("a\u{0}b")),
        ("reject", "reason", json!("")),
        ("cancel", "reason", json!("a\u{0}b")),
        ("cancel", "state", json!("delivered")),
    ] {
        let body = json!({ (field): value });
        let caller = if command == "cancel" { scene.as_operator() } else { scene.as_staff() };
        let answer = caller.post(&path(order, command), body).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
}

#[tokio::test]
async fn cancelling_and_packing_at_once() {
    let scene = Arc::new(scene().await);
    for _ in 0..5 {
        let order = scene.accepted().await;
        let barrier = Arc::new(Barrier::new(2));
        let at_once = |caller: testkit::Caller, command: &'static str| {
            let barrier = Arc::clone(&barrier);
            tokio::spawn(async move {
                barrier.wait().await;
                caller.post(&path(order, command), json!({})).await
            })
        };
        let cancels = at_once(scene.as_customer(), "cancel");
        let packs = at_once(scene.as_staff(), "pack");
        let (cancels, packs) = (cancels.await.unwrap(), packs.await.unwrap());
        let end = scene.moves(order).await.pop().unwrap();
        match end {
            Move::Packed => {
                packs.ok::<Value>();
                cancels.refused(409, "wrong-state");
            }
            Move::Cancelled { .. } => {
                cancels.ok::<Value>();
                packs.refused(409, "wrong-state");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(scene.events(order).await.len(), 4);
    }
}
