//! Apple, as its pages say that it answers.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, jwk::Jwk};
use serde_json::{Value, json};
use testkit::{Answer, Bench, Caller};

use super::{
    Begun, begin, count, redeem, sent_on,
    stand_in::{Fault, RSA, RSA_NEXT, StandIn, sign},
};

const KEY: &str = include_str!("../keys/ec.pem");
const NOTICES: &str = "/v1/accounts/providers/apple/notices";

async fn bench(apple: &StandIn) -> Bench {
    let settings = format!(
        "[accounts.providers.apple]\nkind = \"apple\"\nissuer = \"{}\"\nclient_id = \"tipple\"\n\
         team_id = \"TEAM\"\nkey_id = \"KEY\"\nprivate_key = \"\"\"\n{KEY}\"\"\"",
        apple.issuer()
    );
    apple.script().discovery =
        json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    for (name, value) in [
        ("given_name", json!(null)),
        ("family_name", json!(null)),
        ("email", json!("x7@privaterelay.example")),
        ("email_verified", json!("true")),
        ("is_private_email", json!("true")),
    ] {
        apple.claim(name, value);
    }
    crate::bench_with(&settings).await
}

/// The browser posts Apple's form.
async fn post(caller: &Caller, fields: &[(&str, &str)]) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    caller
        .with("content-type", "application/x-www-form-urlencoded")
        .with("origin", "https://appleid.apple.com")
        .send(axum::http::Method::POST, "/v1/accounts/providers/apple/callback", form.into())
        .await
}

async fn sign_in(bench: &Bench, apple: &StandIn, user: Option<&str>) -> Value {
    let anyone = bench.anyone("accounts");
    let begun: Begun = begin(&anyone, "apple").await;
    assert_eq!(begun.says("response_mode"), "form_post");
    assert_eq!(begun.says("scope"), "openid name email");
    let (state, code) = (begun.says("state"), apple.approve(&begun.url));
    let mut fields = vec![("state", state.as_str()), ("code", code.as_str())];
    fields.extend(user.map(|user| ("user", user)));
    let came = sent_on(&post(&anyone, &fields).await, "/signed-in");
    redeem(&anyone, &begun, &came["ticket"]).await.ok()
}

/// What Apple's servers send.
fn notice(bench: &Bench, apple: &StandIn, pem: &str, event: &Value) -> Value {
    let claims = json!({
        "iss": apple.issuer(), "aud": "tipple", "iat": bench.now().as_second(), "jti": "j",
        "events": event.to_string(),
    });
    json!({ "payload": sign(pem, "one", &claims) })
}

fn event(bench: &Bench, kind: &str) -> Value {
    json!({ "type": kind, "sub": "ann", "event_time": bench.now().as_millisecond() })
}

#[tokio::test]
async fn the_name_comes_once_and_the_address_from_the_token() {
    let apple = StandIn::start().await;
    let bench = bench(&apple).await;
    let user =
        json!({ "name": { "firstName": "Ann\u{0}", "lastName": "Lee" }, "email": "v@example.com" });
    let first = sign_in(&bench, &apple, Some(&user.to_string())).await;
    let me: Value = crate::bearer(&bench, &first).get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], "x7@privaterelay.example");
    assert_eq!((&me["given_name"], &me["family_name"]), (&json!("Ann"), &json!("Lee")));
    // Never again, and booleans may be booleans as well.
    apple.claim("email_verified", json!(true));
    let second = sign_in(&bench, &apple, None).await;
    assert_eq!(first["person"], second["person"]);
    let me: Value = crate::bearer(&bench, &second).get("/v1/accounts/me").await.ok();
    assert_eq!(me["given_name"], "Ann");
    // What is no name is none.
    apple.claim("sub", json!("bob"));
    apple.claim("email", json!("b@privaterelay.example"));
    let bob = sign_in(&bench, &apple, Some("{\"name\": 7")).await;
    let me: Value = crate::bearer(&bench, &bob).get("/v1/accounts/me").await.ok();
    assert_eq!(me["given_name"], "");
}

#[tokio::test]
async fn an_address_that_is_not_verified_as_text_is_not_verified() {
    let apple = StandIn::start().await;
    let bench = bench(&apple).await;
    apple.claim("email_verified", json!("false"));
    let signed = sign_in(&bench, &apple, None).await;
    let me: Value = crate::bearer(&bench, &signed).get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], json!(null));
}

#[tokio::test]
async fn the_client_secret_is_made_by_us() {
    let apple = StandIn::start().await;
    let bench = bench(&apple).await;
    sign_in(&bench, &apple, None).await;
    bench.advance(1);
    sign_in(&bench, &apple, None).await;
    let key = EncodingKey::from_ec_pem(KEY.as_bytes()).unwrap();
    let public = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&[apple.issuer()]);
    let secrets: Vec<String> = apple
        .asked("/token")
        .iter()
        .map(|form| {
            let mut form = url::form_urlencoded::parse(form.as_bytes());
            form.find(|(name, _)| name == "client_secret").unwrap().1.into_owned()
        })
        .collect();
    assert_ne!(secrets[0], secrets[1], "it is renewed");
    let public = DecodingKey::from_jwk(&public).unwrap();
    let read = jsonwebtoken::decode::<Value>(&secrets[1], &public, &validation).unwrap();
    assert_eq!(read.header.kid.as_deref(), Some("KEY"));
    let now = bench.now().as_second();
    let claims = json!({
        "iss": "TEAM", "sub": "tipple", "aud": apple.issuer(), "iat": now, "exp": now + 300,
    });
    assert_eq!(read.claims, claims);
}

#[tokio::test]
async fn whoever_turns_back_at_apple_is_not_signed_in() {
    let apple = StandIn::start().await;
    let bench = bench(&apple).await;
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "apple").await;
    let state = begun.says("state");
    let fields = [("state", state.as_str()), ("error", "user_cancelled_authorize")];
    let came = sent_on(&post(&anyone, &fields).await, "/signed-in");
    assert_eq!(came["error"], "access-denied");
    assert_eq!(count(&bench, "person").await, 0);
}

#[tokio::test]
async fn who_removes_our_app_there_is_unlinked_and_signed_out() {
    let apple = StandIn::start().await;
    let bench = bench(&apple).await;
    let anyone = bench.anyone("accounts");
    for kind in ["consent-revoked", "account-delete"] {
        let signed = sign_in(&bench, &apple, None).await;
        bench.advance(1);
        let gone = notice(&bench, &apple, RSA, &event(&bench, kind));
        anyone.post(NOTICES, &gone).await.ok::<Value>();
        assert_eq!(count(&bench, "identity").await, 0, "{kind}");
        assert_eq!(count(&bench, "session where ended_at is null").await, 0, "{kind}");
        // What they come back with later is not undone by the same notice.
        bench.advance(1);
        let again = sign_in(&bench, &apple, None).await;
        assert_eq!(again["person"], signed["person"], "by the address that Apple vouches for");
        anyone.post(NOTICES, &gone).await.ok::<Value>();
        assert_eq!(count(&bench, "identity").await, 1, "{kind}");
        assert_eq!(count(&bench, "session where ended_at is null").await, 1, "{kind}");
    }
}

#[tokio::test]
async fn whether_mail_arrives_is_noted_in_its_order() {
    let apple = StandIn::start().await;
    let bench = bench(&apple).await;
    let anyone = bench.anyone("accounts");
    sign_in(&bench, &apple, None).await;
    let enabled = event(&bench, "email-enabled");
    bench.advance(5);
    let disabled = event(&bench, "email-disabled");
    for event in [&disabled, &enabled] {
        anyone.post(NOTICES, notice(&bench, &apple, RSA, event)).await.ok::<Value>();
    }
    assert_eq!(count(&bench, "identity where not email_reachable").await, 1);
    let mut seconds = event(&bench, "email-enabled");
    seconds["event_time"] = json!(bench.now().as_second() + 1);
    bench.advance(1);
    anyone.post(NOTICES, notice(&bench, &apple, RSA, &seconds)).await.ok::<Value>();
    assert_eq!(count(&bench, "identity where email_reachable").await, 1);
    let other = event(&bench, "a kind of later");
    anyone.post(NOTICES, notice(&bench, &apple, RSA, &other)).await.ok::<Value>();
}

#[tokio::test]
async fn nobody_but_apple_sends_notices() {
    let apple = StandIn::start().await;
    let bench = bench(&apple).await;
    let anyone = bench.anyone("accounts");
    sign_in(&bench, &apple, None).await;
    bench.advance(1);
    let gone = event(&bench, "consent-revoked");
    let (issuer, now) = (apple.issuer(), bench.now().as_second());
    let events = gone.to_string();
    let signed = |pem: &str, claims: &Value| json!({ "payload": sign(pem, "one", claims) });
    for refused in [
        notice(&bench, &apple, RSA_NEXT, &gone),
        signed(RSA, &json!({ "iss": "x", "aud": "tipple", "iat": now, "events": events })),
        signed(RSA, &json!({ "iss": issuer, "aud": "x", "iat": now, "events": events })),
        signed(RSA, &json!({ "iss": issuer, "aud": "tipple", "iat": now + 60, "events": events })),
        signed(RSA, &json!({ "iss": issuer, "aud": "tipple", "iat": now })),
        signed(RSA, &json!({ "iss": issuer, "aud": "tipple", "iat": now, "events": "{}" })),
        json!({ "payload": "a.b.c" }),
    ] {
        anyone.post(NOTICES, refused).await.refused(400, "notice-refused");
    }
    anyone.post(NOTICES, json!({ "payload": "" })).await.refused(422, "invalid-input");
    let elsewhere = "/v1/accounts/providers/google/notices";
    anyone.post(elsewhere, json!({ "payload": "a.b.c" })).await.refused(404, "not-found");
    assert_eq!(count(&bench, "identity").await, 1);
    // Where Apple's keys cannot be had it is to be sent again.
    bench.advance(3_700);
    apple.script().faults = [("/keys", Fault::NotJson)].into();
    let good = notice(&bench, &apple, RSA, &event(&bench, "consent-revoked"));
    anyone.post(NOTICES, &good).await.refused(503, "provider-unavailable");
    apple.script().faults.clear();
    anyone.post(NOTICES, &good).await.ok::<Value>();
    assert_eq!(count(&bench, "identity").await, 0);
    bench
        .eventually("access is given back", || async {
            let asked = apple.asked("/revoke");
            (asked.len() == 1 && count(&bench, "provider_revocation").await == 0).then_some(())
        })
        .await;
    assert!(apple.asked("/revoke")[0].contains("client_secret=ey"));
}
