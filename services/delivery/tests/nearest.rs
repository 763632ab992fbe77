//! Whom rounds of offers look at in a house with more drivers on shift than they can look at.

use serde_json::{Value, json};
use testkit::OwnRedis;

use crate::scene::{Driver, Scene, north, scene_by};

/// So many who are on shift a day's journey away, before everybody else in the order of their numbers:
/// more than a round looks at. The first of them is in reach of the store.
async fn crowd(scene: &Scene) {
    sqlx::query(
        "with crowd as (
             insert into delivery.driver (id, given_name, active, version)
             select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Far', true, 1
             from generate_series(1, 600) as n returning id)
         insert into delivery.shift (id, driver, began_at, lat, lon, last_ping_at, seen_at)
         select id, id, now_, $2, $3, now_, now_ from crowd, (select $1::timestamptz as now_) as moment",
    )
    .bind(store::instant(scene.bench.now()))
    .bind(north(5.0).lat)
    .bind(north(5.0).lon)
    .execute(&mut scene.bench.connection().await)
    .await
    .unwrap();
    sqlx::query("update delivery.shift set lat = $1 where driver::text like '%0000000001'")
        .bind(north(0.15).lat)
        .execute(&mut scene.bench.connection().await)
        .await
        .unwrap();
}

/// Who is asked for a new order, by name.
async fn asked(scene: &Scene) -> String {
    let order = scene.order();
    scene.accepted(&order).await;
    let look = || async {
        let mut connection = scene.bench.connection().await;
        sqlx::query_scalar::<_, String>(
            "select given_name from delivery.offer join delivery.job on job.id = offer.job
             join delivery.driver on driver.id = offer.driver
             where order_id = $1 and offer.state = 'open'",
        )
        .bind(order.order.uuid())
        .fetch_optional(&mut connection)
        .await
        .unwrap()
    };
    let name = scene.bench.eventually("somebody is asked", look).await;
    scene.cancelled(&order, 9).await;
    scene.until_job(&order, "state", &json!("cancelled")).await;
    name
}

async fn ping(scene: &Scene, driver: &Driver, place: kernel::Place) {
    scene.bench.advance(5);
    let points = json!({ "points": [{ "at": scene.bench.now(), "place": place }] });
    driver.caller.post("/v1/delivery/pings", points).await.ok::<Value>();
}

#[tokio::test]
async fn among_very_many_those_who_are_near_are_looked_at_first() {
    let Some(mut own) = OwnRedis::start().await else { return };
    let scene = scene_by("", |bench| bench.redis(&own.url())).await;
    crowd(&scene).await;
    let near = scene.driver("Near", north(0.01)).await;
    assert_eq!(asked(&scene).await, "Near");
    // Nobody is known any more: it goes on with whom the table names first.
    own.flush().await;
    assert_eq!(asked(&scene).await, "Far");
    ping(&scene, &near, north(0.02)).await;
    assert_eq!(asked(&scene).await, "Near");
    own.kill();
    assert_eq!(asked(&scene).await, "Far");
    own.restart().await;
    let known = || async {
        ping(&scene, &near, north(0.02)).await;
        (asked(&scene).await == "Near").then_some(())
    };
    scene.bench.eventually("it is known again", known).await;
    // What Redis says is a hint: whoever has gone home is asked for nothing.
    near.caller.delete("/v1/delivery/shift").await;
    assert_eq!(asked(&scene).await, "Far");
}

/// In a house of the usual size it is the same whatever Redis knows.
#[tokio::test]
async fn among_few_nobody_is_left_out_for_being_unknown_to_redis() {
    let Some(own) = OwnRedis::start().await else { return };
    let scene = scene_by("", |bench| bench.redis(&own.url())).await;
    let near = scene.driver("Near", north(0.01)).await;
    own.flush().await;
    let far = scene.driver("Far", north(0.1)).await;
    assert_eq!(asked(&scene).await, "Near");
    near.caller.delete("/v1/delivery/shift").await;
    assert_eq!(asked(&scene).await, "Far");
    drop(far);
}
