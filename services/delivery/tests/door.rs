use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Row};

use crate::scene::{OF_AGE, STORE, UNDER_AGE, document, scene};

#[tokio::test]
async fn alcohol_changes_hands_only_after_a_check_that_allows_it() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    assert_eq!(driver.me().await["job"]["needs_check"], true);
    driver.hand_over(job).await.refused(409, "not-checked");

    let young = driver.check(job, UNDER_AGE).await;
    assert_eq!(young["allowed"], false);
    assert_eq!(young["reasons"][0]["rule"], "under-age");
    driver.hand_over(job).await.refused(409, "not-checked");

    assert_eq!(driver.check(job, OF_AGE).await["allowed"], true);
    let asked = scene.law.lock().unwrap().asked.pop().unwrap();
    assert_eq!(asked.subject, order.order.to_string(), "as at placement and dispatch");
    driver.check(job, UNDER_AGE).await;
    driver.hand_over(job).await.refused(409, "not-checked");

    let tonic = json!([{ "line": order.lines[1].line, "quantity": 3 }]);
    let only_tonic = json!({ "recipient_name": "Tim Lee", "lines": tonic });
    let after: Value = driver.act_with(job, "hand-over", only_tonic).await.ok();
    assert_eq!(after["state"], "returning", "tonic water needs no check, the whiskey goes back");
}

#[tokio::test]
async fn a_bad_document_or_a_drunk_customer_is_a_no() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (_, job) = scene.at_door(&driver).await;
    let mut expired = document(OF_AGE);
    expired["document"]["expires_on"] = json!("2026-06-14");
    let mut borrowed = document(OF_AGE);
    borrowed["name_matches"] = json!(false);
    let mut drunk = document(OF_AGE);
    drunk["sober"] = json!(false);
    for (shown, rule) in
        [(expired, "document-expired"), (borrowed, "name-mismatch"), (drunk, "not-sober")]
    {
        let result: Value = driver.act_with(job, "check", shown).await.ok();
        assert_eq!(result["allowed"], false);
        assert_eq!(result["reasons"][0]["rule"], rule);
        assert_eq!(result["valid_until"], json!(null));
        driver.hand_over(job).await.refused(409, "not-checked");
    }
}

#[tokio::test]
async fn a_check_is_good_for_minutes() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (_, job) = scene.at_door(&driver).await;
    driver.check(job, OF_AGE).await;
    let can = driver.me().await["job"]["can"].clone();
    assert_eq!(can, json!(["check", "hand_over", "refuse"]));
    scene.bench.advance(601);
    driver.hand_over(job).await.refused(409, "not-checked");
    driver.check(job, OF_AGE).await;
    scene.bench.advance(599);
    driver.hand_over(job).await.ok::<Value>();
}

#[tokio::test]
async fn a_check_ends_before_the_hours_do() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (_, job) = scene.at_door(&driver).await;
    let end = scene.bench.now() + jiff::SignedDuration::from_mins(5);
    scene.law.lock().unwrap().ends_at = Some(end);
    let result = driver.check(job, OF_AGE).await;
    assert_eq!(result["allowed"], true);
    let until: jiff::Timestamp = result["valid_until"].as_str().unwrap().parse().unwrap();
    assert!(until < end);
    scene.bench.advance(90);
    driver.hand_over(job).await.refused(409, "not-checked");
    scene.bench.advance(300);
    let result = driver.check(job, OF_AGE).await;
    assert_eq!(result["reasons"][0]["rule"], "outside-sale-hours");
}

/// A second check that says no, kept while the hand-over is on its way.
#[tokio::test]
async fn a_hand_over_sees_the_newest_check() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (_, job) = scene.at_door(&driver).await;
    driver.check(job, OF_AGE).await;
    let mut connection = scene.bench.connection().await;
    let mut check = connection.begin().await.unwrap();
    sqlx::query("select from delivery.job where id = $1 for no key update")
        .bind(job.uuid())
        .execute(&mut *check)
        .await
        .unwrap();
    let caller = driver.caller.clone();
    let path = format!("/v1/delivery/jobs/{job}/hand-over");
    let hand_over =
        tokio::spawn(
            async move { caller.post(&path, json!({ "recipient_name": "Ann Lee" })).await },
        );
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    sqlx::query(
        "insert into delivery.door_check
         select gen_random_uuid(), job, driver, at + interval '1 second', valid_until, false, false,
                minimum_age, method, '{under-age}', verdict, document_hash
         from delivery.door_check",
    )
    .execute(&mut *check)
    .await
    .unwrap();
    check.commit().await.unwrap();
    hand_over.await.unwrap().refused(409, "not-checked");
}

#[tokio::test]
async fn without_the_law_nothing_is_allowed() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (_, job) = scene.at_door(&driver).await;
    scene.law.lock().unwrap().down = true;
    driver.act_with(job, "check", document(OF_AGE)).await.refused(503, "unavailable");
    driver.hand_over(job).await.refused(409, "not-checked");
}

#[tokio::test]
async fn nothing_of_the_document_is_kept() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (_, job) = scene.at_door(&driver).await;
    driver.check(job, UNDER_AGE).await;
    driver.check(job, OF_AGE).await;
    driver.hand_over(job).await.ok::<Value>();
    let mut connection = scene.bench.connection().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('delivery', 'feed') and table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(tables.len() > 8, "{tables:?}");
    let mut seen = String::new();
    for table in &tables {
        let query = format!("select to_jsonb(t)::text as text from {table} as t");
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut connection).await.unwrap();
        seen.extend(rows.iter().map(|row| row.get::<String, _>("text")));
    }
    assert!(seen.contains("driving_licence"), "the check itself is kept");
    let seen = seen.to_uppercase();
    for secret in ["QXZJKW", "JKW7", OF_AGE, UNDER_AGE, "19900401", "20100401", "DATE_OF_BIRTH"] {
        assert!(!seen.contains(secret), "{secret} was kept");
    }
    let kept = sqlx::query(
        "select over_age, minimum_age, length(document_hash) as hash from delivery.door_check
         order by at, id",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let over: Vec<bool> = kept.iter().map(|row| row.get("over_age")).collect();
    assert_eq!(over, [false, true]);
    assert_eq!(kept[1].get::<i16, _>("minimum_age"), 21);
    assert_eq!(kept[1].get::<i32, _>("hash"), 32);
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let scene = scene().await;
    let driver = scene.driver("Dana", STORE).await;
    let (order, job) = scene.at_door(&driver).await;
    let rye = order.lines[0].line;
    let stranger = kernel::LineId::new();
    let lines = |line: kernel::LineId, quantity: u32| json!({ "recipient_name": "Ann", "lines": [{ "line": line, "quantity": quantity }] });
    for (deed, input, field) in [
        ("hand-over", lines(rye, 3), "lines[0].quantity"),
        ("hand-over", lines(rye, 0), "lines[0].quantity"),
        ("hand-over", lines(stranger, 1), "lines[0].line"),
        ("hand-over", json!({ "recipient_name": "" }), "recipient_name"),
        ("hand-over", json!({ "recipient_name": "A\u{0}" }), "recipient_name"),
        ("hand-over", json!({ "recipient_name": "Ann", "lines": [] }), "lines"),
        ("check", document("2026-06-17"), "document.date_of_birth"),
        ("check", document("2026-02-30"), "document.date_of_birth"),
        ("refuse", json!({ "because": "bored" }), "because"),
    ] {
        let problem = driver.act_with(job, deed, input).await.refused(422, "invalid-input");
        assert_eq!(problem["field"], field, "{problem}");
    }
}
