use kernel::Actor;
use serde_json::{Value, json};

const PATH: &str = "/v1/accounts/sign-in";

#[tokio::test]
async fn a_token_opens_what_is_ones_own() {
    let bench = super::bench().await;
    let Actor { person, .. } = super::sign_up(&bench, "ann@example.com").await;
    let anyone = bench.anyone("accounts");
    let input = json!({ "email": "ANN@example.com", "password": super::PASSWORD });
    let signed: Value = anyone.post(PATH, input).await.ok();
    assert_eq!(signed["token_type"], "Bearer");
    assert_eq!(signed["person"], person.to_string());
    assert_eq!(signed["roles"], json!([{ "role": "customer" }]));
    assert_eq!(signed["expires_at"], "2026-06-15T17:10:00Z");
    let token = format!("Bearer {}", signed["access_token"].as_str().unwrap());
    let ann = anyone.with("authorization", &token);
    let me: Value = ann.get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], "ann@example.com");
    bench.advance(606);
    ann.get("/v1/accounts/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn nobody_learns_whether_the_account_is_there() {
    let bench = super::bench().await;
    super::sign_up(&bench, "ann@example.com").await;
    let anyone = bench.anyone("accounts");
    let mut answers = Vec::new();
    for (email, password) in [("ann@example.com", "wrong"), ("bob@example.com", super::PASSWORD)] {
        let answer = anyone.post(PATH, json!({ "email": email, "password": password })).await;
        let mut problem = answer.refused(401, "sign-in-refused");
        problem["request_id"] = Value::Null;
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    let good = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    for (field, value) in [
        ("email", json!("nul\u{0}@example.com")),
        ("email", json!("a".repeat(300))),
        ("password", json!("")),
        ("password", json!("p".repeat(201))),
        ("roles", json!([])),
    ] {
        let mut input = good.clone();
        input[field] = value;
        let problem = anyone.post(PATH, input).await.refused(422, "invalid-input");
        assert_eq!(problem["field"], field);
    }
}

#[tokio::test]
async fn anyone_can_check_a_token() {
    let bench = super::bench().await;
    let jwks: Value = bench.anyone("accounts").get("/v1/accounts/.well-known/jwks.json").await.ok();
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0]["kid"].as_str().unwrap().len(), 16);
    assert_eq!((&keys[0]["crv"], &keys[0]["alg"]), (&json!("Ed25519"), &json!("EdDSA")));
    assert!(keys[0].get("d").is_none(), "the private half stays here");
}
