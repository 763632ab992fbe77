use serde_json::{Value, json};
use testkit::{Answer, Bench};

use super::{PASSWORD, bearer, soft_key::SoftKey, visitor::Visitor};

const PASSKEYS: &str = "/v1/accounts/me/passkeys";
const SIGN_IN: &str = "/v1/accounts/sign-in/passkey";

async fn begin(ann: &Visitor) -> Value {
    let again = json!({ "password": PASSWORD });
    ann.caller.post(&format!("{PASSKEYS}/begin"), again).await.ok()
}

async fn finish(ann: &Visitor, begun: &Value, made: Value) -> Answer {
    let input = json!({ "ceremony": begun["ceremony"], "name": " My phone ", "credential": made });
    ann.caller.post(PASSKEYS, input).await
}

/// A passkey of the person's own.
async fn add(ann: &Visitor) -> (SoftKey, Value) {
    let mut key = SoftKey::new();
    let begun = begin(ann).await;
    let made = key.create(&begun["options"]);
    let added = finish(ann, &begun, made).await.ok();
    (key, added)
}

async fn begin_sign_in(bench: &Bench) -> Value {
    bench.anyone("accounts").post(&format!("{SIGN_IN}/begin"), ()).await.ok()
}

async fn finish_sign_in(bench: &Bench, begun: &Value, shown: Value) -> Answer {
    let input = json!({ "ceremony": begun["ceremony"], "credential": shown });
    bench.anyone("accounts").post(SIGN_IN, input).await
}

async fn sign_in(bench: &Bench, key: &mut SoftKey) -> Answer {
    let begun = begin_sign_in(bench).await;
    let shown = key.get(&begun["options"]);
    finish_sign_in(bench, &begun, shown).await
}

#[tokio::test]
async fn a_passkey_signs_in_without_saying_who() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let begun = begin(&ann).await;
    let options = &begun["options"]["publicKey"];
    assert_eq!(options["rp"]["id"], "localhost");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    let (mut key, added) = add(&ann).await;
    assert_eq!(added["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(added["passkey"]["name"], "My phone");
    assert_eq!(added["passkey"].get("used_at"), None);
    let begun = begin_sign_in(&bench).await;
    assert_eq!(begun["options"]["publicKey"]["allowCredentials"], json!([]));
    let tokens: Value = sign_in(&bench, &mut key).await.ok();
    assert_eq!(tokens["person"], json!(ann.person));
    let again: Value = sign_in(&bench, &mut key).await.ok();
    assert_ne!(tokens["session"], again["session"]);
    let signed = bearer(&bench, &tokens);
    let list: Value = signed.get(PASSKEYS).await.ok();
    assert_eq!(list["items"][0]["used_at"], json!(bench.now()));
    let state: Value = signed.get("/v1/accounts/me/second-factors").await.ok();
    assert_eq!((&state["passkeys"], &state["strong"]), (&json!(1), &json!(true)));
}

#[tokio::test]
async fn an_operator_with_a_passkey_has_power() {
    let bench = super::bench().await;
    let mut oona = Visitor::join(&bench, "oona@example.com").await;
    oona.make(&bench, "operator").await;
    let (mut key, added) = add(&oona).await;
    let tokens: Value = sign_in(&bench, &mut key).await.ok();
    bearer(&bench, &tokens).get("/v1/accounts/people").await.ok::<Value>();
    oona.refresh(&bench).await;
    oona.caller.get("/v1/accounts/people").await.ok::<Value>();
    let path = format!("{PASSKEYS}/{}", added["passkey"]["id"].as_str().unwrap());
    oona.caller.delete(&path).await.refused(409, "last-factor");
    oona.add_app(&bench).await;
    assert_eq!(oona.caller.delete(&path).await.status, 204);
    sign_in(&bench, &mut key).await.refused(401, "passkey-refused");
}

#[tokio::test]
async fn a_ceremony_is_one_persons_and_answered_once_in_time() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let bob = Visitor::join(&bench, "bob@example.com").await;
    let mut key = SoftKey::new();
    let begun = begin(&ann).await;
    let made = key.create(&begun["options"]);
    finish(&bob, &begun, made.clone()).await.refused(409, "not-begun");
    finish(&ann, &begun, made.clone()).await.ok::<Value>();
    finish(&ann, &begun, made.clone()).await.refused(409, "not-begun");
    // A key that is somebody's already.
    let others = begin(&bob).await;
    let mut same = key.copy();
    let stolen = same.create(&others["options"]);
    finish(&bob, &others, stolen).await.refused(422, "passkey-refused");
    // An answer to another challenge.
    let other = begin(&bob).await;
    finish(&bob, &other, made).await.refused(422, "passkey-refused");
    // Too late.
    let late = begin(&bob).await;
    let made = SoftKey::new().create(&late["options"]);
    bench.advance(301);
    finish(&bob, &late, made).await.refused(409, "not-begun");
    // The same when signing in.
    let begun = begin_sign_in(&bench).await;
    let shown = key.get(&begun["options"]);
    finish_sign_in(&bench, &begun, shown.clone()).await.ok::<Value>();
    finish_sign_in(&bench, &begun, shown.clone()).await.refused(401, "passkey-refused");
    let other = begin_sign_in(&bench).await;
    finish_sign_in(&bench, &other, shown).await.refused(401, "passkey-refused");
    let late = begin_sign_in(&bench).await;
    let shown = key.get(&late["options"]);
    bench.advance(301);
    finish_sign_in(&bench, &late, shown).await.refused(401, "passkey-refused");
    // What was begun to add one does not sign in.
    let adding = begin(&bob).await;
    let shown = key.get(&adding["options"]);
    finish_sign_in(&bench, &adding, shown).await.refused(401, "passkey-refused");
}

#[tokio::test]
async fn what_an_authenticator_must_not_do_is_refused() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let bob = Visitor::join(&bench, "bob@example.com").await;
    for wrong in ["origin", "party", "verifies"] {
        let begun = begin(&bob).await;
        let mut key = turned(SoftKey::new(), wrong);
        let made = key.create(&begun["options"]);
        finish(&bob, &begun, made).await.refused(422, "passkey-refused");
    }
    let (mut key, _) = add(&ann).await;
    for wrong in ["origin", "party", "verifies", "id"] {
        let mut turned = turned(key.copy(), wrong);
        turned.counter = 100;
        sign_in(&bench, &mut turned).await.refused(401, "passkey-refused");
    }
    // Somebody else's account.
    let mut other = key.copy();
    other.user = bob.person.uuid().as_bytes().to_vec();
    sign_in(&bench, &mut other).await.refused(401, "passkey-refused");
    // A key that was not made here, under the name of one that was.
    let mut forged = SoftKey::new();
    (forged.id, forged.user) = (key.id.clone(), key.user.clone());
    forged.counter = 100;
    sign_in(&bench, &mut forged).await.refused(401, "passkey-refused");
    // The key is whole; then a copy of it that lags behind.
    let mut copy = key.copy();
    sign_in(&bench, &mut key).await.ok::<Value>();
    sign_in(&bench, &mut key).await.ok::<Value>();
    sign_in(&bench, &mut copy).await.refused(401, "passkey-refused");
    sign_in(&bench, &mut key).await.ok::<Value>();
}

fn turned(mut key: SoftKey, wrong: &str) -> SoftKey {
    match wrong {
        "origin" => key.origin = "https://shop.example.evil",
        "party" => key.party = "shop.example.evil",
        "verifies" => key.verifies = false,
        _ => key.id = vec![7; 32],
    }
    key
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_too() {
    const SECOND: &str = "/v1/accounts/sign-in/second-factor";
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let bob = Visitor::join(&bench, "bob@example.com").await;
    let (mut key, added) = add(&ann).await;
    let (mut bobs, _) = add(&bob).await;
    let asked = ann.password(&bench).await["second_factor"].clone();
    assert_eq!(asked["authenticator"], false);
    let allowed = &asked["passkey"]["publicKey"]["allowCredentials"];
    assert_eq!(allowed.as_array().unwrap().len(), 1);
    let anyone = bench.anyone("accounts");
    let input = |asked: &Value, shown| json!({ "challenge": asked["challenge"], "passkey": shown });
    let shown = key.get(&asked["passkey"]);
    let tokens: Value = anyone.post(SECOND, input(&asked, shown.clone())).await.ok();
    assert_eq!(tokens["person"], json!(ann.person));
    anyone.post(SECOND, input(&asked, shown)).await.refused(401, "challenge-over");
    // Of somebody else; after that only a code is left.
    let asked = ann.password(&bench).await["second_factor"].clone();
    let shown = bobs.get(&asked["passkey"]);
    anyone.post(SECOND, input(&asked, shown)).await.refused(401, "second-factor-refused");
    let shown = key.get(&asked["passkey"]);
    anyone.post(SECOND, input(&asked, shown)).await.refused(401, "second-factor-refused");
    let code = json!({ "challenge": asked["challenge"], "code": added["recovery_codes"][0] });
    anyone.post(SECOND, code).await.ok::<Value>();
}

#[tokio::test]
async fn passkeys_are_named_and_removed_by_their_person() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let bob = Visitor::join(&bench, "bob@example.com").await;
    let (mut key, added) = add(&ann).await;
    let path = format!("{PASSKEYS}/{}", added["passkey"]["id"].as_str().unwrap());
    let name = json!({ "name": "Blue key" });
    let renamed: Value = ann.caller.patch(&path, &name).await.ok();
    assert_eq!(renamed["name"], "Blue key");
    bob.caller.patch(&path, &name).await.refused(404, "not-found");
    bob.caller.delete(&path).await.refused(404, "not-found");
    assert_eq!(bob.caller.get(PASSKEYS).await.ok::<Value>()["items"], json!([]));
    for bad in [json!(""), json!("  "), json!("x".repeat(61)), json!("a\u{0}b")] {
        let bad = json!({ "name": bad });
        let problem = ann.caller.patch(&path, bad).await.refused(422, "invalid-input");
        assert_eq!(problem["field"], "name");
    }
    sign_in(&bench, &mut key).await.ok::<Value>();
    assert_eq!(ann.caller.delete(&path).await.status, 204);
    ann.caller.delete(&path).await.refused(404, "not-found");
    sign_in(&bench, &mut key).await.refused(401, "passkey-refused");
    assert!(ann.password(&bench).await["access_token"].is_string(), "no factor is left");
}

#[tokio::test]
async fn a_blocked_person_signs_in_with_nothing() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let (mut key, _) = add(&ann).await;
    sqlx::query("update accounts.person set blocked_at = now(), blocked_why = 'fraud'")
        .execute(&mut bench.connection().await)
        .await
        .unwrap();
    sign_in(&bench, &mut key).await.refused(403, "blocked");
}

#[tokio::test]
async fn without_a_name_there_are_no_passkeys() {
    let bench = testkit::Bench::of(super::PARTS)
        .settings("public_url = \"https://192.0.2.7\"")
        .settings(super::FAST)
        .start()
        .await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let again = json!({ "password": PASSWORD });
    let begun = ann.caller.post(&format!("{PASSKEYS}/begin"), again).await;
    begun.refused(404, "passkeys-unavailable");
    let begun = bench.anyone("accounts").post(&format!("{SIGN_IN}/begin"), ()).await;
    begun.refused(404, "passkeys-unavailable");
}
