use serde_json::{Value, json};

use super::{PASSWORD, code, visitor::Visitor};

#[tokio::test]
async fn an_easy_password_is_refused_wherever_one_is_set() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    for weak in ["1234567890", "password12", "Xilvorbanthe", "xilvorbanthe@example.com"] {
        let input = json!({
            "email": "xilvorbanthe@example.com", "password": weak, "given_name": "Ann",
            "family_name": "Xilvorbanthe",
        });
        let problem =
            anyone.post("/v1/accounts/sign-up", input).await.refused(422, "weak-password");
        assert_eq!(problem["field"], "password");
        let says = problem["detail"].as_str().unwrap();
        assert!(says.starts_with("This password is easy to guess. "), "{says}");
    }
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let change = json!({ "password": PASSWORD, "new_password": "qwertyuiop" });
    let problem = ann.caller.post("/v1/accounts/password/change", change).await;
    assert_eq!(problem.refused(422, "weak-password")["field"], "new_password");
    // It costs none of the code's five tries.
    let reset = json!({ "email": "ann@example.com" });
    let begun: Value = anyone.post("/v1/accounts/password/reset", reset).await.ok();
    let letter = code(&bench, &begun["flow"]).await;
    let confirm = "/v1/accounts/password/reset/confirm";
    let input = |password| json!({ "flow": begun["flow"], "code": letter, "password": password });
    for _ in 0..6 {
        anyone.post(confirm, input("aaaaaaaaaaaa")).await.refused(422, "weak-password");
    }
    assert_eq!(anyone.post(confirm, input("four words that stay here")).await.status, 204);
}

/// Until someone waits for a lock of ours.
async fn someone_waits(bench: &testkit::Bench) {
    let mut db = bench.connection().await;
    for _ in 0..100 {
        let query = "select exists (select from pg_stat_activity
                                    where wait_event_type = 'Lock' and datname = current_database())";
        if sqlx::query_scalar(query).fetch_one(&mut db).await.unwrap() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody waits");
}

#[tokio::test]
async fn whoever_holds_the_old_password_does_not_come_last() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    for meanwhile in [
        "update accounts.person set password_hash = 'another' where id = $1",
        "update accounts.session set ended_at = now(), ended_why = 'test' where person_id = $1",
    ] {
        let mut db = bench.connection().await;
        let mut tx = sqlx::Connection::begin(&mut db).await.unwrap();
        sqlx::query("select from accounts.person where id = $1 for update")
            .bind(ann.person.uuid())
            .execute(&mut *tx)
            .await
            .unwrap();
        let change = json!({ "password": PASSWORD, "new_password": "a horse of another colour" });
        let thief = ann.caller.clone();
        let thief =
            tokio::spawn(async move { thief.post("/v1/accounts/password/change", change).await });
        someone_waits(&bench).await;
        let hash = "select password_hash from accounts.person where id = $1";
        let before: String =
            sqlx::query_scalar(hash).bind(ann.person.uuid()).fetch_one(&mut *tx).await.unwrap();
        sqlx::query(meanwhile).bind(ann.person.uuid()).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        thief.await.unwrap().refused(401, "unauthenticated");
        let after: String =
            sqlx::query_scalar(hash).bind(ann.person.uuid()).fetch_one(&mut db).await.unwrap();
        assert!(after == before || after == "another", "{meanwhile}");
        let back = "update accounts.person set password_hash = $2 where id = $1";
        sqlx::query(back).bind(ann.person.uuid()).bind(before).execute(&mut db).await.unwrap();
    }
}
