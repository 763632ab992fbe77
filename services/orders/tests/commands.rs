use std::sync::Arc;

use delivery_api::JobMove;
use orders_api::{Move, State};
use payments_api::MoneyMove;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::{path, scene, world::Mood};

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
    assert_eq!(scene.world.effects("recall"), 1);
    operator.post(&path(gone, "cancel"), &reason).await.refused(409, "wrong-state");
    assert_eq!(scene.world.effects("recall"), 1, "nobody is asked for what is known to be out");
}

/// A driver takes it out while an operator cancels it and orders has not heard yet: money and stock
/// stay where they are, and the delivery goes on.
#[tokio::test]
async fn what_may_have_left_is_cancelled_only_by_the_word_of_delivery() {
    let scene = scene().await;
    let (operator, order) = (scene.as_operator(), scene.packed().await);
    let cancel = || async {
        operator.post(&path(order, "cancel"), json!({ "reason": "fire in the store" })).await
    };
    scene.world.next("recall", Mood::Refuse);
    cancel().await.refused(409, "has-left");
    scene.world.next("recall", Mood::Fail);
    cancel().await.refused(503, "unavailable");
    for stranger in [scene.as_customer(), scene.as_staff()] {
        stranger.post(&path(order, "cancel"), json!({ "reason": "no" })).await;
    }
    assert_eq!(scene.world.effects("recall"), 0, "only an operator may");
    assert_eq!(scene.state(order).await, State::Packed);
    scene.money(order, MoneyMove::CaptureFailed { reason: "late".into() }, 0).await;
    scene.job(order, JobMove::PickedUp).await;
    scene.comes_to(order, State::OutForDelivery).await;
    let moves = scene.moves(order).await;
    assert!(!moves.iter().any(|moved| matches!(moved, Move::Cancelled { .. })));
}

#[tokio::test]
async fn a_recalled_order_is_cancelled_although_nobody_waited_for_the_answer() {
    let scene = scene().await;
    let (operator, order) = (scene.as_operator(), scene.packed().await);
    let reason = json!({ "reason": "fire in the store" });
    scene.world.next("recall", Mood::FailAfter);
    operator.post(&path(order, "cancel"), &reason).await.refused(503, "unavailable");
    scene.job(order, JobMove::Stopped { reason: "fire in the store".into() }).await;
    let view = scene.comes_to(order, State::Cancelled).await;
    assert_eq!(view["reason"], "fire in the store");
    operator.post(&path(order, "cancel"), &reason).await.ok::<Value>();
    let moves = scene.moves(order).await;
    assert_eq!(moves.iter().filter(|m| matches!(m, Move::Cancelled { .. })).count(), 1);
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
        let (stranger, nobody) =
            if command == "cancel" { (&somebody, &elsewhere) } else { (&elsewhere, &somebody) };
        stranger.post(&path(order, command), &body).await.refused(404, "not-found");
        for nobody in [nobody, &driver] {
            nobody.post(&path(order, command), &body).await.refused(403, "forbidden");
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
async fn a_clerk_packs_and_support_cancels() {
    let scene = scene().await;
    let order = scene.paid().await;
    let clerk = scene.bench.signed("orders", &testkit::clerk(&[scene.world.store]));
    let support = scene.bench.signed("orders", &testkit::support());
    let auditor = scene.bench.signed("orders", &testkit::auditor());
    let seen: Value = support.get(&path(order, "")).await.ok();
    assert_eq!(seen["can"], json!(["cancel"]));
    let seen: Value = auditor.get(&path(order, "")).await.ok();
    assert_eq!(seen["can"], json!([]));
    support.post(&path(order, "accept"), json!({})).await.refused(403, "forbidden");
    auditor.post(&path(order, "cancel"), json!({ "reason": "x" })).await.refused(403, "forbidden");
    let view: Value = clerk.post(&path(order, "accept"), json!({})).await.ok();
    assert_eq!(view["can"], json!(["pack", "reject"]));
    let answer = support.post(&path(order, "cancel"), json!({})).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "reason");
    let view: Value = support.post(&path(order, "cancel"), json!({ "reason": "asked" })).await.ok();
    assert_eq!(view["state"], "cancelled");
}

/// Whoever is staff and buys too reaches by both, and is told so.
#[tokio::test]
async fn someone_with_two_roles_reaches_by_both() {
    let scene = scene().await;
    let order = scene.paid().await;
    let mut both = scene.customer.clone();
    both.roles.push(kernel::Role::Clerk { stores: vec![scene.world.store] });
    let both = scene.bench.signed("orders", &both);
    let view: Value = both.get(&path(order, "")).await.ok();
    assert_eq!(view["can"], json!(["cancel", "accept", "reject"]));
    both.post(&path(order, "accept"), json!({})).await.ok::<Value>();
    let view: Value = both.post(&path(order, "cancel"), json!({})).await.ok();
    assert_eq!(
        (&view["state"], &view["reason"]),
        (&json!("cancelled"), &json!("customer-cancelled"))
    );
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
