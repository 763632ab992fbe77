//! A provider that lies, errs or does not answer signs nobody in.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use testkit::Bench;

use super::{
    begin, come_back, count, failure, redeem, sign_in,
    stand_in::{Fault, RSA_NEXT, StandIn, jwk, sign},
};

const RSA_PUBLIC: &str = include_str!("../keys/rsa.pub.pem");
const ENOUGH: usize = 300 * 1024;

/// Someone signs in, which must come to nothing.
async fn refused(bench: &Bench, idp: &StandIn, code: &str, reason: &str) {
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "idp").await;
    let state = begun.says("state");
    let values = [("state", state.as_str()), ("code", &idp.approve(&begun.url))];
    let came = come_back(&anyone, "idp", &values).await;
    assert_eq!(came.get("error").map(String::as_str), Some(code), "{reason}");
    assert_eq!(came.get("ticket"), None, "{reason}");
    assert_eq!(failure(bench).await, format!("{code} {reason}"));
    redeem(&anyone, &begun, "a ticket").await.refused(409, "sign-in-ended");
    // The same state again is no second chance.
    assert_eq!(come_back(&anyone, "idp", &values).await["error"], "sign-in-ended");
}

async fn nobody_came(bench: &Bench) {
    for table in ["person", "identity", "session"] {
        assert_eq!(count(bench, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_token_that_says_the_wrong_thing_is_refused() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let now = bench.now().as_second();
    let good = idp.script().claims.clone();
    for (claim, value, reason) in [
        ("iss", json!("https://accounts.google.com"), "issuer"),
        ("iss", json!(format!("{}/", idp.issuer())), "issuer"),
        ("aud", json!("another client"), "audience"),
        ("aud", json!(["tipple", "another client"]), "audience"),
        ("azp", json!("another client"), "audience"),
        ("nonce", json!("another sign-in's"), "nonce"),
        ("nonce", json!(null), "nonce"),
        ("exp", json!(now - 60), "expired"),
        ("exp", json!(null), "expired"),
        ("iat", json!(now + 60), "from the future"),
        ("sub", json!(null), "subject"),
        ("sub", json!(""), "subject"),
        ("sub", json!("s".repeat(256)), "subject"),
    ] {
        idp.script().claims = good.clone();
        idp.claim(claim, value);
        refused(&bench, &idp, "identity-token-refused", reason).await;
    }
    nobody_came(&bench).await;
    idp.script().claims = good;
    sign_in(&bench.anyone("accounts"), &idp).await.ok::<Value>();
}

type Mint = Box<dyn Fn(&Value) -> String + Send + Sync>;

/// Tokens that the provider's key has not signed, and what is wrong with each.
fn forgeries() -> Vec<(Mint, &'static str)> {
    let keyed = |secret: &'static [u8]| -> Mint {
        Box::new(move |claims| {
            let mut header = Header::new(Algorithm::HS256);
            header.kid = Some("one".into());
            jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
        })
    };
    let unsigned = |alg: &'static str| -> Mint {
        Box::new(move |claims| {
            let head = json!({ "alg": alg, "kid": "one" }).to_string();
            let part = |text: String| URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.", part(head), part(claims.to_string()))
        })
    };
    vec![
        (Box::new(|claims| sign(RSA_NEXT, "one", claims)), "signature"),
        (Box::new(|claims| sign(RSA_NEXT, "two", claims)), "unknown key"),
        (keyed(RSA_PUBLIC.as_bytes()), "algorithm"),
        (keyed(b"a secret"), "algorithm"),
        (unsigned("none"), "algorithm"),
        (unsigned("None"), "algorithm"),
        (unsigned("RS256"), "signature"),
        (Box::new(|_| "not a token".into()), "malformed"),
    ]
}

#[tokio::test]
async fn a_token_that_the_provider_has_not_signed_is_refused() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    for (mint, reason) in forgeries() {
        idp.script().mint = Arc::from(mint);
        // Else the look for the unknown key is put off, which is another test's.
        bench.advance(11);
        refused(&bench, &idp, "identity-token-refused", reason).await;
    }
    nobody_came(&bench).await;
}

#[tokio::test]
async fn a_key_that_was_changed_just_before_signing_is_found() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let first: Value = sign_in(&anyone, &idp).await.ok();
    assert_eq!(idp.asked("/keys").len(), 1);
    let begun = begin(&anyone, "idp").await;
    idp.script().keys = vec![jwk(RSA_NEXT, "two")];
    idp.script().mint = Arc::new(|claims| sign(RSA_NEXT, "two", claims));
    let ticket = super::ticket(&anyone, &idp, &begun).await;
    let second: Value = redeem(&anyone, &begun, &ticket).await.ok();
    assert_eq!(first["person"], second["person"]);
    assert_eq!(idp.asked("/keys").len(), 2);
    // Whoever makes up key names does not make us ask each time.
    idp.script().mint = Arc::new(|claims| sign(RSA_NEXT, "made up", claims));
    for _ in 0..3 {
        refused(&bench, &idp, "identity-token-refused", "unknown key").await;
    }
    assert_eq!(idp.asked("/keys").len(), 2);
    bench.advance(11);
    refused(&bench, &idp, "identity-token-refused", "unknown key").await;
    assert_eq!(idp.asked("/keys").len(), 3);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_as_it_should_signs_nobody_in() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let status = |status| Fault::Status(status, json!({ "error": "invalid_grant" }));
    for (path, fault, code, reason) in [
        ("/token", Fault::Huge(ENOUGH), "provider-unavailable", "the answer is too large"),
        ("/token", Fault::Slow, "provider-unavailable", "the answer took too long"),
        ("/token", Fault::NotJson, "provider-unavailable", "the answer is not understood"),
        ("/token", status(400), "provider-error", ""),
        ("/token", status(401), "provider-error", ""),
        (
            "/token",
            status(500),
            "provider-unavailable",
            "the token endpoint does not answer as it should",
        ),
        (
            "/token",
            Fault::Redirect,
            "provider-unavailable",
            "the token endpoint does not answer as it should",
        ),
        (
            "/token",
            Fault::Status(200, json!({ "access_token": "a" })),
            "identity-token-refused",
            "missing",
        ),
        ("/keys", Fault::Huge(ENOUGH), "provider-unavailable", "the answer is too large"),
        ("/keys", Fault::Slow, "provider-unavailable", "the answer took too long"),
        ("/keys", Fault::Redirect, "provider-unavailable", "the answer is not a success"),
        ("/keys", status(503), "provider-unavailable", "the answer is not a success"),
    ] {
        idp.script().faults = [(path, fault)].into();
        refused(&bench, &idp, code, reason).await;
    }
    nobody_came(&bench).await;
}

#[tokio::test]
async fn what_userinfo_says_of_someone_else_is_refused() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    // Without an address in the token, userinfo is asked.
    idp.claim("email", json!(null));
    let info =
        |sub: &str| json!({ "sub": sub, "email": "eve@example.com", "email_verified": true });
    idp.script().userinfo = info("eve");
    refused(&bench, &idp, "identity-mismatch", "userinfo is about someone else").await;
    for (fault, reason) in [
        (Fault::Huge(ENOUGH), "the answer is too large"),
        (Fault::Slow, "the answer took too long"),
        (Fault::NotJson, "the answer is not understood"),
    ] {
        idp.script().userinfo = info("ann");
        idp.script().faults = [("/me", fault)].into();
        refused(&bench, &idp, "provider-unavailable", reason).await;
    }
    nobody_came(&bench).await;
    idp.script().faults.clear();
    let signed: Value = sign_in(&bench.anyone("accounts"), &idp).await.ok();
    let me: Value = crate::bearer(&bench, &signed).get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], "eve@example.com");
}

#[tokio::test]
async fn discovery_has_to_be_about_the_issuer_that_is_set() {
    for (says, code) in [
        (json!({ "issuer": "https://accounts.google.com" }), "provider-misconfigured"),
        (json!({ "issuer": null }), "provider-unavailable"),
        (json!({ "authorization_endpoint": "http://id.example/" }), "provider-misconfigured"),
        (json!({ "authorization_endpoint": "javascript:alert(1)" }), "provider-misconfigured"),
    ] {
        let idp = StandIn::start().await;
        let bench = idp.bench().await;
        idp.script().discovery = says;
        let answer =
            bench.anyone("accounts").post("/v1/accounts/providers/idp/begin", json!({})).await;
        answer.refused(503, code);
        assert_eq!(count(&bench, "provider_flow").await, 0);
    }
    for fault in [Fault::Huge(ENOUGH), Fault::Slow, Fault::NotJson, Fault::Redirect] {
        let idp = StandIn::start().await;
        let bench = idp.bench().await;
        idp.script().faults = [("/.well-known/openid-configuration", fault)].into();
        let answer =
            bench.anyone("accounts").post("/v1/accounts/providers/idp/begin", json!({})).await;
        answer.refused(503, "provider-unavailable");
    }
}

/// Secrets do not go where a token endpoint has moved to without encryption.
#[tokio::test]
async fn secrets_go_to_encrypted_addresses_only() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    idp.script().discovery = json!({ "token_endpoint": "http://id.example/token" });
    refused(&bench, &idp, "provider-misconfigured", "an endpoint is not an https address").await;
    nobody_came(&bench).await;
}

#[tokio::test]
async fn what_the_browser_brings_back_is_not_believed() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    let anyone = bench.anyone("accounts");
    let (mine, other) = (begin(&anyone, "idp").await, begin(&anyone, "idp").await);
    let (mine_state, other_state) = (mine.says("state"), other.says("state"));
    // Another sign-in's state with this one's code: the proof of PKCE is another.
    let code = idp.approve(&mine.url);
    let came = come_back(&anyone, "idp", &[("state", &other_state), ("code", &code)]).await;
    assert_eq!((came["error"].as_str(), &came["flow"]), ("provider-error", &other.flow));
    let code = idp.approve(&mine.url);
    for (values, error) in [
        (vec![("code", code.as_str())], "sign-in-ended"),
        (vec![("state", ""), ("code", &code)], "sign-in-ended"),
        (vec![("state", "a\u{0}b"), ("code", &code)], "sign-in-ended"),
        (vec![("state", &mine_state), ("state", &mine_state), ("code", &code)], "sign-in-ended"),
        (vec![("state", &other_state), ("code", &code)], "sign-in-ended"),
        // The last, for it uses the state up.
        (
            vec![("state", &mine_state), ("code", &code), ("iss", "https://other.example")],
            "identity-mismatch",
        ),
        (vec![("state", &mine_state), ("code", &code)], "sign-in-ended"),
    ] {
        let came = come_back(&anyone, "idp", &values).await;
        assert_eq!((came["error"].as_str(), came.get("ticket")), (error, None), "{values:?}");
    }
    for (values, error) in [
        (vec![("error", "access_denied")], "access-denied"),
        (vec![("error", "access_denied"), ("code", "c")], "access-denied"),
        (vec![("error", "server_error"), ("error_description", "<b>")], "provider-error"),
        (vec![("error", "")], "provider-error"),
        (vec![], "provider-error"),
    ] {
        let begun = begin(&anyone, "idp").await;
        let state = begun.says("state");
        let values = [vec![("state", state.as_str())], values].concat();
        let came = come_back(&anyone, "idp", &values).await;
        assert_eq!((came["error"].as_str(), came.get("ticket")), (error, None), "{values:?}");
        assert_eq!(came.len(), 2, "no word of the provider is passed on");
    }
    nobody_came(&bench).await;
}

#[tokio::test]
async fn a_provider_that_names_itself_has_to() {
    let idp = StandIn::start().await;
    let bench = idp.bench().await;
    idp.script().discovery = json!({ "authorization_response_iss_parameter_supported": true });
    refused(&bench, &idp, "identity-mismatch", "the answer is another provider's").await;
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "idp").await;
    let (state, code) = (begun.says("state"), idp.approve(&begun.url));
    let issuer = idp.issuer().to_owned();
    let values = [("state", state.as_str()), ("code", &code), ("iss", &issuer)];
    assert!(come_back(&anyone, "idp", &values).await.contains_key("ticket"));
}
