//! Placing that breaks off, at every step, before and after the step took effect.

use std::sync::Arc;

use kernel::CartId;
use orders_api::Move;
use serde_json::Value;

use crate::{Scene, order_of, scene, world::Mood};

/// Someone begins to place an order and falls silent at `step`, as a process that died would; the
/// answer comes when the test lets it go.
async fn breaks_off(
    scene: &Arc<Scene>,
    cart: CartId,
    (step, mood): (&'static str, Mood),
) -> tokio::task::JoinHandle<testkit::Answer> {
    scene.world.next(step, mood);
    let begun = tokio::spawn({
        let scene = Arc::clone(scene);
        async move { scene.place(cart, &cart.to_string()).await }
    });
    scene
        .bench
        .eventually("the step is reached", || async {
            scene.world.look(|world| world.moods[step].is_empty().then_some(()))
        })
        .await;
    begun
}

#[tokio::test]
async fn an_interrupted_order_is_placed_all_the_same() {
    for step in ["claim", "judge", "hold", "start"] {
        let scene = Arc::new(scene().await);
        for mood in [Mood::Hang, Mood::HangAfter] {
            let cart = CartId::new();
            let before = ["claim", "hold", "start"].map(|effect| scene.world.effects(effect));
            let begun = breaks_off(&scene, cart, (step, mood)).await;
            scene.place(cart, &cart.to_string()).await.refused(409, "idempotency-key-running");
            scene.place(cart, "other").await.refused(409, "cart-taken");
            scene.bench.advance(21);
            scene
                .bench
                .eventually("recovered", || async {
                    (scene.states_of(cart).await == ["placed"]).then_some(())
                })
                .await;
            let placed: Value = scene.place(cart, &cart.to_string()).await.ok();

            // The one who was thought dead comes back, and changes nothing.
            scene.world.let_go();
            assert_eq!(begun.await.unwrap().ok::<Value>(), placed);
            let after = ["claim", "hold", "start"].map(|effect| scene.world.effects(effect));
            assert_eq!(after, before.map(|count| count + 1), "{step} {mood:?}");
            assert_eq!(scene.moves(order_of(&placed)).await, [Move::Placed]);
            assert_eq!(scene.world.promised().len(), after[1] as usize);
        }
    }
}

#[tokio::test]
async fn who_comes_back_too_late_cannot_meddle() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    let begun = breaks_off(&scene, cart, ("hold", Mood::HangAfter)).await;
    scene.world.next("start", Mood::HangAfter);
    scene.bench.advance(21);
    scene
        .bench
        .eventually("taken over", || async { (scene.world.effects("start") == 1).then_some(()) })
        .await;
    // Both are at it now; the first has lost its attempt and says so.
    scene.world.let_one_go();
    begun.await.unwrap().refused(409, "idempotency-key-running");
    assert_eq!(scene.world.look(|world| world.starts.len()), 1);
    scene.world.let_go();
    scene
        .bench
        .eventually("placed", || async {
            (scene.states_of(cart).await == ["placed"]).then_some(())
        })
        .await;
    let placed: Value = scene.place(cart, &cart.to_string()).await.ok();
    let read: Value = scene.as_customer().get(&crate::path(order_of(&placed), "")).await.ok();
    assert_eq!(read, placed["order"]);
}

#[tokio::test]
async fn a_retry_takes_an_interrupted_order_over() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    let begun = breaks_off(&scene, cart, ("hold", Mood::HangAfter)).await;
    scene.bench.advance(21);
    let mut answer = scene.place(cart, &cart.to_string()).await;
    while answer.status == 409 {
        answer = scene.place(cart, &cart.to_string()).await;
    }
    let placed: Value = answer.ok();
    scene.world.let_go();
    assert_eq!(begun.await.unwrap().ok::<Value>(), placed);
    assert_eq!(scene.states_of(cart).await, ["placed"]);
}

#[tokio::test]
async fn an_interrupted_order_that_the_law_forbids_by_now_is_undone() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    let begun = breaks_off(&scene, cart, ("start", Mood::HangAfter)).await;
    scene.world.always("judge", Some(Mood::Refuse));
    scene.bench.advance(21);
    scene
        .bench
        .eventually("undone", || async {
            (scene.states_of(cart).await == ["cancelled"]).then_some(())
        })
        .await;
    scene.world.let_go();
    begun.await.unwrap().refused(409, "unlawful");
    scene.place(cart, &cart.to_string()).await.refused(409, "unlawful");
    assert_eq!(scene.world.promised(), []);
    scene.world.look(|world| assert!(world.claims.is_empty()));
    // Its payment had been started.
    let order = scene.world.look(|world| *world.payments.keys().next().unwrap());
    assert_eq!(scene.moves(order).await, [Move::Cancelled { reason: "unlawful".into() }]);
}

#[tokio::test]
async fn what_cannot_be_finished_for_minutes_is_given_up() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    let begun = breaks_off(&scene, cart, ("hold", Mood::HangAfter)).await;
    scene.world.always("hold", Some(Mood::Fail));
    scene.bench.advance(21);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(scene.states_of(cart).await, ["placing"], "it may still go well");
    scene.bench.advance(120);
    scene
        .bench
        .eventually("given up", || async {
            (scene.states_of(cart).await == ["cancelled"]).then_some(())
        })
        .await;
    assert_eq!(scene.world.promised(), []);
    scene.world.look(|world| assert!(world.claims.is_empty()));
    scene.world.let_go();
    begun.await.unwrap().refused(503, "unavailable");
    scene.world.always("hold", None);
    scene.place(cart, &cart.to_string()).await.ok::<Value>();
}

#[tokio::test]
async fn undoing_that_fails_is_done_later() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    scene.world.next("hold", Mood::Refuse);
    scene.world.always("unclaim", Some(Mood::Fail));
    scene.place(cart, &cart.to_string()).await.refused(409, "out-of-stock");
    assert_eq!(scene.states_of(cart).await, ["placing"]);
    scene.world.look(|world| assert!(world.claims.contains_key(&cart)));
    scene.world.always("unclaim", None);
    scene
        .bench
        .eventually("undone", || async {
            (scene.states_of(cart).await == ["cancelled"]).then_some(())
        })
        .await;
    scene.world.look(|world| assert!(world.claims.is_empty()));
    scene.place(cart, &cart.to_string()).await.refused(409, "out-of-stock");
    scene.place(cart, "k2").await.ok::<Value>();
}

#[tokio::test]
async fn what_was_answered_stays_the_answer_although_another_try_finished_the_undoing() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    scene.world.next("hold", Mood::Refuse);
    scene.world.always("unclaim", Some(Mood::Fail));
    let first = scene.place(cart, "k1").await.refused(409, "out-of-stock");
    // Nobody but the second try comes to undo it.
    scene.world.always("unclaim", None);
    let mut answer = scene.place(cart, "k2").await;
    while answer.status != 201 {
        answer = scene.place(cart, "k2").await;
    }
    assert_eq!(scene.place(cart, "k1").await.refused(409, "out-of-stock"), first);
}

#[tokio::test]
async fn a_claim_that_came_too_late_is_given_back() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    scene.world.next("start", Mood::Refuse);
    scene.place(cart, "k1").await.refused(422, "provider-refused");
    // The claim of the cancelled order is made only now.
    let dead: uuid::Uuid = sqlx::query_scalar("select id from orders.orders where cart_id = $1")
        .bind(cart.uuid())
        .fetch_one(&mut scene.bench.connection().await)
        .await
        .unwrap();
    scene.world.inner.lock().unwrap().claims.insert(cart, dead.into());
    scene.place(cart, "k2").await.ok::<Value>();
}

/// Whoever names a stranger's cart is not in its customer's way, however their attempt ends.
#[tokio::test]
async fn a_strangers_attempt_does_not_hold_a_cart_up() {
    let scene = Arc::new(scene().await);
    let cart = CartId::new();
    scene.world.always("claim", Some(Mood::Fail));
    scene.world.always("unclaim", Some(Mood::Fail));
    let stranger = scene.bench.signed("orders", &testkit::customer());
    crate::place(&stranger, cart, "k1").await.refused(503, "unavailable");
    assert_eq!(scene.states_of(cart).await, ["placing"]);
    scene.world.always("claim", None);
    scene.place(cart, "k1").await.ok::<Value>();
    scene.world.always("unclaim", None);
}
