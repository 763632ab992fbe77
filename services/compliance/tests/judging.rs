use accounts_api::PersonChanged;
use compliance_api::Verdict;
use jiff::civil::{Date, date};
use kernel::{PersonId, Role};
use serde_json::{Value, json};
use testkit::Bench;

const JUDGE: &str = "/internal/compliance/judge";

async fn judge(bench: &Bench, facts: &Value) -> Value {
    bench.house("compliance").post(JUDGE, facts).await.ok()
}

fn person(person: PersonId, date_of_birth: Option<Date>, version: i64) -> PersonChanged {
    let roles = vec![Role::Customer];
    let given_name = "Ann".into();
    PersonChanged { person, given_name, date_of_birth, roles, age_proof: None, version }
}

/// Tells of a person, and waits until it is known.
async fn known(bench: &Bench, told: &PersonChanged) {
    bench.tell(told).await;
    bench
        .eventually("the person is known", || async {
            let mut db = bench.connection().await;
            let query = "select 1 from compliance.person where person_id = $1 and version >= $2";
            sqlx::query(query)
                .bind(told.person.uuid())
                .bind(told.version)
                .fetch_optional(&mut db)
                .await
                .unwrap()
        })
        .await;
}

#[tokio::test]
async fn a_customer_of_age_may_buy_and_it_is_written_down_why() {
    let (bench, store) = super::in_iowa().await;
    let ann = PersonId::new();
    known(&bench, &person(ann, Some(date(1990, 4, 1)), 1)).await;
    let facts = super::facts(store, ann, bench.now());
    let verdict: Verdict = serde_json::from_value(judge(&bench, &facts).await).unwrap();
    assert!(verdict.allowed && verdict.reasons.is_empty());
    assert_eq!(verdict.rules, ["US-IA@1"]);

    let operator = bench.signed("compliance", &testkit::operator());
    let kept: Value = operator.get("/v1/compliance/verdicts?subject=order-1").await.ok();
    let kept = &kept["items"][0];
    assert_eq!(kept["verdict"], verdict.verdict.to_string());
    assert_eq!(kept["moment"], "placement");
    assert_eq!(kept["rules"], json!(["US-IA@1"]));
    assert_eq!(kept["facts"]["store"], store.to_string());
    assert_eq!(kept["facts"]["of_age"], true);
}

#[tokio::test]
async fn the_age_that_counts_is_that_of_the_moment() {
    let (bench, store) = super::in_iowa().await;
    let (minor, unknown) = (PersonId::new(), PersonId::new());
    // Twenty-one tomorrow.
    known(&bench, &person(minor, Some(date(2005, 6, 16)), 1)).await;
    for (moment, customer, shown, against) in [
        ("cart", unknown, None, vec![]),
        ("cart", minor, None, vec!["under-age"]),
        ("placement", unknown, None, vec!["age-unknown"]),
        ("placement", minor, None, vec!["under-age"]),
        ("dispatch", unknown, None, vec!["age-unknown"]),
        // Nobody has told of them yet.
        ("placement", super::NEW, None, vec![]),
        ("door", minor, None, vec!["document-not-shown"]),
        ("door", minor, Some("2005-06-16"), vec!["under-age"]),
        ("door", minor, Some("2005-06-15"), vec![]),
        ("door", unknown, Some("1990-04-01"), vec![]),
    ] {
        let mut facts = super::facts(store, customer, bench.now());
        facts["moment"] = json!(moment);
        facts["shown_date_of_birth"] = json!(shown);
        let verdict = judge(&bench, &facts).await;
        assert_eq!(super::reasons(&verdict), against, "{moment} {shown:?}");
        assert_eq!(verdict["minimum_age"], 21);
    }
}

#[tokio::test]
async fn a_late_event_does_not_undo_a_newer_one() {
    let (bench, store) = super::in_iowa().await;
    let ann = PersonId::new();
    known(&bench, &person(ann, Some(date(1990, 4, 1)), 3)).await;
    bench.tell(&person(ann, None, 2)).await;
    let bob = PersonId::new();
    known(&bench, &person(bob, None, 1)).await;
    bench
        .eventually("the late one is handled", || async {
            let query = "select 1 from compliance.inbox having count(*) = 3";
            let mut db = bench.connection().await;
            sqlx::query(query).fetch_optional(&mut db).await.unwrap()
        })
        .await;
    let verdict = judge(&bench, &super::facts(store, ann, bench.now())).await;
    assert_eq!(verdict["allowed"], true, "{verdict}");
}

#[tokio::test]
async fn nobody_keeps_the_document() {
    let (bench, store) = super::in_iowa().await;
    let ann = PersonId::new();
    known(&bench, &person(ann, Some(date(1988, 8, 8)), 1)).await;
    for shown in ["1977-07-07", "2010-10-10"] {
        let mut facts = super::facts(store, ann, bench.now());
        facts["moment"] = json!("door");
        facts["shown_date_of_birth"] = json!(shown);
        judge(&bench, &facts).await;
    }
    let query = "select verdict::text from compliance.verdict order by id";
    let rows: Vec<String> =
        sqlx::query_scalar(query).fetch_all(&mut bench.connection().await).await.unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        for date in ["1977-07-07", "2010-10-10", "1988-08-08"] {
            assert!(!row.contains(date), "{row}");
        }
        assert!(row.contains("document_shown"));
    }
}

#[tokio::test]
async fn what_is_not_known_is_a_no() {
    let (bench, store) = super::in_iowa().await;
    let ann = PersonId::new();
    known(&bench, &person(ann, Some(date(1990, 4, 1)), 1)).await;
    let lawful = super::facts(store, ann, bench.now());
    assert_eq!(judge(&bench, &lawful).await["allowed"], true);
    for (field, value, rule) in [
        ("door_place", json!(null), "unknown-jurisdiction"),
        ("door_place", json!({ "lat": 0.0, "lon": 0.0 }), "unknown-jurisdiction"),
        ("store_place", json!({ "lat": 0.0, "lon": -93.0 }), "unknown-jurisdiction"),
        ("customer", json!(PersonId::new()), "age-unknown"),
        ("store", json!(PersonId::new()), "no-licence"),
        ("at", json!("1969-12-31T18:00:00Z"), "unknown-jurisdiction"),
        ("back_by", json!(null), "not-delivered-back-in-time"),
        ("/items/0/drink/class", json!("none"), "alcohol-unknown"),
        ("/items/0/drink/abv_bp", json!(0), "alcohol-unknown"),
    ] {
        let mut facts = lawful.clone();
        let path = if field.starts_with('/') { field.to_owned() } else { format!("/{field}") };
        *facts.pointer_mut(&path).unwrap() = value;
        let verdict = judge(&bench, &facts).await;
        assert_eq!(verdict["allowed"], false);
        assert!(super::reasons(&verdict).contains(&rule), "{field}: {verdict}");
    }
}

#[tokio::test]
async fn without_alcohol_there_is_nothing_to_judge() {
    let bench = super::bench().await;
    let mut facts = super::facts(PersonId::new().cast(), PersonId::new(), bench.now());
    let tonic = |class: &str, abv_bp: u32| {
        let mut item = super::bourbon();
        item["drink"] = json!({ "class": class, "abv_bp": abv_bp, "volume_ml": 500, "pack": 4 });
        item
    };
    facts["items"] = json!([tonic("none", 0), tonic("beer", 50)]);
    let verdict = judge(&bench, &facts).await;
    assert_eq!((&verdict["allowed"], &verdict["rules"]), (&json!(true), &json!([])));
    facts["items"] = json!([tonic("none", 0), tonic("beer", 51)]);
    assert_eq!(judge(&bench, &facts).await["allowed"], false);
}

#[tokio::test]
async fn only_the_house_may_ask_and_only_operators_may_look() {
    let (bench, store) = super::in_iowa().await;
    let facts = super::facts(store, PersonId::new(), bench.now());
    let anyone = bench.anyone("compliance");
    anyone.post(JUDGE, &facts).await.refused(401, "unauthenticated");
    let customer = bench.signed("compliance", &testkit::customer());
    customer.post(JUDGE, &facts).await.refused(401, "unauthenticated");
    for path in [
        "/v1/compliance/verdicts?subject=order-1",
        "/v1/compliance/jurisdictions",
        "/v1/compliance/jurisdictions/US-IA",
        "/v1/compliance/jurisdictions/US-IA/rulebooks",
        "/v1/compliance/jurisdictions/US-IA/rulebooks/1",
    ] {
        customer.get(path).await.refused(403, "forbidden");
        anyone.get(path).await.refused(401, "unauthenticated");
    }
}

/// At the door it is the 15th for five hours more than in Greenwich.
#[tokio::test]
async fn a_document_holds_through_its_last_day_at_the_door() {
    let (bench, store) = super::in_iowa().await;
    let mut facts = super::facts(store, PersonId::new(), bench.now());
    facts["moment"] = json!("door");
    facts["shown_date_of_birth"] = json!("1990-04-01");
    facts["shown_valid_until"] = json!("2026-06-15");
    for (at, back_by, valid_until, against) in [
        ("2026-06-16T02:00:00Z", "2026-06-16T02:10:00Z", json!("2026-06-15"), vec![]),
        (
            "2026-06-16T02:00:00Z",
            "2026-06-16T02:10:00Z",
            json!("2026-06-14"),
            vec!["document-expired"],
        ),
        ("2026-06-16T02:00:00Z", "2026-06-16T02:10:00Z", json!(null), vec!["document-not-shown"]),
        (
            "2026-06-16T11:00:00Z",
            "2026-06-16T11:10:00Z",
            json!("2026-06-15"),
            vec!["document-expired"],
        ),
    ] {
        facts["at"] = json!(at);
        facts["back_by"] = json!(back_by);
        facts["shown_valid_until"] = valid_until;
        assert_eq!(super::reasons(&judge(&bench, &facts).await), against, "{facts}");
    }
    let kept: String =
        sqlx::query_scalar("select string_agg(facts::text, ' ') from compliance.verdict")
            .fetch_one(&mut bench.connection().await)
            .await
            .unwrap();
    assert!(!kept.contains("2026-06-15\"") && !kept.contains("valid_until"), "{kept}");
}

#[tokio::test]
async fn a_what_if_is_not_kept() {
    let (bench, store) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    let mut what_if = json!({
        "moment": "placement",
        "store": store,
        "store_place": super::STORE,
        "door_place": super::DOOR,
        "date_of_birth": "1990-04-01",
        "at": "2026-06-16T02:00:00Z",
        "back_by": "2026-06-16T03:00:00Z",
        "items": [super::bourbon()],
    });
    let path = "/v1/compliance/what-if";
    let would: Value = operator.post(path, &what_if).await.ok();
    assert_eq!(super::reasons(&would), ["not-delivered-back-in-time"]);
    what_if["back_by"] = json!("2026-06-16T02:59:00Z");
    let would: Value = operator.post(path, &what_if).await.ok();
    assert_eq!(would["allowed"], true, "{would}");
    let kept: i64 = sqlx::query_scalar("select count(*) from compliance.verdict")
        .fetch_one(&mut bench.connection().await)
        .await
        .unwrap();
    assert_eq!(kept, 0);

    what_if["at"] = json!("-009999-01-02T00:00:00Z");
    operator.post(path, &what_if).await.refused(422, "invalid-input");
    what_if["at"] = json!(null);
    what_if["items"][0]["name"] = json!("nul\u{0}");
    operator.post(path, &what_if).await.refused(422, "invalid-input");
    let customer = bench.signed("compliance", &testkit::customer());
    what_if["items"] = json!([]);
    customer.post(path, &what_if).await.refused(403, "forbidden");
}

#[tokio::test]
async fn verdicts_are_read_page_by_page() {
    let (bench, store) = super::in_iowa().await;
    let facts = super::facts(store, PersonId::new(), bench.now());
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(judge(&bench, &facts).await["verdict"].clone());
    }
    let operator = bench.signed("compliance", &testkit::operator());
    let path = "/v1/compliance/verdicts?subject=order-1&limit=2";
    let first: Value = operator.get(path).await.ok();
    let next = first["next"].as_str().unwrap();
    let second: Value = operator.get(&format!("{path}&after={next}")).await.ok();
    let read: Vec<&Value> = [&first, &second]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| &item["verdict"])
        .collect();
    said.reverse();
    assert_eq!(read, said.iter().collect::<Vec<_>>());
    assert!(second["next"].is_null());
}

#[tokio::test]
async fn the_outlook_tells_times_apart_and_keeps_nothing() {
    let (bench, store) = super::in_iowa().await;
    let ann = PersonId::new();
    known(&bench, &person(ann, Some(date(1990, 4, 1)), 1)).await;
    let facts = super::facts(store, ann, bench.now());
    let from = |first: &str, last: &str, back_by: &str| json!({ "first": first, "last": last, "back_by": back_by });
    // Iowa brings nothing after 22:00, which is three in the morning here.
    let times = [
        from("2026-06-16T00:00:00Z", "2026-06-16T00:50:00Z", "2026-06-16T01:40:00Z"),
        from("2026-06-16T02:00:00Z", "2026-06-16T02:50:00Z", "2026-06-16T03:40:00Z"),
        from("2026-06-16T10:30:00Z", "2026-06-16T11:20:00Z", "2026-06-16T12:10:00Z"),
    ];
    let asked = json!({ "facts": facts, "times": times });
    let house = bench.house("compliance");
    let said: Value = house.post("/internal/compliance/outlook", asked).await.ok();
    let rules = |time: usize| -> Vec<&str> {
        said[time].as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap()).collect()
    };
    assert_eq!(rules(0), Vec::<&str>::new());
    assert_eq!(rules(1), ["not-delivered-back-in-time"]);
    assert!(rules(2).contains(&"outside-sale-hours"), "{:?}", rules(2));
    let operator = bench.signed("compliance", &testkit::operator());
    let kept: Value = operator.get("/v1/compliance/verdicts?subject=order-1").await.ok();
    assert_eq!(kept["items"], json!([]));
}
