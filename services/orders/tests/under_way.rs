//! What somebody has to do something about: what presses most first, page by page to the end.

use kernel::{OrderId, StoreId};
use serde_json::{Value, json};
use testkit::Caller;

use crate::{path, scene, seen::orders};

/// The whole list, read in pages of one.
async fn read(caller: &Caller, list: &str) -> Vec<OrderId> {
    let mut read = Vec::new();
    let mut after = String::new();
    loop {
        let page: Value = caller.get(&format!("{list}limit=1{after}")).await.ok();
        read.extend(orders(&page));
        let Some(next) = page["next"].as_str() else { return read };
        after = format!("&after={next}");
    }
}

#[tokio::test]
async fn what_should_have_happened_the_longest_ago_comes_first() {
    let scene = scene().await;
    let (on_its_way, packing) = (scene.out().await, scene.accepted().await);
    scene.bench.advance(3600);
    let (fresh, unanswered) = (scene.paid().await, scene.paid().await);
    let accept = json!({ "preparation_minutes": 45 });
    scene.as_staff().post(&path(fresh, "accept"), accept).await.ok::<Value>();
    scene.placed().await;
    let operator = scene.as_operator();
    let all = read(&operator, "/v1/orders/under-way?").await;
    // To be answered within ten minutes, packed within forty-five.
    assert_eq!(all, [on_its_way, packing, unanswered, fresh], "the newest is not the first");
    for (stage, expected) in [
        ("unanswered", vec![unanswered]),
        ("in_store", vec![packing, fresh]),
        ("with_driver", vec![on_its_way]),
    ] {
        let list = format!("/v1/orders/under-way?stage={stage}&store={}&", scene.world.store);
        assert_eq!(read(&operator, &list).await, expected, "{stage}");
    }
    let elsewhere = format!("/v1/orders/under-way?store={}&", StoreId::new());
    assert_eq!(read(&operator, &elsewhere).await, []);
    let loads: Value = operator.get("/v1/orders/under-way/stores").await.ok();
    let load =
        json!({ "store": scene.world.store, "unanswered": 1, "in_store": 2, "with_driver": 1 });
    assert_eq!(loads["items"], json!([load]));
    let forged = wire::Cursor::write(&("-009999-01-02T00:00:00Z", fresh));
    for query in [format!("after={forged}"), "stage=late".to_owned(), "limit=101".to_owned()] {
        let answer = operator.get(&format!("/v1/orders/under-way?{query}")).await;
        answer.refused(422, "invalid-input");
    }
}

#[tokio::test]
async fn what_waits_for_an_answer_is_at_the_head_of_the_queue() {
    let scene = scene().await;
    let (packed, packing) = (scene.packed().await, scene.accepted().await);
    scene.bench.advance(3600);
    let unanswered = scene.paid().await;
    let queue = format!("/v1/orders/stores/{}/queue?", scene.world.store);
    let staff = scene.as_staff();
    assert_eq!(read(&staff, &queue).await, [unanswered, packed, packing]);
    staff.post(&path(unanswered, "accept"), json!({})).await.ok::<Value>();
    assert_eq!(read(&staff, &queue).await, [packed, packing, unanswered]);
    let forged = wire::Cursor::write(&(true, "-009999-01-02T00:00:00Z", packed));
    staff.get(&format!("{queue}after={forged}")).await.refused(422, "invalid-input");
}
