use serde_json::{Value, json};
use testkit::Bench;

async fn sign_in(bench: &Bench) -> Value {
    let input = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    bench.anyone("accounts").post("/v1/accounts/sign-in", input).await.ok()
}

fn kid(signed_in: &Value) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let head = signed_in["access_token"].as_str().unwrap().split('.').next().unwrap();
    let head = BASE64_URL_SAFE_NO_PAD.decode(head).unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    head["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn keys_change_without_refusing_a_live_token() {
    let bench = super::bench().await;
    let first = super::signed_up(&bench, "ann@example.com").await;
    let operator = bench.signed("accounts", &testkit::operator());
    let path = "/v1/accounts/keys/change";
    assert_eq!(operator.post(path, json!({ "stolen": false })).await.status, 204);
    let between = sign_in(&bench).await;
    assert_eq!(kid(&between), kid(&first), "the new key is told of before it signs");
    let jwks: Value = bench.anyone("accounts").get("/v1/accounts/.well-known/jwks.json").await.ok();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    bench.advance(61);
    let second = sign_in(&bench).await;
    assert_ne!(kid(&second), kid(&first));
    for signed_in in [&first, &between, &second] {
        let caller = super::bearer(&bench, signed_in);
        bench
            .eventually("every key is known", || async {
                (caller.get("/v1/accounts/me").await.status == 200).then_some(())
            })
            .await;
    }
    assert_eq!(operator.post(path, json!({ "stolen": true })).await.status, 204);
    super::refused_soon(&super::bearer(&bench, &second)).await;
    let third = sign_in(&bench).await;
    let caller = super::bearer(&bench, &third);
    bench
        .eventually("the new key is known", || async {
            (caller.get("/v1/accounts/me").await.status == 200).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_key_is_changed_by_itself_after_its_days() {
    let bench = super::bench().await;
    let first = super::signed_up(&bench, "ann@example.com").await;
    bench.advance(30 * 86_400 + 1);
    let tables = super::tables(&bench).await;
    bench
        .eventually("a second key", || async {
            let count: i64 = sqlx::query_scalar("select count(*) from signing_key")
                .fetch_one(&tables)
                .await
                .unwrap();
            (count == 2).then_some(())
        })
        .await;
    bench.advance(61);
    bench
        .eventually("the next key signs", || async {
            (kid(&sign_in(&bench).await) != kid(&first)).then_some(())
        })
        .await;
}
