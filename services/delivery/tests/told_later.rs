//! What drivers tell when there is a network again, and what it all comes to.

use jiff::{SignedDuration, Timestamp};
use kernel::JobId;
use serde_json::{Value, json};
use testkit::Answer;

use crate::scene::{DOOR, Driver, OF_AGE, STORE, Scene, scene};

async fn tell(driver: &Driver, job: JobId, deed: &str, at: Timestamp) -> Answer {
    let input = match deed {
        "hand-over" => json!({ "recipient_name": "Ann Lee" }),
        "refuse" => json!({ "because": "nobody_there" }),
        _ => json!(null),
    };
    driver.act_with(job, &format!("{deed}?happened_at={at}"), input).await
}

async fn kept(scene: &Scene, job: JobId) -> Vec<(String, i64)> {
    sqlx::query_as(
        "select deed, extract(epoch from told_at - happened_at)::bigint from delivery.told_later
         where job = $1 order by happened_at",
    )
    .bind(job.uuid())
    .fetch_all(&mut scene.bench.connection().await)
    .await
    .unwrap()
}

async fn fetched(scene: &Scene, driver: &Driver) -> JobId {
    let order = scene.order();
    let job = scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(driver).await;
    let seen = driver.me().await["offer"].clone();
    assert_eq!(seen["tip"], json!({ "amount": 500, "currency": "USD" }));
    assert_eq!((&seen["pay"], &seen["earns"]), (&json!(null), &seen["tip"]), "no pay is set");
    assert_eq!(seen["store"]["time_zone"], "America/Chicago");
    driver.accept(&offer).await.ok::<Value>();
    let fetched: Value = driver.act(job, "pick-up").await.ok();
    assert_eq!(fetched["refusals"], json!(["damaged", "not_lawful", "unsafe"]));
    let there = &fetched["at_door"];
    assert_eq!(there["can"], json!(["check", "hand_over", "refuse"]), "tonic water needs no check");
    assert_eq!(fetched["store"]["time_zone"], "America/Chicago");
    job
}

#[tokio::test]
async fn a_deed_that_is_told_later_keeps_both_times_and_its_place_in_the_story() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let began = scene.bench.now();
    let job = fetched(&scene, &driver).await;
    scene.bench.advance(600);
    let at = |minutes: i64| began + SignedDuration::from_mins(minutes);
    for (wrong, field) in [(at(-1), "happened_at"), (at(12), "happened_at")] {
        let answer = tell(&driver, job, "arrive", wrong).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field, "{wrong}");
    }
    // Told again it gives the same answer.
    for _ in 0..2 {
        let arrived: Value = tell(&driver, job, "arrive", at(6)).await.ok();
        assert_eq!(arrived["refusals"].as_array().unwrap().len(), 9);
        assert_eq!(arrived["at_door"], json!(null));
        assert_eq!(arrived["state"], "arrived");
    }
    driver.check(job, OF_AGE).await;
    scene.bench.advance(300);
    tell(&driver, job, "hand-over", at(9)).await.refused(422, "invalid-input");
    let done: Value = tell(&driver, job, "hand-over", at(12)).await.ok();
    assert_eq!((&done["state"], &done["refusals"]), (&json!("handed_over"), &json!([])));
    let later = [("arrive".to_owned(), 240), ("hand_over".to_owned(), 180)];
    assert_eq!(kept(&scene, job).await, later);
    let times: (i64, i64) = sqlx::query_as(
        "select extract(epoch from arrived_at - picked_up_at)::bigint,
                extract(epoch from ended_at - arrived_at)::bigint from delivery.job where id = $1",
    )
    .bind(job.uuid())
    .fetch_one(&mut scene.bench.connection().await)
    .await
    .unwrap();
    assert_eq!(times, (360, 360));
}

#[tokio::test]
async fn what_is_brought_back_is_told_later_too_but_not_for_ever() {
    let scene = scene().await;
    let driver = scene.driver("Dana", DOOR).await;
    let began = scene.bench.now();
    let job = fetched(&scene, &driver).await;
    scene.bench.advance(5 * 3600);
    let ago = |hours: i64| scene.bench.now() - SignedDuration::from_hours(hours);
    assert!(began < ago(4));
    driver.act(job, "arrive").await.ok::<Value>();
    scene.bench.advance(5 * 3600);
    let at = scene.bench.now() - SignedDuration::from_hours(5) + SignedDuration::from_mins(1);
    tell(&driver, job, "refuse", at).await.refused(422, "invalid-input");
    let first = scene.bench.now() - SignedDuration::from_hours(3);
    tell(&driver, job, "refuse", first).await.ok::<Value>();
    tell(&driver, job, "return", first - SignedDuration::from_secs(1))
        .await
        .refused(422, "invalid-input");
    let back = first + SignedDuration::from_hours(1);
    tell(&driver, job, "return", back).await.ok::<Value>();
    let later = [("refuse".to_owned(), 3 * 3600), ("return".to_owned(), 2 * 3600)];
    assert_eq!(kept(&scene, job).await, later);
}

#[tokio::test]
async fn a_driver_s_day_is_the_shift_and_what_was_done_in_it() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    scene.bench.advance(1800);
    driver.me().await;
    let job = fetched(&scene, &driver).await;
    scene.bench.advance(600);
    driver.act(job, "arrive").await.ok::<Value>();
    driver.check(job, OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    scene.bench.advance(1200);
    let operator = scene.bench.signed("delivery", &testkit::operator());
    let path = "/v1/delivery/driver-use?from=2026-06-14&to=2026-06-15";
    let use_of = async |more: &str| -> Value { operator.get(&format!("{path}{more}")).await.ok() };
    let none = json!({ "day": "2026-06-14", "drivers": 0, "shift_minutes": 0.0, "job_minutes": 0.0,
                       "deliveries": 0 });
    let day = json!({ "day": "2026-06-15", "drivers": 1, "shift_minutes": 60.0,
                      "job_minutes": 10.0, "deliveries": 1 });
    let all = use_of("").await;
    assert_eq!(all["items"], json!([none, day]));
    assert_eq!(use_of(&format!("&driver={}", driver.actor.person)).await, all);
    let first = use_of("&limit=1").await;
    let rest = use_of(&format!("&limit=1&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!(rest["items"], json!([day]));
    let other = use_of(&format!("&driver={}", JobId::new())).await;
    assert_eq!(other["items"][1]["shift_minutes"], 0.0);
    for (query, field) in
        [("&to=2026-06-13", "from"), ("&time_zone=Mars", "time_zone"), ("&limit=0", "limit")]
    {
        let answer = operator.get(&format!("/v1/delivery/driver-use?from=2026-06-14{query}")).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
    driver.caller.get(path).await.refused(403, "forbidden");
}
