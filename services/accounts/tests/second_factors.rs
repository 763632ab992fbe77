use std::sync::Arc;

use serde_json::{Value, json};
use testkit::{Answer, Bench};
use tokio::sync::Barrier;

use super::{
    PASSWORD, bearer,
    visitor::{App, Visitor},
};

const SECOND: &str = "/v1/accounts/sign-in/second-factor";
const APP: &str = "/v1/accounts/me/authenticator";
const STATE: &str = "/v1/accounts/me/second-factors";

async fn show(bench: &Bench, challenge: &str, code: &str) -> Answer {
    let input = json!({ "challenge": challenge, "code": code });
    bench.anyone("accounts").post(SECOND, input).await
}

#[tokio::test]
async fn an_authenticator_app_is_asked_for_once_it_is_confirmed() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let begin = format!("{APP}/begin");
    ann.caller.post(&begin, json!({ "password": "wrong" })).await.refused(403, "wrong-password");
    let offered: Value = ann.caller.post(&begin, json!({ "password": PASSWORD })).await.ok();
    let url = offered["url"].as_str().unwrap();
    assert!(url.starts_with("otpauth://totp/Tipple:ann%40example.com?secret="), "{url}");
    assert!(ann.password(&bench).await["access_token"].is_string(), "not in force yet");
    let app = App(offered["secret"].as_str().unwrap().into());
    let confirm = format!("{APP}/confirm");
    let wrong = json!({ "code": "000000" });
    let problem = ann.caller.post(&confirm, wrong).await.refused(422, "code-refused");
    assert_eq!(problem["field"], "code");
    let codes: Value = ann.caller.post(&confirm, json!({ "code": app.code(&bench) })).await.ok();
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    let state: Value = ann.caller.get(STATE).await.ok();
    let known = json!({ "authenticator": true, "passkeys": 0, "recovery_codes": 10,
                        "required": false, "strong": true });
    assert_eq!(state, known);
    let asked = ann.password(&bench).await;
    assert_eq!(asked["second_factor"]["authenticator"], true);
    assert_eq!(asked["second_factor"].get("passkey"), None);
    bench.advance(30);
    let challenge = asked["second_factor"]["challenge"].as_str().unwrap();
    let tokens: Value = show(&bench, challenge, &app.code(&bench)).await.ok();
    assert_eq!(tokens["must_enrol"], false);
    let state: Value = bearer(&bench, &tokens).get(STATE).await.ok();
    assert_eq!(state["strong"], true);
}

#[tokio::test]
async fn a_code_is_used_once_and_an_older_one_not_after_it() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let (app, _) = ann.add_app(&bench).await;
    let confirming = app.code(&bench);
    let challenge = ann.challenge(&bench).await;
    show(&bench, &challenge, &confirming).await.refused(401, "second-factor-refused");
    bench.advance(60);
    let (older, code) = (app.code_in(&bench, -30), app.code(&bench));
    show(&bench, &ann.challenge(&bench).await, &code).await.ok::<Value>();
    let challenge = ann.challenge(&bench).await;
    show(&bench, &challenge, &code).await.refused(401, "second-factor-refused");
    show(&bench, &challenge, &older).await.refused(401, "second-factor-refused");
    // An app whose clock is a step ahead.
    let next = app.code_in(&bench, 30);
    show(&bench, &challenge, &next).await.ok::<Value>();
}

#[tokio::test]
async fn a_recovery_code_opens_once_however_many_try() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let (_, codes) = ann.add_app(&bench).await;
    let mut challenges = Vec::new();
    for _ in 0..4 {
        challenges.push(ann.challenge(&bench).await);
    }
    let barrier = Arc::new(Barrier::new(challenges.len()));
    let racers: Vec<_> = challenges
        .into_iter()
        .map(|challenge| {
            let input = json!({ "challenge": challenge, "code": codes[3].to_lowercase() });
            let (anyone, barrier) = (bench.anyone("accounts"), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                anyone.post(SECOND, input).await.status.as_u16()
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for racer in racers {
        statuses.push(racer.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401]);
    let state: Value = ann.caller.get(STATE).await.ok();
    assert_eq!(state["recovery_codes"], 9);
    let renewed: Value = ann.caller.post("/v1/accounts/me/recovery-codes", ()).await.ok();
    let challenge = ann.challenge(&bench).await;
    show(&bench, &challenge, &codes[4]).await.refused(401, "second-factor-refused");
    let code = renewed["recovery_codes"][0].as_str().unwrap();
    show(&bench, &challenge, code).await.ok::<Value>();
}

#[tokio::test]
async fn a_challenge_is_its_persons_and_works_once_for_five_minutes() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let bob = Visitor::join(&bench, "bob@example.com").await;
    let (anns, _) = ann.add_app(&bench).await;
    let (_, bobs) = bob.add_app(&bench).await;
    bench.advance(60);
    let challenge = ann.challenge(&bench).await;
    show(&bench, &challenge, &bobs[0]).await.refused(401, "second-factor-refused");
    show(&bench, &challenge, &anns.code(&bench)).await.ok::<Value>();
    bench.advance(30);
    let again = show(&bench, &challenge, &anns.code(&bench)).await;
    assert_eq!(again.refused(401, "challenge-over")["field"], "challenge");
    show(&bench, "no such challenge", "123456").await.refused(401, "challenge-over");
    // Too late.
    let challenge = ann.challenge(&bench).await;
    bench.advance(301);
    show(&bench, &challenge, &anns.code(&bench)).await.refused(401, "challenge-over");
    // Too often.
    let challenge = ann.challenge(&bench).await;
    for _ in 0..5 {
        bench.advance(20);
        show(&bench, &challenge, "000000").await.refused(401, "second-factor-refused");
    }
    show(&bench, &challenge, &anns.code(&bench)).await.refused(401, "challenge-over");
    // Access was taken back meanwhile.
    let challenge = bob.challenge(&bench).await;
    sqlx::query(
        "update accounts.person set access_version = access_version + 1 where email like 'bob%'",
    )
    .execute(&mut bench.connection().await)
    .await
    .unwrap();
    show(&bench, &challenge, &bobs[1]).await.refused(401, "challenge-over");
    let both = json!({ "challenge": challenge });
    bench.anyone("accounts").post(SECOND, both).await.refused(422, "invalid-input");
}

#[tokio::test]
async fn one_challenge_makes_one_session_however_many_try() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let (_, codes) = ann.add_app(&bench).await;
    let challenge = ann.challenge(&bench).await;
    let barrier = Arc::new(Barrier::new(4));
    let racers: Vec<_> = codes[..4]
        .iter()
        .map(|code| {
            let input = json!({ "challenge": challenge, "code": code });
            let (anyone, barrier) = (bench.anyone("accounts"), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                anyone.post(SECOND, input).await.status.as_u16()
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for racer in racers {
        statuses.push(racer.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401]);
    let state: Value = ann.caller.get(STATE).await.ok();
    assert_eq!(state["recovery_codes"], 9, "those that opened nothing are not used");
}

#[tokio::test]
async fn guesses_are_slowed_down_over_all_challenges() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let (app, _) = ann.add_app(&bench).await;
    let mut slowed = 0;
    for _ in 0..4 {
        let challenge = ann.challenge(&bench).await;
        for _ in 0..4 {
            let answer = show(&bench, &challenge, "000000").await;
            if answer.status == 429 {
                answer.refused(429, "slow-down");
                slowed += 1;
            }
        }
    }
    assert!(slowed >= 8, "{slowed} of 16 were slowed down");
    bench.advance(3_700);
    show(&bench, &ann.challenge(&bench).await, &app.code(&bench)).await.ok::<Value>();
}

#[tokio::test]
async fn whoever_guesses_elsewhere_does_not_lock_the_owner_out() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let (app, _) = ann.add_app(&bench).await;
    let thief = bench.anyone("accounts").with("x-forwarded-for", "192.0.2.7");
    let mut slowed = 0;
    for _ in 0..12 {
        let challenge = ann.challenge(&bench).await;
        let guess = json!({ "challenge": challenge, "code": "000000" });
        slowed += u8::from(thief.post(SECOND, guess).await.status == 429);
    }
    assert!(slowed > 4, "the thief is slowed down");
    bench.advance(30);
    show(&bench, &ann.challenge(&bench).await, &app.code(&bench)).await.ok::<Value>();
}

#[tokio::test]
async fn an_operator_has_power_only_with_a_second_factor() {
    let bench = super::bench().await;
    let mut oona = Visitor::join(&bench, "oona@example.com").await;
    oona.make(&bench, "operator").await;
    oona.tokens = oona.password(&bench).await;
    oona.caller = bearer(&bench, &oona.tokens);
    assert_eq!(oona.tokens["must_enrol"], true);
    assert_eq!(oona.tokens["roles"], json!([{ "role": "customer" }]));
    oona.caller.get("/v1/accounts/people").await.refused(403, "forbidden");
    let (app, codes) = oona.add_app(&bench).await;
    oona.caller.get("/v1/accounts/people").await.refused(403, "forbidden");
    oona.refresh(&bench).await;
    assert_eq!(oona.tokens["must_enrol"], false);
    assert_eq!(oona.tokens["roles"], json!([{ "role": "customer" }, { "role": "operator" }]));
    oona.caller.get("/v1/accounts/people").await.ok::<Value>();
    // The same in a session that begins with it.
    bench.advance(30);
    let challenge = oona.challenge(&bench).await;
    let tokens: Value = show(&bench, &challenge, &app.code(&bench)).await.ok();
    bearer(&bench, &tokens).get("/v1/accounts/people").await.ok::<Value>();
    // Nor can it be taken off again.
    let remove = format!("{APP}/remove");
    let code = json!({ "code": codes[0] });
    oona.caller.post(&remove, &code).await.refused(409, "last-factor");
    let state: Value = oona.caller.get(STATE).await.ok();
    assert_eq!((&state["required"], &state["recovery_codes"]), (&json!(true), &json!(10)));
}

#[tokio::test]
async fn where_nobody_needs_a_factor_an_operator_has_power_without() {
    let bench = super::bench_with("second_factor = \"nobody\"").await;
    let oona = Visitor::join(&bench, "oona@example.com").await;
    oona.make(&bench, "operator").await;
    let tokens = oona.password(&bench).await;
    assert_eq!(tokens["must_enrol"], false);
    bearer(&bench, &tokens).get("/v1/accounts/people").await.ok::<Value>();
}

#[tokio::test]
async fn factors_are_changed_only_after_showing_one() {
    let bench = super::bench().await;
    let mut ann = Visitor::join(&bench, "ann@example.com").await;
    let first = ann.password(&bench).await;
    let weak = bearer(&bench, &first);
    let (old, codes) = ann.add_app(&bench).await;
    let again = json!({ "password": PASSWORD });
    // A session of before shows none.
    weak.post(&format!("{APP}/begin"), &again).await.refused(403, "second-factor-needed");
    weak.post("/v1/accounts/me/recovery-codes", ()).await.refused(403, "second-factor-needed");
    let begin = "/v1/accounts/me/passkeys/begin";
    weak.post(begin, &again).await.refused(403, "second-factor-needed");
    // Another app replaces the first one when it is confirmed.
    let offered: Value = ann.caller.post(&format!("{APP}/begin"), &again).await.ok();
    let new = App(offered["secret"].as_str().unwrap().into());
    bench.advance(30);
    show(&bench, &ann.challenge(&bench).await, &old.code(&bench)).await.ok::<Value>();
    let code = json!({ "code": new.code(&bench) });
    let answer: Value = ann.caller.post(&format!("{APP}/confirm"), code).await.ok();
    assert_eq!(answer.get("recovery_codes"), None, "those of before still hold");
    bench.advance(30);
    let challenge = ann.challenge(&bench).await;
    show(&bench, &challenge, &old.code(&bench)).await.refused(401, "second-factor-refused");
    show(&bench, &challenge, &new.code(&bench)).await.ok::<Value>();
    // Waiting too long.
    ann.caller.post(&format!("{APP}/begin"), &again).await.ok::<Value>();
    bench.advance(901);
    ann.refresh(&bench).await;
    let late = json!({ "code": new.code(&bench) });
    ann.caller.post(&format!("{APP}/confirm"), late).await.refused(409, "not-begun");
    // A recovery code takes the app off, and what is left with it.
    let remove = format!("{APP}/remove");
    ann.caller.post(&remove, json!({ "code": "000000" })).await.refused(422, "code-refused");
    assert_eq!(ann.caller.post(&remove, json!({ "code": codes[0] })).await.status, 204);
    ann.caller.post(&remove, json!({ "code": codes[1] })).await.refused(404, "not-found");
    assert!(ann.password(&bench).await["access_token"].is_string());
    let state: Value = ann.caller.get(STATE).await.ok();
    assert_eq!(state["recovery_codes"], 0);
}

#[tokio::test]
async fn nothing_that_opens_an_account_lies_open() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    let (app, codes) = ann.add_app(&bench).await;
    let challenge = ann.challenge(&bench).await;
    let secret = totp_rs::Secret::try_from_base32(&app.0).unwrap();
    let bytes: String = secret.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let kept = super::everything(&bench).await;
    assert!(kept.contains("ann@example.com"), "it looks where things are kept");
    let plain = codes[0].replace('-', "");
    let data = format!("/internal/accounts/people/{}/data", ann.person);
    let data: Value = bench.house("accounts").get(&data).await.ok();
    assert_eq!(data["authenticator_since"], json!("2026-06-15T17:00:00+00:00"));
    let given_out = data.to_string();
    assert!(!given_out.contains("secret") && !given_out.contains("hash"), "{given_out}");
    for secret in [&app.0, &bytes, &codes[0], &plain, &challenge] {
        assert!(!kept.contains(secret.as_str()), "{secret}");
    }
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let bench = super::bench().await;
    let ann = Visitor::join(&bench, "ann@example.com").await;
    for (path, body, field) in [
        (SECOND, json!({ "challenge": "", "code": "123456" }), "challenge"),
        (SECOND, json!({ "challenge": "x", "code": "1" }), "code"),
        (SECOND, json!({ "challenge": "x", "passkey": {} }), "passkey.id"),
        (SECOND, json!({ "challenge": "x", "code": "123456", "strong": true }), "strong"),
        ("/v1/accounts/me/authenticator/confirm", json!({ "code": "1" }), "code"),
        ("/v1/accounts/me/authenticator/begin", json!({ "secret": "JBSWY3DP" }), "secret"),
    ] {
        let problem = ann.caller.post(path, &body).await.refused(422, "invalid-input");
        assert_eq!(problem["field"], field, "{path} {body}");
    }
    let nothing = json!({ "code": "123456" });
    ann.caller.post(&format!("{APP}/confirm"), nothing).await.refused(409, "not-begun");
}

#[tokio::test]
async fn whoever_got_hold_of_an_access_token_takes_no_factor_away() {
    let bench = super::bench().await;
    let mut ann = Visitor::join(&bench, "ann@example.com").await;
    ann.add_app(&bench).await;
    bench.advance(15 * 60 + 1);
    ann.refresh(&bench).await;
    let codes = "/v1/accounts/me/recovery-codes";
    ann.caller.post(codes, ()).await.refused(403, "second-factor-needed");
    let key = "/v1/accounts/me/passkeys/01890000-0000-7000-8000-000000000000";
    ann.caller.delete(key).await.refused(403, "second-factor-needed");
    let state: Value = ann.caller.get(STATE).await.ok();
    assert_eq!((&state["strong"], &state["recovery_codes"]), (&json!(true), &json!(10)));
}

#[tokio::test]
async fn a_session_is_strong_only_while_there_is_a_factor() {
    let bench = super::bench().await;
    let mut oona = Visitor::join(&bench, "oona@example.com").await;
    let (_, codes) = oona.add_app(&bench).await;
    let code = json!({ "code": codes[0] });
    assert_eq!(oona.caller.post(&format!("{APP}/remove"), code).await.status, 204);
    oona.make(&bench, "operator").await;
    oona.refresh(&bench).await;
    assert_eq!(oona.tokens["must_enrol"], true);
    assert_eq!(oona.tokens["roles"], json!([{ "role": "customer" }]));
}
