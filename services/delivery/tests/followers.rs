use delivery_api::JobMove;
use orders_api::{Move, State};
use serde_json::{Value, json};

use crate::scene::{STORE, person, scene};

#[tokio::test]
async fn an_event_that_comes_late_begins_nothing_again() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    scene.cancelled(&order, 4).await;
    scene.until_job(&order, "state", &json!("cancelled")).await;
    scene.tell(&order, Move::Accepted, State::Accepted, 3).await;
    let last = scene.order();
    scene.accepted(&last).await;
    assert_eq!(scene.job(&order).await["state"], "cancelled");
    let offer = scene.offered(&driver).await;
    driver.accept(&offer).await.ok::<Value>();
    assert_eq!(scene.job(&last).await["state"], "assigned");
}

#[tokio::test]
async fn capture_and_packing_may_come_in_either_order_and_twice() {
    let scene = scene().await;
    let order = scene.order();
    scene.tell(&order, Move::Captured, State::Packed, 5).await;
    scene.until_job(&order, "ready", &json!(true)).await;
    for _ in 0..2 {
        scene.tell(&order, Move::Packed, State::Packed, 4).await;
        scene.tell(&order, Move::Accepted, State::Accepted, 3).await;
        scene.tell(&order, Move::Paid, State::Paid, 2).await;
    }
    let last = scene.order();
    scene.accepted(&last).await;
    let job = scene.job(&order).await;
    assert_eq!((&job["ready"], &job["state"]), (&json!(true), &json!("waiting")));
    assert_eq!(scene.job(&last).await["ready"], false);
}

#[tokio::test]
async fn an_order_that_nobody_accepted_has_no_job() {
    let scene = scene().await;
    let order = scene.order();
    scene.tell(&order, Move::Placed, State::Placed, 1).await;
    scene.tell(&order, Move::Paid, State::Paid, 2).await;
    scene.accepted(&scene.order()).await;
    assert_eq!(scene.job(&order).await, json!(null));
}

#[tokio::test]
async fn cancelled_on_the_road_it_comes_back() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    scene.cancelled(&order, 7).await;
    scene.until_job(&order, "state", &json!("returning")).await;
    driver.hand_over(job).await.refused(409, "wrong-state");
    driver.act(job, "return").await.ok::<Value>();
    assert_eq!(scene.told(&order).await.last(), Some(&JobMove::Returned));
}

#[tokio::test]
async fn an_older_name_does_not_undo_a_newer_one() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let name = |expected: &'static str| {
        let driver = &driver;
        scene.bench.eventually("a name", move || async move {
            (driver.me().await["given_name"] == expected).then_some(())
        })
    };
    name("Dana").await;
    scene.bench.tell(&person(&driver.actor, "Diana", 3)).await;
    name("Diana").await;
    scene.bench.tell(&person(&driver.actor, "Danny", 2)).await;
    let mut gone = person(&driver.actor, "Diana", 4);
    gone.roles.clear();
    scene.bench.tell(&gone).await;
    let begin = || driver.caller.post("/v1/delivery/shift", json!({ "place": STORE }));
    scene
        .bench
        .eventually("the role is gone", || async {
            (begin().await.status.as_u16() == 403).then_some(())
        })
        .await;
    begin().await.refused(403, "not-a-driver");
    assert_eq!(driver.me().await["step"], "begin_shift");
    let name: String = sqlx::query_scalar("select given_name from delivery.driver where id = $1")
        .bind(driver.actor.person.uuid())
        .fetch_one(&mut scene.bench.connection().await)
        .await
        .unwrap();
    assert_eq!(name, "Diana");
}
