//! What is wanted at a certain time: nobody is sought long before, and nothing leaves before.

use delivery_api::Slot;
use jiff::{SignedDuration, Timestamp};
use kernel::{JobId, StoreId};
use orders_api::OrderFacts;
use serde_json::{Value, json};

use crate::scene::{STORE, Scene, scene, scene_with};

/// Wanted in so many minutes, within an hour.
fn wanted(scene: &Scene, minutes: i64) -> OrderFacts {
    let from = scene.bench.now() + SignedDuration::from_mins(minutes);
    let slot = Slot { from, until: from + SignedDuration::from_hours(1) };
    OrderFacts { slot: Some(slot), ..scene.order() }
}

fn when(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_driver_is_sought_shortly_before_and_leaves_when_it_begins() {
    let scene = scene_with("silent_minutes = 600").await;
    let driver = scene.driver("Dana", STORE).await;
    let evening = wanted(&scene, 300);
    let slot = evening.slot.unwrap();
    let job = scene.accepted(&evening).await;
    scene.ready(&evening).await;
    // Others come first, however long it has been known.
    let now = scene.order();
    let other = scene.accepted(&now).await;
    scene.ready(&now).await;
    let offer = scene.offered(&driver).await;
    driver.accept(&offer).await.ok::<Value>();
    driver.act(other, "pick-up").await.ok::<Value>();
    let customer = scene.bench.signed("delivery", &scene.customer);
    let seen: Value = customer.get(&format!("/v1/delivery/orders/{}", evening.order)).await.ok();
    assert_eq!(seen["state"], "waiting", "nobody was asked for it");
    let (earliest, latest) = (when(&seen["eta"]["earliest"]), when(&seen["eta"]["latest"]));
    assert!(slot.from < earliest && latest < slot.until, "{seen:#}");

    let dora = scene.driver("Dora", STORE).await;
    assert_eq!(dora.me().await["offer"], json!(null));
    let search = (slot.from - SignedDuration::from_mins(20)).duration_since(scene.bench.now());
    scene.bench.advance(search.as_secs());
    dora.me().await;
    let offer = scene.offered(&dora).await;
    dora.accept(&offer).await.ok::<Value>();
    let mine = dora.me().await["job"].clone();
    assert_eq!((when(&mine["leaves_from"]), &mine["slot"]), (slot.from, &json!(slot)));
    assert_eq!((&mine["ready"], &mine["can"]), (&json!(true), &json!([])));
    let refused = dora.act(job, "pick-up").await.refused(409, "too-early");
    assert_eq!(when(&refused["from"]), slot.from);
    let until = slot.from.duration_since(scene.bench.now()).as_secs();
    scene.bench.advance(until);
    assert_eq!(dora.me().await["job"]["can"], json!(["pick_up"]));
    dora.act(job, "pick-up").await.ok::<Value>();
    let eta = when(&scene.job(&evening).await["eta"]);
    assert!(slot.from < eta && eta < slot.until);
}

#[tokio::test]
async fn what_is_wanted_later_is_late_only_then() {
    let scene = scene().await;
    let evening = wanted(&scene, 120);
    scene.accepted(&evening).await;
    let operator = scene.bench.signed("delivery", &testkit::operator());
    let late = async || -> usize {
        let list: Value = operator.get("/v1/delivery/jobs?late=true").await.ok();
        list["items"].as_array().unwrap().len()
    };
    scene.bench.advance(140 * 60);
    assert_eq!(late().await, 0);
    scene.bench.advance(11 * 60);
    assert_eq!(late().await, 1, "half an hour after it should have left");
}

#[tokio::test]
async fn the_latest_comes_first_of_what_is_late() {
    let scene = scene().await;
    let operator = scene.bench.signed("delivery", &testkit::operator());
    let mut accepted = Vec::new();
    for minutes in [120, 30, 60] {
        let order = wanted(&scene, minutes);
        accepted.push((minutes, scene.accepted(&order).await));
    }
    let late = async |query: &str| -> Value {
        operator.get(&format!("/v1/delivery/jobs?late=true&{query}")).await.ok()
    };
    let jobs = |page: &Value| -> Vec<JobId> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|job| job["job"].as_str().unwrap().parse().unwrap()).collect()
    };
    scene.bench.advance(8 * 3600);
    let first = late("limit=2").await;
    let next = first["next"].as_str().unwrap();
    let read = [jobs(&first), jobs(&late(&format!("limit=2&after={next}")).await)].concat();
    accepted.sort_by_key(|(minutes, _)| *minutes);
    let expected: Vec<JobId> = accepted.into_iter().map(|(_, job)| job).collect();
    assert_eq!(read, expected);
    assert_eq!(jobs(&late(&format!("store={}", scene.store)).await), expected);
    assert_eq!(jobs(&late(&format!("store={}", StoreId::new())).await), []);
    let forged = wire::Cursor::write(&("-009999-01-02T00:00:00Z", expected[0]));
    let answer = operator.get(&format!("/v1/delivery/jobs?late=true&after={forged}")).await;
    answer.refused(422, "invalid-input");
}

/// Processes of the release before go on for a while beside those of this one.
#[tokio::test]
async fn whose_search_is_not_said_to_begin_is_searched_for_since_it_was_made() {
    let scene = scene().await;
    let order = scene.order();
    scene.accepted(&order).await;
    sqlx::query("update delivery.job set search_from = null")
        .execute(&mut scene.bench.connection().await)
        .await
        .unwrap();
    let driver = scene.driver("Dana", STORE).await;
    scene.offered(&driver).await;
}
