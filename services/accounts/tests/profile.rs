use accounts_api::PersonChanged;
use jiff::civil::date;
use serde_json::{Value, json};

const ME: &str = "/v1/accounts/me";

#[tokio::test]
async fn a_change_is_told_with_a_newer_version() {
    let bench = super::bench().await;
    let actor = super::sign_up(&bench, "ann@example.com").await;
    let ann = bench.signed("accounts", &actor);
    let read = ann.get(ME).await;
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    let change =
        json!({ "given_name": " Anna ", "language": "de-AT", "date_of_birth": "1990-04-01" });
    let changed: Value = ann.with("if-match", &etag).patch(ME, &change).await.ok();
    assert_eq!((&changed["given_name"], &changed["version"]), (&json!("Anna"), &json!(2)));
    assert_eq!((&changed["family_name"], &changed["language"]), (&json!("Lee"), &json!("de-AT")));
    let told = bench.told::<PersonChanged>("accounts").await;
    let last = told.last().unwrap();
    assert_eq!((told.len(), last.version, last.given_name.as_str()), (2, 2, "Anna"));
    assert_eq!(last.date_of_birth, Some(date(1990, 4, 1)));
}

#[tokio::test]
async fn a_change_needs_what_was_read() {
    let bench = super::bench().await;
    let actor = super::sign_up(&bench, "ann@example.com").await;
    let ann = bench.signed("accounts", &actor);
    let change = json!({ "given_name": "Anna" });
    ann.patch(ME, &change).await.refused(428, "if-match-missing");
    let reader = ann.with("if-match", "\"v1\"");
    reader.patch(ME, &change).await.ok::<Value>();
    reader.patch(ME, &change).await.refused(412, "stale-version");
    assert_eq!(bench.told::<PersonChanged>("accounts").await.len(), 2);
}

#[tokio::test]
async fn a_date_of_birth_is_said_once() {
    let bench = super::bench().await;
    let actor = super::sign_up(&bench, "ann@example.com").await;
    let ann = bench.signed("accounts", &actor);
    let born = |day: &str| json!({ "date_of_birth": day });
    ann.with("if-match", "\"v1\"").patch(ME, born("1990-04-01")).await.ok::<Value>();
    let reader = ann.with("if-match", "\"v2\"");
    let problem = reader.patch(ME, born("1980-04-01")).await.refused(409, "date-of-birth-set");
    assert_eq!(problem["field"], "date_of_birth");
    reader.patch(ME, born("1990-04-01")).await.ok::<Value>();
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let bench = super::bench().await;
    let actor = super::sign_up(&bench, "ann@example.com").await;
    let ann = bench.signed("accounts", &actor).with("if-match", "\"v1\"");
    for (field, value) in [
        ("given_name", json!("")),
        ("given_name", json!("  ")),
        ("family_name", json!("a\u{0}b")),
        ("family_name", json!("x".repeat(101))),
        ("language", json!("english please")),
        ("date_of_birth", json!("2999-01-01")),
        ("date_of_birth", json!("-009999-01-01")),
        ("email", json!("bob@example.com")),
        ("roles", json!(["operator"])),
    ] {
        let problem = ann.patch(ME, json!({ field: value })).await.refused(422, "invalid-input");
        let named = problem["field"].as_str().unwrap();
        assert_eq!(named.trim_end_matches("[0]"), field);
    }
    let ghost = bench.signed("accounts", &testkit::customer());
    ghost.get(ME).await.refused(401, "unauthenticated");
    bench.anyone("accounts").get(ME).await.refused(401, "unauthenticated");
}
