use std::sync::Arc;

use kernel::OrderId;
use orders_api::{Move, State};
use payments_api::MoneyMove;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::{
    happened, path, scene,
    world::{Mood, Stock, TOTAL, usd},
};

fn cancelled(reason: &str) -> Move {
    Move::Cancelled { reason: reason.into() }
}

#[tokio::test]
async fn money_makes_it_paid_once() {
    let scene = scene().await;
    let order = scene.placed().await;
    for _ in 0..3 {
        scene.pay(order).await;
    }
    let view = scene.comes_to(order, State::Paid).await;
    scene.settled().await;
    assert!(view["accept_by"].is_string());
    assert_eq!(scene.moves(order).await, [Move::Placed, Move::Paid]);
    assert_eq!(scene.world.effects("allocate"), 1);
    assert_eq!(scene.world.look(|world| world.stock[&order]), Stock::Allocated);
    // What was repeated is kept for operators only.
    assert_eq!(happened(&scene.view(order).await), ["placed", "paid", "ignored", "ignored"]);
    let seen: Value = scene.as_customer().get(&path(order, "")).await.ok();
    assert_eq!(happened(&seen), ["placed", "paid"]);
    assert!(seen.get("payment").is_none(), "nothing is left to pay");
}

#[tokio::test]
async fn a_declined_card_leaves_time_for_another() {
    let scene = scene().await;
    let order = scene.placed().await;
    scene
        .money(
            order,
            MoneyMove::Declined { reason: "no funds".into(), code: "insufficient_funds".into() },
            0,
        )
        .await;
    scene.pay(order).await;
    let view = scene.comes_to(order, State::Paid).await;
    assert_eq!(happened(&view), ["placed", "payment_declined", "paid"]);
}

#[tokio::test]
async fn a_hold_that_lapsed_is_taken_again_or_the_money_goes_back() {
    let scene = scene().await;
    let (lucky, late) = (scene.placed().await, scene.placed().await);
    // The customer was with their bank while the hold lapsed, as the catalogue finds out.
    scene.bench.advance(20 * 60);
    scene.pay(lucky).await;
    scene.comes_to(lucky, State::Paid).await;

    scene.world.next("allocate", Mood::Refuse);
    scene.pay(late).await;
    let view = scene.comes_to(late, State::Cancelled).await;
    assert_eq!(view["reason"], "out-of-stock");
    assert_eq!(view["history"][1]["note"]["money"], "all_goes_back");
    assert_eq!(scene.moves(late).await, [Move::Placed, cancelled("out-of-stock")]);
    assert_eq!(scene.events(late).await[1].version, 2);
}

#[tokio::test]
async fn a_catalogue_that_is_away_delays_and_loses_nothing() {
    let scene = scene().await;
    let order = scene.placed().await;
    scene.world.next("allocate", Mood::FailAfter);
    scene.pay(order).await;
    scene.comes_to(order, State::Paid).await;
    assert_eq!(scene.moves(order).await, [Move::Placed, Move::Paid]);
}

#[tokio::test]
async fn what_nobody_pays_ends_in_time() {
    let scene = scene().await;
    let order = scene.placed().await;
    scene.bench.advance(30 * 60 - 1);
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    assert_eq!(scene.state(order).await, State::Placed);
    scene.bench.advance(1);
    let view = scene.comes_to(order, State::Cancelled).await;
    assert_eq!(view["reason"], "payment-not-completed");
    // Money that comes after the end changes nothing: payments gives it back by itself.
    scene.pay(order).await;
    scene.capture(order).await;
    scene.settled().await;
    assert_eq!(scene.moves(order).await, [Move::Placed, cancelled("payment-not-completed")]);
    assert_eq!(scene.world.effects("allocate"), 0);
}

#[tokio::test]
async fn one_order_that_cannot_be_read_does_not_keep_the_others_from_their_end() {
    let scene = scene().await;
    let mut orders = Vec::new();
    for number in 0..5 {
        let order = scene.placed().await;
        if number == 2 {
            sqlx::query("update orders.orders set contents = '{}' where id = $1")
                .bind(order.uuid())
                .execute(&mut scene.bench.connection().await)
                .await
                .unwrap();
        } else {
            orders.push(order);
        }
    }
    scene.bench.advance(30 * 60);
    for order in orders {
        scene.comes_to(order, State::Cancelled).await;
    }
}

#[tokio::test]
async fn money_at_the_last_moment_wins_or_loses_cleanly() {
    let scene = scene().await;
    let orders: Vec<OrderId> = futures::future::join_all((0..8).map(|_| scene.placed())).await;
    // The deadline passes and the money comes at the same moment.
    scene.bench.advance(30 * 60);
    for order in &orders {
        scene.pay(*order).await;
    }
    scene.settled().await;
    for order in orders {
        let end = scene
            .bench
            .eventually("an end", || async {
                let state = scene.state(order).await;
                (state != State::Placed).then_some(state)
            })
            .await;
        let expected = match end {
            State::Paid => Move::Paid,
            State::Cancelled => cancelled("payment-not-completed"),
            state => panic!("{state:?}"),
        };
        assert_eq!(scene.moves(order).await, [Move::Placed, expected]);
    }
}

#[tokio::test]
async fn too_little_money_is_not_the_money() {
    let scene = scene().await;
    let order = scene.placed().await;
    scene.money(order, MoneyMove::Authorised { amount: usd(TOTAL - 1) }, 0).await;
    let view = scene.comes_to(order, State::Cancelled).await;
    assert_eq!(view["reason"], "payment-differs");

    let order = scene.accepted().await;
    scene.money(order, MoneyMove::Captured { amount: usd(1) }, 1).await;
    scene.settled().await;
    scene.as_staff().post(&path(order, "pack"), ()).await.ok::<Value>();
    assert!(!scene.moves(order).await.contains(&Move::Captured));
}

#[tokio::test]
async fn captured_is_told_once_it_is_packed_whichever_comes_first() {
    let scene = scene().await;
    let early = scene.accepted().await;
    scene.capture(early).await;
    scene.capture(early).await;
    scene.settled().await;
    assert_eq!(scene.moves(early).await.last(), Some(&Move::Accepted));
    scene.as_staff().post(&path(early, "pack"), ()).await.ok::<Value>();
    scene.as_staff().post(&path(early, "pack"), ()).await.ok::<Value>();
    let late = scene.packed().await;
    scene.capture(late).await;
    scene.settled().await;
    for order in [early, late] {
        let events = scene.events(order).await;
        let told: Vec<_> =
            events.iter().map(|event| (event.moved.clone(), event.version)).collect();
        assert_eq!(
            told,
            [
                (Move::Placed, 1),
                (Move::Paid, 2),
                (Move::Accepted, 3),
                (Move::Packed, 4),
                (Move::Captured, 5)
            ]
        );
    }
}

#[tokio::test]
async fn a_capture_that_fails_ends_what_is_in_the_store() {
    let scene = scene().await;
    let failed = || MoneyMove::CaptureFailed { reason: "expired".into() };
    let order = scene.accepted().await;
    scene.as_staff().post(&path(order, "pack"), ()).await.ok::<Value>();
    scene.money(order, failed(), 0).await;
    let view = scene.comes_to(order, State::Cancelled).await;
    assert_eq!(view["reason"], "capture-failed");

    let gone = scene.out().await;
    scene.money(gone, failed(), 0).await;
    scene.settled().await;
    assert_eq!(scene.state(gone).await, State::OutForDelivery);
}

#[tokio::test]
async fn events_that_come_too_early_wait() {
    let scene = scene().await;
    let order = scene.placed().await;
    scene.capture(order).await;
    scene.pay(order).await;
    // Another delivery of the same: the first waits for its turn, and the second follows it.
    let mut db = scene.bench.connection().await;
    sqlx::query("update feed.message set subject = event_id::text").execute(&mut db).await.unwrap();
    scene.comes_to(order, State::Paid).await;
    scene.settled().await;
    scene.as_staff().post(&path(order, "accept"), json!({})).await.ok::<Value>();
    scene.as_staff().post(&path(order, "pack"), ()).await.ok::<Value>();
    assert_eq!(scene.moves(order).await.last(), Some(&Move::Captured));
}

#[tokio::test]
async fn a_store_that_does_not_answer_loses_the_order() {
    let scene = scene().await;
    let (answered, silent) = (scene.accepted().await, scene.paid().await);
    scene.bench.advance(10 * 60);
    let view = scene.comes_to(silent, State::Cancelled).await;
    assert_eq!(view["reason"], "store-did-not-answer");
    assert_eq!(scene.state(answered).await, State::Accepted);
    let problem =
        scene.as_staff().post(&path(silent, "accept"), json!({})).await.refused(409, "wrong-state");
    assert_eq!((&problem["state"], &problem["can"]), (&json!("cancelled"), &json!([])));
}

#[tokio::test]
async fn money_and_a_cancelling_customer_at_once() {
    let scene = Arc::new(scene().await);
    for _ in 0..5 {
        let order = scene.placed().await;
        let barrier = Arc::new(Barrier::new(2));
        let cancels = tokio::spawn({
            let (scene, barrier) = (Arc::clone(&scene), Arc::clone(&barrier));
            async move {
                barrier.wait().await;
                scene.as_customer().post(&path(order, "cancel"), json!({})).await.ok::<Value>()
            }
        });
        barrier.wait().await;
        scene.pay(order).await;
        assert_eq!(cancels.await.unwrap()["state"], "cancelled");
        scene.settled().await;
        let moves = scene.moves(order).await;
        let end = cancelled("customer-cancelled");
        assert!(
            moves == [Move::Placed, end.clone()] || moves == [Move::Placed, Move::Paid, end],
            "{moves:?}"
        );
    }
}
