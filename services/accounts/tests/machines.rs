use serde_json::{Value, json};

#[tokio::test]
async fn a_machine_acts_within_its_scopes_until_it_is_ended() {
    let bench = super::bench().await;
    let operator = bench.signed("accounts", &testkit::operator());
    let path = "/v1/accounts/machines";
    for wrong in [
        json!({ "name": "till", "roles": [{ "role": "operator" }], "scopes": ["accounts:write"] }),
        json!({ "name": "till", "roles": [{ "role": "customer" }], "scopes": ["orders:read"] }),
        json!({ "name": "till", "roles": [], "scopes": ["orders:read"] }),
        json!({ "name": "till", "roles": [{ "role": "operator" }], "scopes": [] }),
    ] {
        operator.post(path, wrong).await.refused(422, "invalid-input");
    }
    let input =
        json!({ "name": "till", "roles": [{ "role": "operator" }], "scopes": ["orders:read"] });
    let made: Value = operator.post(path, input).await.ok();
    let anyone = bench.anyone("accounts");
    let wrong = json!({ "machine": made["machine"], "secret": "ms_wrong" });
    anyone.post("/v1/accounts/machines/token", wrong).await.refused(401, "sign-in-refused");
    let shown = json!({ "machine": made["machine"], "secret": made["secret"] });
    let token: Value = anyone.post("/v1/accounts/machines/token", &shown).await.ok();
    let machine = super::bearer(&bench, &token);
    // Accounts has no scope at all: no machine makes operators.
    machine.get("/v1/accounts/people").await.refused(403, "forbidden");
    machine.get("/v1/accounts/me").await.refused(403, "forbidden");
    let end = format!("{path}/{}", made["machine"].as_str().unwrap());
    assert_eq!(operator.delete(&end).await.status, 204);
    super::refused_soon(&machine).await;
    anyone.post("/v1/accounts/machines/token", &shown).await.refused(401, "sign-in-refused");
    operator.delete(&end).await.refused(404, "not-found");
}

#[tokio::test]
async fn strangers_neither_slow_a_machine_down_nor_make_it_look_used() {
    let bench = super::bench().await;
    let operator = bench.signed("accounts", &testkit::operator());
    let input =
        json!({ "name": "till", "roles": [{ "role": "operator" }], "scopes": ["orders:read"] });
    let made: Value = operator.post("/v1/accounts/machines", input).await.ok();
    let path = "/v1/accounts/machines/token";
    let wrong = json!({ "machine": made["machine"], "secret": "ms_wrong" });
    for network in 0..110 {
        let stranger = bench.anyone("accounts");
        let stranger = stranger.with("x-forwarded-for", &format!("198.51.100.{network}"));
        stranger.post(path, &wrong).await.refused(401, "sign-in-refused");
    }
    let listed: Value = operator.get("/v1/accounts/machines").await.ok();
    assert_eq!(listed[0]["used_at"], Value::Null);
    let shown = json!({ "machine": made["machine"], "secret": made["secret"] });
    bench.anyone("accounts").post(path, shown).await.ok::<Value>();
    let listed: Value = operator.get("/v1/accounts/machines").await.ok();
    assert!(listed[0]["used_at"].is_string());
}
