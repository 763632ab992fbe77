use kernel::{PersonId, StoreId};
use serde_json::{Value, json};
use testkit::Bench;

fn licence() -> Value {
    json!({
        "number": "LE0009999",
        "classes": ["beer", "wine", "spirits"],
        "valid_from": "2026-01-01",
        "valid_until": "2026-06-15",
    })
}

/// What stands against a sale at the door under this licence.
async fn against(
    bench: &Bench,
    store: StoreId,
    (at, back_by): (&str, Option<&str>),
) -> Vec<String> {
    let mut facts = super::facts(store, PersonId::new(), at.parse().unwrap());
    facts["moment"] = json!("door");
    facts["back_by"] = json!(back_by);
    facts["shown_date_of_birth"] = json!("1990-04-01");
    let house = bench.house("compliance");
    let verdict: Value = house.post("/internal/compliance/judge", &facts).await.ok();
    let about = super::reasons(&verdict).into_iter().filter(|rule| rule.contains("licence"));
    about.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_licence_holds_through_its_last_day_at_the_store() {
    let (bench, _) = super::in_iowa().await;
    let (store, operator) = (StoreId::new(), bench.signed("compliance", &testkit::operator()));
    let path = format!("/v1/compliance/licences/{store}");
    operator.get(&path).await.refused(404, "not-found");
    assert_eq!(against(&bench, store, ("2026-06-15T17:00:00Z", None)).await, ["no-licence"]);
    assert_eq!(operator.put(&path, licence()).await.status, 201);
    for (at, back_by, rules) in [
        ("2026-01-01T05:59:59Z", None, vec!["licence-not-yet-valid"]),
        ("2026-01-01T06:00:00Z", None, vec![]),
        ("2026-06-16T04:59:59Z", None, vec![]),
        ("2026-06-16T05:00:00Z", None, vec!["licence-expired"]),
        ("2026-06-16T04:30:00Z", Some("2026-06-16T04:59:59Z"), vec![]),
        ("2026-06-16T04:30:00Z", Some("2026-06-16T05:00:00Z"), vec!["licence-expired"]),
    ] {
        assert_eq!(against(&bench, store, (at, back_by)).await, rules, "{at} {back_by:?}");
    }
}

#[tokio::test]
async fn a_licence_says_what_may_be_sold_and_may_be_suspended() {
    let (bench, _) = super::in_iowa().await;
    let (store, operator) = (StoreId::new(), bench.signed("compliance", &testkit::operator()));
    let path = format!("/v1/compliance/licences/{store}");
    let mut input = licence();
    input["classes"] = json!(["wine", "beer", "wine"]);
    let kept: Value = operator.put(&path, &input).await.ok();
    assert_eq!(kept["classes"], json!(["beer", "wine"]));
    let noon = "2026-06-15T17:00:00Z";
    assert_eq!(against(&bench, store, (noon, None)).await, ["licence-class"]);

    input["classes"] = json!(["spirits"]);
    input["suspended"] = json!(true);
    operator.put(&path, &input).await.refused(428, "if-match-missing");
    let reader = operator.with("if-match", "\"v1\"");
    assert_eq!(reader.put(&path, &input).await.ok::<Value>()["version"], 2);
    reader.put(&path, &input).await.refused(412, "stale-version");
    assert_eq!(against(&bench, store, (noon, None)).await, ["licence-suspended"]);
}

#[tokio::test]
async fn staff_see_their_own_licence_only() {
    let (bench, store) = super::in_iowa().await;
    let path = format!("/v1/compliance/licences/{store}");
    let staff = bench.signed("compliance", &testkit::staff(&[store]));
    assert_eq!(staff.get(&path).await.ok::<Value>()["number"], "LE0001234");
    let stranger = bench.signed("compliance", &testkit::staff(&[StoreId::new()]));
    stranger.get(&path).await.refused(404, "not-found");
    staff.put(&path, licence()).await.refused(403, "forbidden");
}

#[tokio::test]
async fn licences_are_listed_by_their_last_day() {
    let bench = super::bench().await;
    let stores = [StoreId::new(), StoreId::new(), StoreId::new()];
    let operator = bench.signed("compliance", &testkit::operator());
    for (store, day) in stores.iter().zip(["2026-12-31", "2026-06-15", "2027-12-31"]) {
        let mut input = licence();
        input["valid_until"] = json!(day);
        operator.put(&format!("/v1/compliance/licences/{store}"), input).await.ok::<Value>();
    }
    let list = async |actor: &kernel::Actor, query: &str| -> Vec<StoreId> {
        let caller = bench.signed("compliance", actor);
        let page: Value = caller.get(&format!("/v1/compliance/licences?{query}")).await.ok();
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["store"].as_str().unwrap().parse().unwrap()).collect()
    };
    let (auditor, owner) = (testkit::auditor(), testkit::staff(&[stores[0]]));
    assert_eq!(list(&auditor, "").await, [stores[1], stores[0], stores[2]]);
    assert_eq!(list(&auditor, "expires_before=2026-12-31").await, [stores[1]]);
    assert_eq!(list(&auditor, "expires_before=2027-01-01").await, [stores[1], stores[0]]);
    assert_eq!(list(&auditor, &format!("store={}", stores[2])).await, [stores[2]]);
    assert_eq!(list(&owner, "").await, [stores[0]]);
    assert!(list(&owner, &format!("store={}", stores[1])).await.is_empty());
    let first: Value = operator.get("/v1/compliance/licences?limit=2").await.ok();
    let next = format!("limit=2&after={}", first["next"].as_str().unwrap());
    assert_eq!(list(&auditor, &next).await, [stores[2]]);
    let forged = wire::Cursor::write(&("-004800-01-01", stores[0]));
    for (query, field) in [
        ("expires_before=-004800-01-01".to_owned(), "expires_before"),
        ("expires_before=soon".to_owned(), "expires_before"),
        (format!("after={forged}"), "after"),
    ] {
        let answer = operator.get(&format!("/v1/compliance/licences?{query}")).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field, "{query}");
    }
    let customer = bench.signed("compliance", &testkit::customer());
    customer.get("/v1/compliance/licences").await.refused(403, "forbidden");
}

#[tokio::test]
async fn bad_licences_name_the_field() {
    let bench = super::bench().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let path = format!("/v1/compliance/licences/{}", StoreId::new());
    for (field, value) in [
        ("number", json!("")),
        ("number", json!("\u{0}")),
        ("classes", json!([])),
        ("classes[0]", json!(["none"])),
        ("classes", json!(["beer", "beer", "beer", "beer"])),
        ("valid_from", json!("-004800-01-01")),
        ("valid_until", json!("2025-12-31")),
        ("store", json!(StoreId::new())),
    ] {
        let mut input = licence();
        input[field.trim_end_matches("[0]")] = value;
        let problem = operator.put(&path, &input).await.refused(422, "invalid-input");
        assert_eq!(problem["field"], field);
    }
    operator.put("/v1/compliance/licences/nonsense", licence()).await.refused(404, "not-found");
}
