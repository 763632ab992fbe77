use std::sync::Arc;

use kernel::PersonId;
use serde_json::{Value, json};
use testkit::Caller;
use tokio::sync::Barrier;

const BOOKS: &str = "/v1/compliance/jurisdictions/US-IA/rulebooks";

/// The first rulebook of Iowa, as a new version.
async fn next(operator: &Caller, version: i32) -> Value {
    let first: Value = operator.get(&format!("{BOOKS}/1")).await.ok();
    json!({ "version": version, "rules": first["rules"] })
}

#[tokio::test]
async fn a_new_version_counts_from_its_day_on() {
    let (bench, store) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let mut book = next(&operator, 2).await;
    book["valid_from"] = json!("2026-06-15T18:00:00Z");
    book["rules"]["spirits"]["minimum_age"] = json!(30);
    let added: Value = operator.post(BOOKS, &book).await.ok();
    assert_eq!(added["version"], 2);
    let mut facts = super::facts(store, PersonId::new(), bench.now());
    facts["moment"] = json!("door");
    facts["back_by"] = json!(null);
    facts["shown_date_of_birth"] = json!("2000-01-01");
    let house = bench.house("compliance");
    for (at, rules, allowed) in
        [("2026-06-15T17:59:59Z", "US-IA@1", true), ("2026-06-15T18:00:00Z", "US-IA@2", false)]
    {
        facts["at"] = json!(at);
        let verdict: Value = house.post("/internal/compliance/judge", &facts).await.ok();
        assert_eq!((&verdict["rules"][0], &verdict["allowed"]), (&json!(rules), &json!(allowed)));
    }
    let all: Value = operator.get(BOOKS).await.ok();
    assert_eq!((&all["items"][0]["version"], &all["items"][1]["version"]), (&json!(2), &json!(1)));
}

/// What is promised must be lawful until the driver is back, by the rules that hold then.
#[tokio::test]
async fn a_new_version_counts_for_whoever_is_on_the_way() {
    let (bench, store) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let mut book = next(&operator, 2).await;
    book["valid_from"] = json!("2026-06-15T18:00:00Z");
    book["rules"]["spirits"]["sale_hours"]["week"][0] =
        json!([{ "from": "06:00:00", "until": "13:10:00" }]);
    operator.post(BOOKS, &book).await.ok::<Value>();
    let mut facts = super::facts(store, PersonId::new(), "2026-06-15T17:50:00Z".parse().unwrap());
    facts["moment"] = json!("door");
    facts["shown_date_of_birth"] = json!("1990-04-01");
    let house = bench.house("compliance");
    for (back_by, rules, against) in [
        ("2026-06-15T17:59:59Z", json!(["US-IA@1"]), vec![]),
        ("2026-06-15T18:00:00Z", json!(["US-IA@1", "US-IA@2"]), vec![]),
        ("2026-06-15T18:09:59Z", json!(["US-IA@1", "US-IA@2"]), vec![]),
        ("2026-06-15T18:10:00Z", json!(["US-IA@1", "US-IA@2"]), vec!["not-delivered-back-in-time"]),
    ] {
        facts["back_by"] = json!(back_by);
        let verdict: Value = house.post("/internal/compliance/judge", &facts).await.ok();
        assert_eq!(super::reasons(&verdict), against, "{back_by}");
        assert_eq!(verdict["rules"], rules, "{back_by}");
    }
}

#[tokio::test]
async fn a_version_is_never_edited() {
    let (bench, _) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let book = next(&operator, 1).await;
    let problem = operator.post(BOOKS, &book).await.refused(409, "version-not-newer");
    assert_eq!(problem["last"], 1);
    for statement in
        ["update compliance.rulebook set version = 9", "delete from compliance.rulebook"]
    {
        let error = sqlx::query(statement).execute(&mut bench.connection().await).await;
        assert!(error.unwrap_err().to_string().contains("never edited"), "{statement}");
    }
    let mut past = next(&operator, 2).await;
    past["valid_from"] = json!("2026-06-15T16:59:59Z");
    let problem = operator.post(BOOKS, &past).await.refused(422, "invalid-input");
    assert_eq!(problem["field"], "valid_from");
}

#[tokio::test]
async fn of_two_operators_with_one_version_one_wins() {
    let (bench, _) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let book = next(&operator, 2).await;
    let barrier = Arc::new(Barrier::new(8));
    let racers: Vec<_> = (0..8)
        .map(|_| {
            let (operator, book, barrier) = (operator.clone(), book.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                operator.post(BOOKS, &book).await.status.as_u16()
            })
        })
        .collect();
    let mut codes = Vec::new();
    for racer in racers {
        codes.push(racer.await.unwrap());
    }
    codes.sort_unstable();
    assert_eq!(codes, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let (bench, _) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let sound = next(&operator, 2).await;
    let seconds = json!([{ "from": "09:00:30", "until": "22:00:00" }]);
    for (path, value) in [
        ("/rules/beer/minimum_age", json!(0)),
        ("/rules/beer/sale_hours/week/0", seconds),
        (
            "/rules/dry_zones",
            json!([{ "name": " ", "zone":
            { "shape": "radius", "centre": super::STORE, "metres": 10 } }]),
        ),
        (
            "/rules/dry_zones",
            json!([{ "name": "Nowhere", "zone":
            { "shape": "polygon", "corners": [] } }]),
        ),
        (
            "/rules/dry_zones",
            json!([{ "name": "Bow tie", "zone": { "shape": "polygon", "corners": [
                { "lat": 41.0, "lon": -93.0 }, { "lat": 42.0, "lon": -92.0 },
                { "lat": 41.0, "lon": -92.0 }, { "lat": 42.0, "lon": -93.0 }] } }]),
        ),
        (
            "/rules/price_floor",
            json!({ "amount": { "amount": 65, "currency": "USD" },
            "per_millilitres": 0 }),
        ),
        ("/rules/last_dispatch_margin_minutes", json!(721)),
        ("/rules/limits", json!({ "boxes": 1 })),
        ("/rules/leap_day_birthday", json!("never")),
        ("/version", json!(0)),
    ] {
        let mut book = sound.clone();
        *book.pointer_mut(path).unwrap() = value;
        let answer = operator.post(BOOKS, &book).await;
        let problem = answer.refused(422, "invalid-input");
        let field = path.trim_start_matches('/').replace('/', ".");
        let told = problem["field"].as_str().unwrap().to_owned();
        let root = field.split('.').take(2).collect::<Vec<_>>().join(".");
        assert!(told.starts_with(&root), "{told} is not about {field}");
    }
    operator.post(BOOKS, &sound).await.ok::<Value>();
    let nowhere = "/v1/compliance/jurisdictions/US-XX/rulebooks";
    operator.post(nowhere, &sound).await.refused(404, "not-found");
}

/// The 16th is dry, the sale is on the 15th.
#[tokio::test]
async fn a_dry_day_begins_before_the_driver_is_back() {
    let (bench, store) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let mut book = next(&operator, 2).await;
    book["rules"]["dry_days"] = json!(["2026-06-16"]);
    book["rules"].as_object_mut().unwrap().remove("delivery_hours");
    operator.post(BOOKS, &book).await.ok::<Value>();
    let mut facts = super::facts(store, PersonId::new(), bench.now());
    facts["moment"] = json!("door");
    facts["shown_date_of_birth"] = json!("1990-04-01");
    let house = bench.house("compliance");
    for (at, back_by, against) in [
        ("2026-06-16T04:00:00Z", "2026-06-16T04:59:59Z", vec![]),
        ("2026-06-16T04:00:00Z", "2026-06-16T05:00:00Z", vec!["not-delivered-back-in-time"]),
        ("2026-06-16T05:00:00Z", "2026-06-16T05:30:00Z", vec!["dry-day"]),
        ("2026-06-17T04:59:59Z", "2026-06-17T05:30:00Z", vec!["dry-day"]),
        ("2026-06-17T05:00:00Z", "2026-06-17T05:30:00Z", vec![]),
    ] {
        facts["at"] = json!(at);
        facts["back_by"] = json!(back_by);
        let verdict: Value = house.post("/internal/compliance/judge", &facts).await.ok();
        assert_eq!(super::reasons(&verdict), against, "{at}");
    }
}

#[tokio::test]
async fn a_city_of_its_own_counts_before_its_state() {
    let (bench, store) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let path = "/v1/compliance/jurisdictions/US-IA-DSM";
    let city = json!({
        "name": "Des Moines",
        "time_zone": "America/Chicago",
        "area": { "shape": "radius", "centre": super::DOOR, "metres": 1500 },
        "parent": "US-IA",
    });
    let made = operator.put(path, &city).await;
    assert_eq!(made.status, 201);
    let etag = made.headers["etag"].to_str().unwrap().to_owned();
    // The door lies in the city, the store does not: both must allow, and the city has no rules.
    let mut facts = super::facts(store, PersonId::new(), bench.now());
    facts["moment"] = json!("door");
    facts["shown_date_of_birth"] = json!("1990-04-01");
    let house = bench.house("compliance");
    let verdict: Value = house.post("/internal/compliance/judge", &facts).await.ok();
    assert_eq!(super::reasons(&verdict), ["unknown-jurisdiction"]);
    let book = next(&operator, 1).await;
    operator.post(&format!("{path}/rulebooks"), &book).await.ok::<Value>();
    let verdict: Value = house.post("/internal/compliance/judge", &facts).await.ok();
    assert_eq!(verdict["rules"], json!(["US-IA@1", "US-IA-DSM@1"]));
    assert_eq!(verdict["allowed"], true);

    operator.put(path, &city).await.refused(428, "if-match-missing");
    let reader = operator.with("if-match", &etag);
    reader.put(path, &city).await.ok::<Value>();
    reader.put(path, &city).await.refused(412, "stale-version");
}

#[tokio::test]
async fn jurisdictions_do_not_lie_in_circles() {
    let (bench, _) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let base = "/v1/compliance/jurisdictions";
    let iowa: Value = operator.get(&format!("{base}/US-IA")).await.ok();
    let mut input = json!({
        "name": iowa["name"],
        "time_zone": iowa["time_zone"],
        "area": iowa["area"],
        "parent": "US-IA",
    });
    operator.put(&format!("{base}/US-IA-A"), &input).await.ok::<Value>();
    let reader = operator.with("if-match", "\"v1\"");
    for parent in ["US-IA", "US-IA-A", "US-XX", "no code"] {
        input["parent"] = json!(parent);
        let problem = reader.put(&format!("{base}/US-IA"), &input).await;
        assert_eq!(problem.refused(422, "invalid-input")["field"], "parent", "{parent}");
    }
    input["parent"] = json!(null);
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("a\u{0}b")),
        ("time_zone", json!("Mars/Olympus")),
        ("area", json!({ "shape": "polygon", "corners": [super::STORE, super::DOOR] })),
        ("rules", json!(1)),
    ] {
        let mut wrong = input.clone();
        wrong[field] = value;
        let problem = operator.put(&format!("{base}/US-WI"), &wrong).await;
        assert_eq!(problem.refused(422, "invalid-input")["field"], field);
    }
    operator.put(&format!("{base}/us-wi"), &input).await.refused(404, "not-found");
    operator.get(&format!("{base}/US-%00")).await.refused(404, "not-found");
    let all: Value = operator.get(&format!("{base}?limit=1")).await.ok();
    let next = all["next"].as_str().unwrap();
    let rest: Value = operator.get(&format!("{base}?limit=1&after={next}")).await.ok();
    assert_eq!(rest["items"][0]["code"], "US-IA-A");
    assert!(rest["next"].is_null());
}
