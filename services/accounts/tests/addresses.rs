use std::sync::Arc;

use serde_json::{Value, json};
use testkit::{Bench, Caller};
use tokio::sync::Barrier;

const PATH: &str = "/v1/accounts/addresses";

fn home() -> Value {
    json!({
        "label": "Home",
        "kind": "home",
        "recipient": "Ann Lee",
        "address": "500 Locust St, Des Moines",
        "instructions": "Second floor",
        "place": { "lat": 41.5868, "lon": -93.6250 },
    })
}

async fn ann(bench: &Bench) -> Caller {
    bench.signed("accounts", &super::sign_up(bench, "ann@example.com").await)
}

fn defaults(page: &Value) -> Vec<&Value> {
    let items = page["items"].as_array().unwrap().iter();
    items.filter(|item| item["is_default"] == true).map(|item| &item["label"]).collect()
}

#[tokio::test]
async fn one_address_at_most_is_the_default() {
    let bench = super::bench().await;
    let ann = ann(&bench).await;
    let first: Value = ann.post(PATH, home()).await.ok();
    assert_eq!(first["is_default"], true, "the first one is");
    let mut office = home();
    office["label"] = json!("Office");
    office["kind"] = json!("office");
    let second: Value = ann.post(PATH, &office).await.ok();
    assert_eq!(second["is_default"], false);
    office["is_default"] = json!(true);
    let path = format!("{PATH}/{}", second["id"].as_str().unwrap());
    let changed: Value = ann.put(&path, &office).await.ok();
    assert_eq!((&changed["kind"], &changed["version"]), (&json!("office"), &json!(2)));
    let page: Value = ann.get(PATH).await.ok();
    assert_eq!(defaults(&page), ["Office"]);
    office.as_object_mut().unwrap().remove("kind");
    let unsaid: Value = ann.put(&path, &office).await.ok();
    assert_eq!(unsaid.get("kind"), None, "nobody guesses what kind of place it is");
    ann.with("if-match", "\"v1\"").put(&path, &office).await.refused(412, "stale-version");
    assert_eq!(ann.delete(&path).await.status, 204);
    ann.delete(&path).await.refused(404, "not-found");
    ann.put(&path, &office).await.refused(404, "not-found");
}

#[tokio::test]
async fn nobody_touches_another_persons_address() {
    let bench = super::bench().await;
    let ann = ann(&bench).await;
    let bob = bench.signed("accounts", &super::sign_up(&bench, "bob@example.com").await);
    let made: Value = ann.post(PATH, home()).await.ok();
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    bob.put(&path, home()).await.refused(404, "not-found");
    bob.delete(&path).await.refused(404, "not-found");
    assert_eq!(bob.get(PATH).await.ok::<Value>()["items"], json!([]));
    assert_eq!(ann.get(PATH).await.ok::<Value>()["items"][0], made);
}

#[tokio::test]
async fn at_most_fifty_and_one_default_whoever_is_first() {
    let bench = super::bench().await;
    let ann = ann(&bench).await;
    for _ in 0..45 {
        ann.post(PATH, home()).await.ok::<Value>();
    }
    let barrier = Arc::new(Barrier::new(10));
    let racers: Vec<_> = (0..10)
        .map(|_| {
            let (ann, barrier) = (ann.clone(), barrier.clone());
            let mut address = home();
            address["is_default"] = json!(true);
            tokio::spawn(async move {
                barrier.wait().await;
                ann.post(PATH, address).await.status.as_u16()
            })
        })
        .collect();
    let mut codes = Vec::new();
    for racer in racers {
        codes.push(racer.await.unwrap());
    }
    codes.sort_unstable();
    assert_eq!(codes, [201, 201, 201, 201, 201, 409, 409, 409, 409, 409]);
    ann.post(PATH, home()).await.refused(409, "too-many-addresses");
    let first: Value = ann.get(&format!("{PATH}?limit=30")).await.ok();
    let next = first["next"].as_str().unwrap();
    let second: Value = ann.get(&format!("{PATH}?limit=30&after={next}")).await.ok();
    let count = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (30, 20));
    assert_eq!(defaults(&first).len() + defaults(&second).len(), 1);
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let bench = super::bench().await;
    let ann = ann(&bench).await;
    for (field, value) in [
        ("label", json!("")),
        ("recipient", json!("a\u{0}b")),
        ("address", json!("x".repeat(301))),
        ("instructions", json!("x".repeat(501))),
        ("kind", json!("castle")),
        ("place", json!({ "lat": 90.1, "lon": 0.0 })),
        ("place.alt", json!({ "lat": 90.0, "lon": 0.0, "alt": 3.0 })),
        ("person", json!("someone else")),
    ] {
        let mut address = home();
        address[field.split('.').next().unwrap()] = value;
        let problem = ann.post(PATH, address).await.refused(422, "invalid-input");
        assert_eq!(problem["field"], field);
    }
}
