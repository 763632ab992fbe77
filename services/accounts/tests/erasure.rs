use accounts_api::{PersonChanged, PersonErased};
use serde_json::{Value, json};

use super::PASSWORD;

const PATH: &str = "/v1/accounts/me/erasure";

#[tokio::test]
async fn a_person_who_goes_is_gone_and_others_are_told() {
    let bench = super::bench().await;
    let ann_in = super::signed_up(&bench, "ann@example.com").await;
    let ann = super::bearer(&bench, &ann_in);
    ann.post(PATH, json!({ "password": "wrong password" })).await.refused(403, "wrong-password");
    let here = json!({
        "label": "home", "recipient": "Ann Lee", "address": "500 Locust St",
        "instructions": "", "place": { "lat": 41.5, "lon": -93.6 },
    });
    ann.post("/v1/accounts/addresses", here).await.ok::<Value>();
    assert_eq!(ann.post(PATH, json!({ "password": PASSWORD })).await.status, 204);
    super::refused_soon(&ann).await;
    let input = json!({ "refresh_token": ann_in["refresh_token"] });
    let refresh = "/v1/accounts/sessions/refresh";
    bench.anyone("accounts").post(refresh, input).await.refused(401, "session-ended");
    let input = json!({ "email": "ann@example.com", "password": PASSWORD });
    let sign_in = "/v1/accounts/sign-in";
    bench.anyone("accounts").post(sign_in, input).await.refused(401, "sign-in-refused");
    let told = bench.told::<PersonErased>("accounts").await;
    assert_eq!(json!(told[0].person), ann_in["person"]);
    bench
        .eventually("what was told of them is gone too", || async {
            bench.told::<PersonChanged>("accounts").await.is_empty().then_some(())
        })
        .await;
    // The address is free for whoever has it: a new person.
    let again = super::signed_up(&bench, "ann@example.com").await;
    assert_ne!(again["person"], ann_in["person"]);
}

#[tokio::test]
async fn the_last_operator_stays() {
    let bench = super::bench().await;
    let oona_in = super::signed_up(&bench, "oona@example.com").await;
    let operator = bench.signed("accounts", &testkit::operator());
    let path = format!("/v1/accounts/people/{}/roles", oona_in["person"].as_str().unwrap());
    operator.put(&path, json!({ "roles": [{ "role": "operator" }] })).await.ok::<Value>();
    let input = json!({ "refresh_token": oona_in["refresh_token"] });
    let anyone = bench.anyone("accounts");
    let next: Value = anyone.post("/v1/accounts/sessions/refresh", input).await.ok();
    let oona = super::bearer(&bench, &next);
    oona.post(PATH, json!({ "password": PASSWORD })).await.refused(409, "last-operator");
}

#[tokio::test]
async fn a_backup_that_is_put_back_does_not_bring_anyone_back() {
    let log = std::env::temp_dir().join(format!("erasures-{}", kernel::random_token()));
    let settings = format!(
        "[accounts]\nargon2_memory_kib = 8\nargon2_rounds = 1\nerasure_log = {}",
        json!(log)
    );
    let bench = testkit::Bench::of(super::PARTS).settings(&settings).start().await;
    let ann_in = super::signed_up(&bench, "ann@example.com").await;
    let ann = super::bearer(&bench, &ann_in);
    let tables = super::tables(&bench).await;
    // What a backup from before has: her row, and no word of the erasure.
    sqlx::query("create table backup as select * from person").execute(&tables).await.unwrap();
    assert_eq!(ann.post(PATH, json!({ "password": PASSWORD })).await.status, 204);
    let mut tx = tables.begin().await.unwrap();
    for statement in ["delete from erased_person", "insert into person select * from backup"] {
        sqlx::query(statement).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    bench
        .eventually("she is erased again", || async {
            let left: i64 =
                sqlx::query_scalar("select count(*) from person").fetch_one(&tables).await.unwrap();
            (left == 0).then_some(())
        })
        .await;
    std::fs::remove_file(log).unwrap();
}
