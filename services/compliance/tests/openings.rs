//! What services of the house hear of stores before anybody has chosen a bottle.

use kernel::StoreId;
use serde_json::{Value, json};

const OPENINGS: &str = "/internal/compliance/openings";

fn seller(store: StoreId) -> Value {
    let day = json!([{ "from": "09:00:00", "until": "23:00:00" }]);
    json!({
        "store": store, "place": super::STORE, "time_zone": "America/Chicago", "takes_seconds": 900,
        "hours": { "week": [day, day, day, day, day, day, day] },
    })
}

#[tokio::test]
async fn each_store_is_told_of_in_its_place() {
    let (bench, licensed) = super::in_iowa().await;
    let sellers = [seller(StoreId::new()), seller(licensed)];
    let asked = |at: &str| json!({ "at": at, "door_place": super::DOOR, "sellers": sellers });
    let house = bench.house("compliance");
    // 12:00 there.
    let said: Value = house.post(OPENINGS, asked("2026-06-15T17:00:00Z")).await.ok();
    assert_eq!(said[0]["against"].as_array().unwrap().len(), 3);
    assert_eq!(said[0]["against"][0]["reasons"][0]["rule"], "no-licence");
    assert_eq!((&said[0]["next"], &said[0]["minimum_age"]), (&Value::Null, &json!(21)));
    assert_eq!(
        said[1],
        json!({
            "minimum_age": 21, "against": [], "next": "2026-06-15T17:00:00Z",
        })
    );
    // 21:50: whoever orders now is not served before 22:00, when deliveries end; the store opens at 9.
    let said: Value = house.post(OPENINGS, asked("2026-06-16T02:50:00Z")).await.ok();
    assert_eq!(said[1]["against"][2]["class"], "spirits");
    assert_eq!(said[1]["against"][2]["until"], "2026-06-16T11:00:00Z");
    assert_eq!(said[1]["next"], "2026-06-16T14:00:00Z");
}

/// 21:30 of a place where deliveries end at 22:00: what is there and back by then is sold.
#[tokio::test]
async fn in_the_last_minutes_it_depends_on_the_way() {
    let (bench, licensed) = super::in_iowa().await;
    let house = bench.house("compliance");
    for (minutes, sold) in [(10, true), (29, true), (31, false), (61, false)] {
        let mut seller = seller(licensed);
        seller["takes_seconds"] = json!(minutes * 60);
        let asked = json!({
            "at": "2026-06-16T02:30:00Z", "door_place": super::DOOR, "sellers": [seller],
        });
        let said: Value = house.post(OPENINGS, asked).await.ok();
        let against = said[0]["against"].as_array().unwrap();
        assert_eq!(against.is_empty(), sold, "{minutes}: {against:?}");
        let late = |one: &Value| one["reasons"][0]["rule"] == "not-delivered-back-in-time";
        assert!(against.iter().all(late), "{against:?}");
    }
}

#[tokio::test]
async fn strangers_and_nonsense_are_refused() {
    let (bench, store) = super::in_iowa().await;
    let mut asked = json!({ "at": "2026-06-15T17:00:00Z", "door_place": null, "sellers": [] });
    let house = bench.house("compliance");
    assert_eq!(house.post(OPENINGS, &asked).await.ok::<Value>(), json!([]));
    let operator = bench.signed("compliance", &testkit::operator());
    operator.post(OPENINGS, &asked).await.refused(401, "unauthenticated");
    asked["sellers"] = json!([seller(store)]);
    asked["sellers"][0]["time_zone"] = json!("Mars/Olympus");
    house.post(OPENINGS, &asked).await.refused(422, "invalid-input");
    asked["sellers"] = json!(vec![seller(store); 101]);
    house.post(OPENINGS, &asked).await.refused(422, "invalid-input");
}
