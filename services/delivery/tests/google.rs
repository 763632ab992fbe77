//! Rides by Google's router: used for what is under way, done without where it does not answer, and
//! kept nowhere.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use delivery_api::{Estimate, JobMove, JobMoved};
use jiff::{SignedDuration, Timestamp};
use kernel::{JobId, Place};
use orders_api::OrderFacts;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection};
use testkit::{
    GoogleRoutes,
    google_routes::{Answers, Asked},
};

use crate::scene::{DOOR, Driver, OF_AGE, STORE, Scene, north, scene, scene_with};

async fn with_google() -> (GoogleRoutes, Scene) {
    let google = GoogleRoutes::start().await;
    let scene = scene_with(&google.settings()).await;
    (google, scene)
}

/// A ready order that this driver has accepted.
async fn accepted(scene: &Scene, driver: &Driver) -> (OrderFacts, JobId) {
    let order = scene.order();
    let job = scene.accepted(&order).await;
    scene.ready(&order).await;
    let offer = scene.offered(driver).await;
    driver.accept(&offer).await.ok::<Value>();
    (order, job)
}

/// What is in the bag is handed over, and the shift is over.
async fn finished(driver: &Driver, job: JobId) {
    driver.act(job, "arrive").await.ok::<Value>();
    driver.check(job, OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    driver.caller.delete("/v1/delivery/shift").await.ok::<Value>();
}

/// When the order's customer is told to expect it, and whether that is rough.
async fn expected(scene: &Scene, order: &OrderFacts) -> (Timestamp, bool) {
    let customer = scene.bench.signed("delivery", &scene.customer);
    let seen: Value = customer.get(&format!("/v1/delivery/orders/{}", order.order)).await.ok();
    let earliest = seen["eta"]["earliest"].as_str().unwrap().parse().unwrap();
    (earliest, seen["eta"]["rough"].as_bool().unwrap())
}

async fn ping(scene: &Scene, driver: &Driver, place: Place) {
    let points = json!({ "points": [{ "at": scene.bench.now(), "place": place }] });
    driver.caller.post("/v1/delivery/pings", points).await.ok::<Value>();
}

/// A ping that is time to ask, and what has come of it: no driver waits for it.
async fn ping_that_asks(scene: &Scene, driver: &Driver, order: &OrderFacts, place: Place) {
    let before = expected(scene, order).await;
    ping(scene, driver, place).await;
    let news = || async { (expected(scene, order).await != before).then_some(()) };
    scene.bench.eventually("another expectation", news).await;
}

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// The built-in estimate of a way from the store.
async fn built_in(scene: &Scene, to: Place) -> Estimate {
    let trip = json!({ "from": STORE, "to": to });
    scene.bench.house("delivery").post("/internal/delivery/estimate", trip).await.ok()
}

#[tokio::test]
async fn the_time_at_the_door_is_googles_and_is_not_rough() {
    let (google, scene) = with_google().await;
    let driver = scene.driver("Dana", north(0.05)).await;
    let (order, job) = accepted(&scene, &driver).await;
    let at_store = scene.bench.now() + seconds(google.seconds(north(0.05), STORE));
    let at_door = at_store + seconds(google.seconds(STORE, DOOR));
    assert_eq!(expected(&scene, &order).await, (at_door, false));
    let me = driver.me().await;
    assert_eq!((&me["job"]["eta_rough"], &me["job"]["eta"]), (&json!(false), &json!(at_door)));
    let plain = Asked::Route { fields: "routes.duration,routes.distanceMeters".into() };
    assert_eq!(google.asked(), vec![plain; 2], "one driver and one job leave nothing to choose");

    driver.act(job, "pick-up").await.ok::<Value>();
    let left = scene.bench.now();
    let at_door = left + seconds(google.seconds(STORE, DOOR));
    assert_eq!(expected(&scene, &order).await, (at_door, false));
    scene.bench.advance(60);
    ping(&scene, &driver, north(0.001)).await;
    assert_eq!(expected(&scene, &order).await, (at_door, false), "a minute old is good enough");
    assert_eq!(google.asked().len(), 3);
    scene.bench.advance(60);
    ping_that_asks(&scene, &driver, &order, north(0.002)).await;
    let at_door = scene.bench.now() + seconds(google.seconds(north(0.002), DOOR));
    assert_eq!(expected(&scene, &order).await, (at_door, false));
    assert_eq!(google.asked().len(), 4);
    google.answers(Answers::NotNow);
    scene.bench.advance(120);
    ping_that_asks(&scene, &driver, &order, north(0.003)).await;
    assert!(expected(&scene, &order).await.1, "what was Google's is too old");
}

#[tokio::test]
async fn prices_and_promises_are_never_googles() {
    let (google, scene) = with_google().await;
    let estimate = built_in(&scene, DOOR).await;
    let without = built_in(&crate::scene::scene().await, DOOR).await;
    assert_eq!(estimate, without);
    assert!(estimate.rough && google.asked().is_empty());
}

#[tokio::test]
async fn without_an_answer_the_built_in_estimate_holds() {
    let (google, scene) = with_google().await;
    let trip = built_in(&scene, DOOR).await;
    for answers in [Answers::NotNow, Answers::NoWay, Answers::Gibberish, Answers::Slowly(4_000)] {
        google.answers(answers);
        let driver = scene.driver("Dana", STORE).await;
        let (order, job) = accepted(&scene, &driver).await;
        driver.act(job, "pick-up").await.ok::<Value>();
        let rough = (scene.bench.now() + seconds(trip.seconds.into()), true);
        assert_eq!(expected(&scene, &order).await, rough, "{answers:?}");
        assert_eq!(driver.me().await["job"]["eta_rough"], true, "{answers:?}");
        finished(&driver, job).await;
        scene.bench.advance(60);
    }
}

#[tokio::test]
async fn no_ping_waits_for_an_answer() {
    let google = GoogleRoutes::start().await;
    let scene = scene_with(&format!("{}timeout_ms = 10000\n", google.settings())).await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = accepted(&scene, &driver).await;
    driver.act(job, "pick-up").await.ok::<Value>();
    let told = expected(&scene, &order).await;
    google.answers(Answers::Slowly(9_000));
    scene.bench.advance(120);
    ping(&scene, &driver, north(0.001)).await;
    let asked = || async { (google.asked().len() == 4).then_some(()) };
    scene.bench.eventually("a question", asked).await;
    assert_eq!(expected(&scene, &order).await, told, "what was said before, until it is answered");
}

#[tokio::test]
async fn who_does_not_answer_is_left_alone() {
    let (google, scene) = with_google().await;
    google.answers(Answers::NotNow);
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = accepted(&scene, &driver).await;
    driver.act(job, "pick-up").await.ok::<Value>();
    for _ in 0..5 {
        scene.bench.advance(120);
        ping_that_asks(&scene, &driver, &order, north(0.001)).await;
    }
    let asked = google.asked().len();
    assert_eq!(asked, 8, "two ways of the offer, one of the pick-up, five afterwards");
    scene.bench.advance(5);
    let looks = format!("/v1/delivery/orders/{}/route", order.order);
    for _ in 0..3 {
        driver.caller.get(&looks).await.ok::<Value>();
    }
    assert_eq!(google.asked().len(), asked, "ten seconds long");
}

#[tokio::test]
async fn no_minute_has_more_ways_than_were_set() {
    let google = GoogleRoutes::start().await;
    let scene = scene_with(&format!("{}ways_per_minute = 1\n", google.settings())).await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = accepted(&scene, &driver).await;
    assert!(expected(&scene, &order).await.1, "a part of it is rough, so all of it is");
    driver.act(job, "pick-up").await.ok::<Value>();
    assert_eq!(google.asked().len(), 1);
    scene.bench.advance(120);
    ping_that_asks(&scene, &driver, &order, north(0.001)).await;
    assert!(!expected(&scene, &order).await.1);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_key_that_is_not_taken_is_told_once_and_stops_nothing() {
    let (google, scene) = with_google().await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(subscriber);
    google.change_key();
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = accepted(&scene, &driver).await;
    driver.act(job, "pick-up").await.ok::<Value>();
    scene.bench.advance(150);
    ping_that_asks(&scene, &driver, &order, north(0.001)).await;
    assert!(expected(&scene, &order).await.1);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let told = said.matches("the built-in estimate is used").count();
    assert_eq!(told, 1, "{said}");
    assert!(said.contains("API_KEY_INVALID"), "{said}");
    assert!(!said.contains(google.key()), "the key is in the log");
    assert!(google.asked().is_empty());

    google.take_key_back();
    scene.bench.advance(600);
    ping_that_asks(&scene, &driver, &order, north(0.002)).await;
    assert!(!expected(&scene, &order).await.1, "tried again after ten minutes");
}

#[tokio::test]
async fn a_round_asks_once_and_no_more_than_it_may() {
    let google = GoogleRoutes::start().await;
    let scene = scene_with(&format!("{}matrix_ways = 3\n", google.settings())).await;
    let mut drivers = Vec::new();
    for near in 1..=5_i32 {
        drivers.push(scene.driver("Dana", north(f64::from(near) * 0.01)).await);
    }
    google.jams(north(0.01));
    assert_eq!(google.asked(), [], "nothing waits");
    scene.accepted(&scene.order()).await;
    let second = scene.offered(&drivers[1]).await;
    assert_eq!(drivers[0].me().await["offer"], json!(null), "nearest, and in a jam");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(google.asked(), [Asked::Matrix { ways: 3 }]);

    drivers[1].decline(&second).await.ok::<Value>();
    scene.offered(&drivers[2]).await;
    assert_eq!(google.asked().len(), 2, "another round, another question");
}

/// Whoever makes offers while a router is asked has nothing to offer: the answer waits for its turn
/// and is used, not asked for again.
#[tokio::test]
async fn an_answer_is_used_though_another_round_is_under_way() {
    let (google, scene) = with_google().await;
    let near = scene.driver("Near", north(0.01)).await;
    scene.driver("Far", north(0.05)).await;
    let mut connection = scene.bench.connection().await;
    let mut other = connection.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtext('tipple.delivery.round'))")
        .execute(&mut *other)
        .await
        .unwrap();
    scene.accepted(&scene.order()).await;
    let asked = || async { (!google.asked().is_empty()).then_some(()) };
    scene.bench.eventually("a question", asked).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(near.me().await["offer"], json!(null), "another's turn");
    other.rollback().await.unwrap();
    scene.offered(&near).await;
    assert_eq!(google.asked(), [Asked::Matrix { ways: 2 }]);
}

#[tokio::test]
async fn one_process_asks_and_one_that_died_holds_nobody_up() {
    let (google, scene) = with_google().await;
    let near = scene.driver("Near", north(0.01)).await;
    scene.driver("Far", north(0.05)).await;
    let until = scene.bench.now() + seconds(60);
    let asks = format!("update delivery.round_asking set until = '{until}'");
    let mut connection = scene.bench.connection().await;
    sqlx::query(AssertSqlSafe(asks)).execute(&mut connection).await.unwrap();
    scene.accepted(&scene.order()).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(google.asked(), [], "another process does");
    assert_eq!(near.me().await["offer"], json!(null));
    scene.bench.advance(60);
    scene.offered(&near).await;
    assert_eq!(google.asked(), [Asked::Matrix { ways: 2 }]);
}

#[tokio::test]
async fn rounds_go_on_without_google() {
    let (google, scene) = with_google().await;
    let (near, _far) =
        (scene.driver("Near", north(0.01)).await, scene.driver("Far", north(0.05)).await);
    google.jams(north(0.01));
    google.answers(Answers::OutOfQuota);
    scene.accepted(&scene.order()).await;
    scene.offered(&near).await;
}

#[tokio::test]
async fn the_law_is_asked_about_roads_as_bad_as_they_are_and_never_better() {
    let (google, scene) = with_google().await;
    let promised = built_in(&scene, DOOR).await;
    let asked = async |name: &str| {
        let driver = scene.driver(name, STORE).await;
        let (_, job) = accepted(&scene, &driver).await;
        driver.act(job, "pick-up").await.ok::<Value>();
        let at = scene.bench.now();
        let back_by = scene.law.lock().unwrap().asked.last().unwrap().back_by.unwrap();
        finished(&driver, job).await;
        (at, back_by)
    };
    google.drives(30.0);
    let (at, back_by) = asked("Fast").await;
    assert_eq!(back_by, promised.back_by(at), "as it was promised");
    google.drives(1.0);
    let (at, back_by) = asked("Slow").await;
    let one_way = (google.seconds(STORE, DOOR) + 299) / 300 * 300;
    assert!(one_way > i64::from(promised.worst_seconds));
    assert_eq!(back_by, at + seconds(2 * one_way + i64::from(promised.door_seconds)));
}

#[tokio::test]
async fn who_has_to_do_with_it_sees_the_way_that_is_left() {
    let (_google, scene) = with_google().await;
    let start = Place { lat: 41.612_34, lon: -93.623_45 };
    let driver = scene.driver("Dana", start).await;
    let (order, job) = accepted(&scene, &driver).await;
    let path = format!("/v1/delivery/orders/{}/route", order.order);
    let line = async |actor: &kernel::Actor| -> Value {
        let seen: Value = scene.bench.signed("delivery", actor).get(&path).await.ok();
        seen["google_polyline"].clone()
    };
    let to_store = json!(GoogleRoutes::line(start, STORE));
    assert_eq!(line(&driver.actor).await, to_store);
    assert_eq!(line(&testkit::operator()).await, to_store);
    assert_eq!(line(&scene.customer).await, json!(null), "not on its way yet");

    driver.act(job, "pick-up").await.ok::<Value>();
    scene.bench.advance(1);
    let here = Place { lat: 41.590_12, lon: -93.640_49 };
    ping(&scene, &driver, here).await;
    assert_eq!(line(&driver.actor).await, json!(GoogleRoutes::line(here, DOOR)));
    let about = Place { lat: 41.590, lon: -93.640 };
    assert_eq!(line(&scene.customer).await, json!(GoogleRoutes::line(about, DOOR)));

    let status = async |actor: &kernel::Actor| {
        scene.bench.signed("delivery", actor).get(&path).await.status.as_u16()
    };
    assert_eq!(status(&testkit::customer()).await, 404);
    assert_eq!(status(&testkit::driver()).await, 404);
    assert_eq!(status(&testkit::staff(&[scene.store])).await, 403);
    assert_eq!(status(&testkit::support()).await, 403);
    scene.bench.anyone("delivery").get(&path).await.refused(401, "unauthenticated");

    for _ in 0..5 {
        assert_ne!(line(&scene.customer).await, json!(null));
    }
    assert_eq!(line(&scene.customer).await, json!(null), "six looks in five minutes");
    assert_ne!(line(&driver.actor).await, json!(null), "each for themselves");
    scene.bench.advance(300);
    assert_ne!(line(&scene.customer).await, json!(null));
    driver.act(job, "arrive").await.ok::<Value>();
    assert_eq!(line(&scene.customer).await, json!(null));
}

#[tokio::test]
async fn without_a_key_there_is_no_line() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = accepted(&scene, &driver).await;
    driver.act(job, "pick-up").await.ok::<Value>();
    let path = format!("/v1/delivery/orders/{}/route", order.order);
    let seen: Value = driver.caller.get(&path).await.ok();
    assert_eq!(seen, json!({ "google_polyline": null }));
}

/// The tables in which these words stand.
async fn tables_with(scene: &Scene, words: &[String]) -> Vec<String> {
    let mut connection = scene.bench.connection().await;
    sqlx::query("set timezone to 'UTC'").execute(&mut connection).await.unwrap();
    let names: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_type = 'BASE TABLE'
           and table_schema not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(names.contains(&"delivery.job".to_owned()), "{names:?}");
    let mut found = Vec::new();
    for name in names {
        let all = format!("select coalesce(string_agg(to_jsonb(t)::text, ' '), '') from {name} t");
        let text: String =
            sqlx::query_scalar(AssertSqlSafe(all)).fetch_one(&mut connection).await.unwrap();
        if words.iter().any(|word| text.contains(word.as_str())) {
            found.push(name);
        }
    }
    found
}

#[tokio::test]
async fn nothing_of_googles_is_kept() {
    let (google, scene) = with_google().await;
    google.drives(7.0);
    let start = north(0.05);
    let driver = scene.driver("Dana", start).await;
    scene.driver("Sam", north(0.12)).await;
    let (order, job) = accepted(&scene, &driver).await;
    let words = async |at: Timestamp| {
        let customer = scene.bench.signed("delivery", &scene.customer);
        let path = format!("/v1/delivery/orders/{}/route", order.order);
        let line: Value = customer.get(&path).await.ok();
        let line = line["google_polyline"].as_str().unwrap_or("no line").to_owned();
        vec![at.strftime("%Y-%m-%dT%H:%M:%S").to_string(), line]
    };
    let at_store = scene.bench.now() + seconds(google.seconds(start, STORE));
    let first = words(at_store + seconds(google.seconds(STORE, DOOR))).await;
    assert_eq!(tables_with(&scene, &first).await, ["delivery.job"], "when it will be there");
    scene.bench.advance(77);
    driver.act(job, "pick-up").await.ok::<Value>();
    let second = words(scene.bench.now() + seconds(google.seconds(STORE, DOOR))).await;
    assert!(second[1].len() > 10, "{second:?}");
    assert_eq!(tables_with(&scene, &second).await, ["delivery.job"]);

    driver.act(job, "arrive").await.ok::<Value>();
    driver.check(job, OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    assert_eq!(tables_with(&scene, &[first, second].concat()).await, [""; 0]);
    let told: Vec<JobMoved> = scene.bench.told("delivery").await;
    let expectations: Vec<_> = told.iter().filter_map(|event| event.eta).collect();
    assert_eq!(expectations.len(), 2, "others are told the built-in estimate");
    assert!(told.iter().any(|event| event.moved == JobMove::Assigned));
}
