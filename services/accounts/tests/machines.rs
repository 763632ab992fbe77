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
