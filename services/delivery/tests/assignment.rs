use std::sync::Arc;

use delivery_api::JobMove;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::scene::{Driver, STORE, Scene, north, person, scene};

#[tokio::test]
async fn an_unanswered_offer_moves_to_another_driver() {
    let scene = scene().await;
    let (near, far) = (scene.driver("Near", STORE).await, scene.driver("Far", north(0.05)).await);
    let order = scene.order();
    scene.accepted(&order).await;
    let first = scene.offered(&near).await;
    assert_eq!(far.me().await["offer"], json!(null));
    scene.bench.advance(31);
    near.accept(&first).await.refused(409, "offer-over");
    let second = scene.offered(&far).await;
    near.accept(&first).await.refused(409, "offer-over");
    near.decline(&first).await.refused(409, "offer-over");
    far.accept(&second).await.ok::<Value>();
    assert_eq!(scene.job(&order).await["driver_name"], "Far");
}

#[tokio::test]
async fn nobody_is_offered_what_they_ordered_themselves() {
    let mut scene = scene().await;
    let own = scene.driver("Own", STORE).await;
    scene.customer = own.actor.clone();
    let order = scene.order();
    scene.accepted(&order).await;
    for _ in 0..3 {
        scene.bench.advance(600);
        own.me().await;
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        assert_eq!(own.me().await["offer"], json!(null));
    }
    let other = scene.driver("Other", north(0.05)).await;
    let offer = scene.offered(&other).await;
    assert_eq!(own.me().await["offer"], json!(null));
    own.accept(&offer).await.refused(404, "not-found");
    other.accept(&offer).await.ok::<Value>();
}

#[tokio::test]
async fn who_declined_is_not_asked_again_while_others_exist() {
    let scene = scene().await;
    let (near, far) = (scene.driver("Near", STORE).await, scene.driver("Far", north(0.05)).await);
    scene.accepted(&scene.order()).await;
    let first = scene.offered(&near).await;
    for _ in 0..2 {
        near.decline(&first).await.ok::<Value>();
    }
    near.accept(&first).await.refused(409, "offer-over");
    for _ in 0..3 {
        scene.offered(&far).await;
        assert_eq!(near.me().await["offer"], json!(null));
        scene.bench.advance(31);
    }
}

#[tokio::test]
async fn a_driver_has_one_offer_and_a_job_asks_one_driver() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let orders = [scene.order(), scene.order()];
    for order in &orders {
        scene.accepted(order).await;
    }
    scene.offered(&driver).await;
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    let mut states = Vec::new();
    for order in &orders {
        states.push(scene.job(order).await["state"].as_str().unwrap().to_owned());
    }
    states.sort();
    assert_eq!(states, ["offered", "waiting"]);

    let mut connection = scene.bench.connection().await;
    for (what, constraint) in [
        ("gen_random_uuid(), job, driver", "offer_open_of_job"),
        (
            "gen_random_uuid(), (select id from delivery.job where state = 'waiting'), driver",
            "offer_open_of_driver",
        ),
    ] {
        let query = format!(
            "insert into delivery.offer (id, job, driver, offered_at, expires_at, state)
             select {what}, offered_at, expires_at, 'open' from delivery.offer"
        );
        let error = sqlx::query(sqlx::AssertSqlSafe(query)).execute(&mut connection).await;
        assert_eq!(store::violated(&error.unwrap_err()), Some(constraint));
    }
}

/// The same commands over real connections at the same instant.
async fn at_once(drivers: [&Driver; 2], offers: [&str; 2]) -> Vec<u16> {
    let barrier = Arc::new(Barrier::new(2));
    let race = |driver: &Driver, offer: &str| {
        let (caller, barrier) = (driver.caller.clone(), Arc::clone(&barrier));
        let path = format!("/v1/delivery/offers/{offer}/accept");
        tokio::spawn(async move {
            barrier.wait().await;
            caller.post(&path, ()).await.status.as_u16()
        })
    };
    let races = [race(drivers[0], offers[0]), race(drivers[1], offers[1])];
    let mut statuses = Vec::new();
    for race in races {
        statuses.push(race.await.unwrap());
    }
    statuses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_drivers_at_once_one_gets_it() {
    let scene = scene().await;
    let near = scene.driver("Near", STORE).await;
    let order = scene.order();
    scene.accepted(&order).await;
    let first = scene.offered(&near).await;
    let far = scene.driver("Far", north(0.05)).await;
    scene.bench.advance(31);
    let second = scene.offered(&far).await;
    // As if the first driver's command had been under way when the time was up.
    let statuses = at_once([&near, &far], [&first, &second]).await;
    assert_eq!(statuses, [409, 200]);
    assert_eq!(scene.told(&order).await, [JobMove::Assigned]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_driver_who_taps_twice_accepts_once() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    scene.accepted(&order).await;
    let offer = scene.offered(&driver).await;
    let statuses = at_once([&driver, &driver], [&offer, &offer]).await;
    assert_eq!(statuses, [200, 200]);
    assert_eq!(scene.told(&order).await, [JobMove::Assigned]);
}

async fn assigned(scene: &Scene, driver: &Driver) -> (orders_api::OrderFacts, kernel::JobId) {
    let order = scene.order();
    let job = scene.accepted(&order).await;
    let offer = scene.offered(driver).await;
    driver.accept(&offer).await.ok::<Value>();
    (order, job)
}

#[tokio::test]
async fn whoever_is_nearly_done_is_asked_for_the_next() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (first, job) = assigned(&scene, &driver).await;
    scene.ready(&first).await;
    let second = scene.order();
    let next = scene.accepted(&second).await;
    scene.ready(&second).await;
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    assert_eq!(driver.me().await["offer"], json!(null), "one to fetch is enough");
    driver.act(job, "pick-up").await.ok::<Value>();
    driver.act(job, "arrive").await.ok::<Value>();
    let offer = scene.offered(&driver).await;
    assert_eq!(driver.me().await["step"], "at_door", "what is at hand comes first");
    driver.accept(&offer).await.ok::<Value>();
    let me = driver.me().await;
    assert_eq!((&me["job"]["job"], &me["next"]["job"]), (&json!(job), &json!(next)));
    assert_eq!(me["next"]["can"], json!([]));
    driver.act(next, "pick-up").await.refused(409, "carrying-another");
    driver.check(job, crate::scene::OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    driver.act(next, "pick-up").await.ok::<Value>();
}

#[tokio::test]
async fn nobody_is_sent_across_the_state() {
    let scene = scene().await;
    let far = scene.driver("Far", north(0.5)).await;
    scene.accepted(&scene.order()).await;
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    assert_eq!(far.me().await["offer"], json!(null));
}

#[tokio::test]
async fn cancelled_while_offered_or_assigned() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let order = scene.order();
    scene.accepted(&order).await;
    let offer = scene.offered(&driver).await;
    scene.cancelled(&order, 4).await;
    scene.until_job(&order, "state", &json!("cancelled")).await;
    assert_eq!(driver.me().await["offer"], json!(null));
    driver.accept(&offer).await.refused(409, "offer-over");

    let (order, job) = assigned(&scene, &driver).await;
    scene.cancelled(&order, 4).await;
    scene.until_job(&order, "state", &json!("cancelled")).await;
    let me = driver.me().await;
    assert_eq!((&me["job"], &me["step"]), (&json!(null), &json!("wait_for_offer")));
    driver.act(job, "pick-up").await.refused(409, "wrong-state");
    scene.accepted(&scene.order()).await;
    scene.offered(&driver).await;
}

#[tokio::test]
async fn the_end_of_a_shift_gives_back_what_is_not_fetched() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = assigned(&scene, &driver).await;
    let other = scene.driver("Other", north(0.05)).await;
    driver.caller.delete("/v1/delivery/shift").await.ok::<Value>();
    driver.act(job, "pick-up").await.refused(404, "not-found");
    let offer = scene.offered(&other).await;
    other.accept(&offer).await.ok::<Value>();
    let told = scene.told(&order).await;
    assert_eq!(told, [JobMove::Assigned, JobMove::Unassigned, JobMove::Assigned]);
}

#[tokio::test]
async fn a_driver_who_vanishes_keeps_no_order_waiting() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = assigned(&scene, &driver).await;
    let other = scene.driver("Other", north(0.05)).await;
    scene.bench.advance(14 * 60);
    assert_eq!(other.me().await["offer"], json!(null), "it may only be a tunnel");
    driver.me().await;
    scene.bench.advance(14 * 60);
    other.me().await;
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    assert_eq!(scene.job(&order).await["driver_name"], "Dana", "she was heard of meanwhile");

    scene.bench.advance(2 * 60);
    let offer = scene.offered(&other).await;
    driver.act(job, "pick-up").await.refused(404, "not-found");
    scene.bench.advance(31);
    let again = scene.offered(&other).await;
    assert_ne!(again, offer, "nobody else is asked, however near");
    other.accept(&again).await.ok::<Value>();
    let told = scene.told(&order).await;
    assert_eq!(told, [JobMove::Assigned, JobMove::Unassigned, JobMove::Assigned]);
}

#[tokio::test]
async fn whoever_no_longer_drives_gives_back_what_is_not_fetched() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, _) = assigned(&scene, &driver).await;
    let other = scene.driver("Other", north(0.05)).await;
    let mut gone = person(&driver.actor, "Dana", 2);
    gone.roles.clear();
    scene.bench.tell(&gone).await;
    let offer = scene.offered(&other).await;
    other.accept(&offer).await.ok::<Value>();
    assert_eq!(scene.job(&order).await["driver_name"], "Other");
    assert_eq!(driver.me().await["step"], "begin_shift");
}
