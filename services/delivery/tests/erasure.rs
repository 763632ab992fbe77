use accounts_api::PersonErased;
use kernel::PersonId;
use orders_api::{Move, State};
use serde_json::{Value, json};
use testkit::Bench;

use crate::scene::{OF_AGE, STORE, person, scene};

async fn erase(bench: &Bench, person: PersonId) {
    bench.tell(&PersonErased { person }).await;
    let known = || async {
        sqlx::query("select from delivery.erased_person where person_id = $1")
            .bind(person.uuid())
            .fetch_optional(&mut bench.connection().await)
            .await
            .unwrap()
    };
    bench.eventually("it is heard", known).await;
}

/// All tables of delivery but the lists of ids, as text.
async fn kept(bench: &Bench) -> String {
    let query = "select concat_ws(' ',
        (select string_agg(t::text, ' ') from delivery.job t),
        (select string_agg(t::text, ' ') from delivery.proof t),
        (select string_agg(t::text, ' ') from delivery.door_check t),
        (select string_agg(t::text, ' ') from delivery.driver t),
        (select string_agg(t::text, ' ') from delivery.shift t),
        (select string_agg(t::text, ' ') from delivery.ping t),
        (select string_agg(t::text, ' ') from delivery.outbox t))";
    sqlx::query_scalar(query).fetch_one(&mut bench.connection().await).await.unwrap()
}

async fn await_gone(bench: &Bench, words: &[&str]) {
    let look = || async {
        let kept = kept(bench).await;
        (!words.iter().any(|word| kept.contains(word))).then_some(())
    };
    bench.eventually(&format!("{words:?} are gone"), look).await;
}

#[tokio::test]
async fn what_is_under_way_is_brought_and_then_forgotten() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    erase(&scene.bench, scene.customer.person).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let door = driver.me().await["job"]["door"].clone();
    assert_eq!(
        (&door["recipient"], &door["instructions"]),
        (&json!("Ann Lee"), &json!("Ring twice"))
    );
    assert_eq!(driver.check(job, OF_AGE).await["allowed"], true);
    driver.hand_over(job).await.ok::<Value>();
    let words = ["Ann Lee", "Ingersoll", "Ring twice", "41.6005", "93.6805"];
    await_gone(&scene.bench, &words).await;
    assert_eq!(scene.job(&order).await["state"], "handed_over");

    // What orders told is told again, and of an order that was cancelled before delivery heard of it.
    scene.tell(&order, Move::Captured, State::Packed, 9).await;
    let other = scene.order();
    scene.cancelled(&other, 3).await;
    scene.until_job(&other, "state", &json!("cancelled")).await;
    await_gone(&scene.bench, &words).await;
    let hash: i64 = sqlx::query_scalar("select count(document_hash) from delivery.door_check")
        .fetch_one(&mut scene.bench.connection().await)
        .await
        .unwrap();
    assert_eq!(hash, 0);
}

#[tokio::test]
async fn a_driver_who_is_erased_brings_what_is_in_the_bag_and_is_forgotten() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let ping =
        json!({"points": [{"at": scene.bench.now(), "place": {"lat": 41.123_45, "lon": -93.2}}]});
    driver.caller.post("/v1/delivery/pings", ping).await.ok::<Value>();
    let (order, job) = scene.at_door(&driver).await;
    erase(&scene.bench, driver.actor.person).await;
    await_gone(&scene.bench, &["41.12345"]).await;
    assert!(kept(&scene.bench).await.contains("Dana"), "the customer is told who brings it");
    driver.check(job, OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    await_gone(&scene.bench, &["Dana"]).await;
    assert_eq!(scene.job(&order).await["state"], "handed_over");

    // Neither what accounts told before nor a token that still holds brings them back.
    scene.bench.tell(&person(&driver.actor, "Dana", 7)).await;
    let place = json!({ "place": STORE });
    driver.caller.post("/v1/delivery/shift", place).await.refused(403, "not-a-driver");
    await_gone(&scene.bench, &["Dana"]).await;
}
