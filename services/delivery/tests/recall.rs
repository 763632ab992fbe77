//! Who decides whether an order has left the store.

use delivery_api::JobMove;
use kernel::{OrderId, PersonId};
use serde_json::{Value, json};
use testkit::Answer;

use crate::scene::{STORE, Scene, scene};

async fn recall(scene: &Scene, order: OrderId) -> Answer {
    let path = format!("/internal/delivery/orders/{order}/recall");
    let input = json!({ "by": PersonId::new(), "reason": "fire in the store" });
    scene.bench.house("delivery").post(&path, input).await
}

fn stopped() -> JobMove {
    JobMove::Stopped { reason: "fire in the store".into() }
}

#[tokio::test]
async fn a_recalled_order_is_never_taken_out() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    recall(&scene, order.order).await.refused(404, "no-such-job");
    let job = scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(&driver).await;
    driver.accept(&offer).await.ok::<Value>();
    for _ in 0..2 {
        recall(&scene, order.order).await.ok::<Value>();
    }
    driver.act(job, "pick-up").await.refused(409, "wrong-state");
    assert_eq!(driver.me().await["step"], "wait_for_offer");
    assert_eq!(scene.told(&order).await, [JobMove::Assigned, stopped()]);
    // Orders tells of it in turn.
    scene.cancelled(&order, 6).await;
    let last = scene.order();
    scene.accepted(&last).await;
    assert_eq!(scene.job(&order).await["state"], "cancelled");
}

#[tokio::test]
async fn what_is_offered_to_a_driver_is_recalled_too() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(&driver).await;
    recall(&scene, order.order).await.ok::<Value>();
    driver.accept(&offer).await.refused(409, "offer-over");
}

#[tokio::test]
async fn what_has_left_is_not_recalled() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, _) = scene.at_door(&driver).await;
    recall(&scene, order.order).await.refused(409, "has-left");
    assert_eq!(scene.job(&order).await["state"], "arrived");
    scene
        .bench
        .anyone("delivery")
        .post(&format!("/internal/delivery/orders/{}/recall", order.order), json!({}))
        .await
        .refused(401, "unauthenticated");
}

/// The driver's hand is on the bag while somebody wants the order ended: one of them wins, and both
/// know who.
#[tokio::test]
async fn recall_and_pick_up_at_once() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    for _ in 0..6 {
        let order = scene.order();
        let job = scene.accepted(&order).await;
        scene.ready(&order).await;
        let offer = scene.offered(&driver).await;
        driver.accept(&offer).await.ok::<Value>();
        let (picked, recalled) =
            tokio::join!(driver.act(job, "pick-up"), recall(&scene, order.order));
        let last = scene.told(&order).await.pop();
        if picked.status.is_success() {
            recalled.refused(409, "has-left");
            assert_eq!(last, Some(JobMove::PickedUp));
            let back = json!({ "because": "unsafe" });
            driver.act_with(job, "refuse", back).await.ok::<Value>();
            driver.act(job, "return").await.ok::<Value>();
        } else {
            picked.refused(409, "wrong-state");
            recalled.ok::<Value>();
            assert_eq!(last, Some(stopped()));
        }
    }
}
