//! A driver who is gone with an order in the bag.

use delivery_api::{JobMove, JobMoved, RefusedBecause};
use serde_json::{Value, json};
use sqlx::Row;

use crate::scene::{OF_AGE, STORE, person, scene, scene_with};

const NOT_DELIVERED: JobMove =
    JobMove::Refused { because: RefusedBecause::NotDelivered, note: String::new() };

#[tokio::test]
async fn the_store_books_in_what_its_driver_does_not() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    let path = format!("/v1/delivery/jobs/{job}/return");
    for stranger in [testkit::driver(), testkit::staff(&[kernel::StoreId::new()])] {
        scene.bench.signed("delivery", &stranger).post(&path, ()).await.refused(404, "not-found");
    }
    for nobody in [scene.customer.clone(), testkit::support()] {
        scene.bench.signed("delivery", &nobody).post(&path, ()).await.refused(403, "forbidden");
    }
    driver.act(job, "return").await.refused(409, "wrong-state");
    let mut gone = person(&driver.actor, "Dana", 2);
    gone.roles.clear();
    scene.bench.tell(&gone).await;
    let inactive = || async {
        let active: bool = sqlx::query_scalar("select active from delivery.driver where id = $1")
            .bind(driver.actor.person.uuid())
            .fetch_one(&mut scene.bench.connection().await)
            .await
            .unwrap();
        (!active).then_some(())
    };
    scene.bench.eventually("delivery has heard", inactive).await;
    let staff = testkit::staff(&[scene.store]);
    let caller = scene.bench.signed("delivery", &staff);
    for _ in 0..2 {
        let back: Value = caller.post(&path, ()).await.ok();
        assert_eq!(back["state"], "returned");
    }
    assert_eq!(scene.told(&order).await[3..], [NOT_DELIVERED, JobMove::Returned]);
    let events = scene.bench.told::<JobMoved>("delivery").await;
    assert!(events[3..].iter().all(|event| event.by == Some(staff.person)));
    let proof = sqlx::query("select told_by, lat from delivery.proof where kind = 'return'")
        .fetch_one(&mut scene.bench.connection().await)
        .await
        .unwrap();
    assert_eq!(proof.get::<uuid::Uuid, _>("told_by"), staff.person.uuid());
    assert_eq!(proof.get::<Option<f64>, _>("lat"), None, "where the driver is, nobody knows");
    driver.hand_over(job).await.refused(409, "wrong-state");
    let runner = scene.bench.signed("delivery", &testkit::operator());
    let drivers: Value = runner.get("/v1/delivery/drivers").await.ok();
    assert_eq!(drivers["items"], json!([]), "the shift is over");
}

#[tokio::test]
async fn an_operator_books_in_what_goes_back() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    driver.act_with(job, "refuse", json!({ "because": "nobody_there" })).await.ok::<Value>();
    let runner = scene.bench.signed("delivery", &testkit::operator());
    runner.post(&format!("/v1/delivery/jobs/{job}/return"), ()).await.ok::<Value>();
    let told = scene.told(&order).await;
    assert_eq!(told.last(), Some(&JobMove::Returned));
    assert!(!told.contains(&NOT_DELIVERED), "the door refused: that stays the reason");
    let not_theirs = json!({ "because": "not_delivered" });
    let answer = driver.act_with(job, "refuse", not_theirs).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "because");
}

#[tokio::test]
async fn what_never_comes_back_is_lost() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    driver.check(job, OF_AGE).await;
    let path = format!("/v1/delivery/jobs/{job}/lose");
    let reason = json!({ "reason": "The van burnt out." });
    for nobody in [testkit::customer(), testkit::driver(), testkit::staff(&[scene.store])] {
        let caller = scene.bench.signed("delivery", &nobody);
        caller.post(&path, &reason).await.refused(403, "forbidden");
    }
    let operator = testkit::operator();
    let runner = scene.bench.signed("delivery", &operator);
    let answer = runner.post(&path, json!({ "reason": "" })).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "reason");
    for _ in 0..2 {
        let job: Value = runner.post(&path, &reason).await.ok();
        assert_eq!((&job["state"], &job["can"]), (&json!("lost"), &json!([])));
    }
    let lost = JobMove::Lost { note: "The van burnt out.".into() };
    assert_eq!(scene.told(&order).await[3..], [lost]);
    driver.hand_over(job).await.refused(409, "wrong-state");
    runner.post(&format!("/v1/delivery/jobs/{job}/return"), ()).await.refused(409, "wrong-state");
    assert_eq!(driver.me().await["step"], "wait_for_offer");
    let told_by: uuid::Uuid =
        sqlx::query_scalar("select told_by from delivery.proof where kind = 'loss'")
            .fetch_one(&mut scene.bench.connection().await)
            .await
            .unwrap();
    assert_eq!(told_by, operator.person.uuid());
    let other = scene.order();
    let waiting = scene.accepted(&other).await;
    let lose = format!("/v1/delivery/jobs/{waiting}/lose");
    runner.post(&lose, &reason).await.refused(409, "wrong-state");
}

#[tokio::test]
async fn an_operator_sees_what_is_late() {
    let scene = scene_with("late_minutes = 30\nsilent_minutes = 600").await;
    let runner = scene.bench.signed("delivery", &testkit::operator());
    let late = || async {
        let list: Value = runner.get("/v1/delivery/jobs?late=true&limit=1").await.ok();
        let items = list["items"].as_array().unwrap().clone();
        (items, list["next"].clone())
    };
    let driver = scene.driver("Dana", STORE).await;
    let (stuck, _) = scene.at_door(&driver).await;
    let waiting = scene.order();
    scene.accepted(&waiting).await;
    assert!(late().await.0.is_empty());
    scene.bench.advance(31 * 60);
    let (items, next) = late().await;
    assert_eq!((items.len(), &items[0]["order"]), (1, &json!(stuck.order)));
    assert_eq!((&items[0]["can"], &next), (&json!(["return", "lose"]), &Value::Null));
    // Ten minutes to pack, and then half an hour.
    scene.bench.advance(10 * 60);
    let (items, next) = late().await;
    assert_eq!(items[0]["order"], json!(stuck.order), "it has been late for longer");
    let path = format!("/v1/delivery/jobs?late=true&after={}", next.as_str().unwrap());
    let rest: Value = runner.get(&path).await.ok();
    assert_eq!(rest["items"][0]["order"], json!(waiting.order));
}
