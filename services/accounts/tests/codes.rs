use accounts_api::Says;
use serde_json::{Value, json};
use testkit::Bench;

use super::PASSWORD;

const NEW: &str = "a horse of another colour";

async fn sign_in(bench: &Bench, email: &str, password: &str) -> testkit::Answer {
    let input = json!({ "email": email, "password": password });
    bench.anyone("accounts").post("/v1/accounts/sign-in", input).await
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_letter_and_ends_all_sessions() {
    let bench = super::bench().await;
    let ann = super::signed_up(&bench, "ann@example.com").await;
    let anyone = bench.anyone("accounts");
    let mut answers = Vec::new();
    for email in ["Ann@example.com", "nobody@example.com"] {
        let answer = anyone.post("/v1/accounts/password/reset", json!({ "email": email })).await;
        assert_eq!(answer.status, 202);
        answers.push(answer.body);
    }
    let nobody = format!("/internal/accounts/flows/{}/code", answers[1]["flow"].as_str().unwrap());
    bench.house("accounts").post(&nobody, ()).await.refused(404, "nothing-to-send");
    let flow = &answers[0]["flow"];
    let old = super::code(&bench, flow).await;
    let code = super::code(&bench, flow).await;
    let confirm = |code: &str| {
        let (caller, shown) =
            (anyone.clone(), json!({ "flow": flow, "code": code, "password": NEW }));
        async move { caller.post("/v1/accounts/password/reset/confirm", shown).await }
    };
    confirm(&old).await.refused(422, "code-refused");
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(confirm(&typed).await.status, 204);
    confirm(&code).await.refused(422, "code-refused");
    super::refused_soon(&super::bearer(&bench, &ann)).await;
    sign_in(&bench, "ann@example.com", PASSWORD).await.refused(401, "sign-in-refused");
    sign_in(&bench, "ann@example.com", NEW).await.ok::<Value>();
}

#[tokio::test]
async fn a_code_is_guessed_five_times_and_holds_for_a_short_time_and_one_purpose() {
    let bench = super::bench().await;
    let ann = super::signed_up(&bench, "ann@example.com").await;
    let ann = super::bearer(&bench, &ann);
    let anyone = bench.anyone("accounts");
    let path = "/v1/accounts/password/reset/confirm";
    let begin = || async {
        let input = json!({ "email": "ann@example.com" });
        let begun: Value = anyone.post("/v1/accounts/password/reset", input).await.ok();
        let code = super::code(&bench, &begun["flow"]).await;
        json!({ "flow": begun["flow"], "code": code, "password": NEW })
    };
    let shown = begin().await;
    for guess in 0..5 {
        let mut wrong = shown.clone();
        wrong["code"] = format!("2222-222{}", guess + 2).into();
        anyone.post(path, wrong).await.refused(422, "code-refused");
    }
    anyone.post(path, &shown).await.refused(422, "code-refused");
    let shown = begin().await;
    bench.advance(20 * 60 + 1);
    anyone.post(path, &shown).await.refused(422, "code-refused");
    // Of another purpose.
    bench.advance(7200);
    let shown = begin().await;
    bench.advance(-8_401);
    let other = json!({ "flow": shown["flow"], "code": shown["code"] });
    ann.post("/v1/accounts/email/change/confirm", &other).await.refused(422, "code-refused");
    ann.post("/v1/accounts/invitations/accept", &other).await.refused(422, "code-refused");
}

#[tokio::test]
async fn an_address_changes_for_whoever_asked_and_shows_its_code() {
    let bench = super::bench().await;
    let ann_in = super::signed_up(&bench, "ann@example.com").await;
    let eve_in = super::signed_up(&bench, "eve@example.com").await;
    let (ann, eve) = (super::bearer(&bench, &ann_in), super::bearer(&bench, &eve_in));
    let path = "/v1/accounts/email/change";
    let wrong = json!({ "email": "new@example.com", "password": "wrong password" });
    ann.post(path, wrong).await.refused(403, "wrong-password");
    let input = json!({ "email": "New@example.com", "password": PASSWORD });
    let begun: Value = ann.post(path, input).await.ok();
    let letter = super::letter(&bench, &begun["flow"]).await;
    assert_eq!((letter.to.as_str(), &letter.says), ("new@example.com", &Says::ChangeEmail));
    let shown = json!({ "flow": begun["flow"], "code": letter.code });
    eve.post("/v1/accounts/email/change/confirm", &shown).await.refused(422, "code-refused");
    assert_eq!(ann.post("/v1/accounts/email/change/confirm", &shown).await.status, 204);
    let me: Value = ann.get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], "new@example.com");
    // An address of another's: the same answer, and a letter that says so.
    let input = json!({ "email": "eve@example.com", "password": PASSWORD });
    let begun: Value = ann.post(path, input).await.ok();
    assert_eq!(super::letter(&bench, &begun["flow"]).await.says, Says::AccountExists);
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let bench = super::bench().await;
    let here = super::signed_up(&bench, "ann@example.com").await;
    let there: Value = sign_in(&bench, "ann@example.com", PASSWORD).await.ok();
    let ann = super::bearer(&bench, &here);
    let path = "/v1/accounts/password/change";
    let wrong = json!({ "password": "wrong password", "new_password": NEW });
    ann.post(path, wrong).await.refused(403, "wrong-password");
    let input = json!({ "password": PASSWORD, "new_password": NEW });
    assert_eq!(ann.post(path, input).await.status, 204);
    super::refused_soon(&super::bearer(&bench, &there)).await;
    assert_eq!(ann.get("/v1/accounts/me").await.status, 200);
}

#[tokio::test]
async fn a_phone_is_kept_once_its_code_is_shown() {
    let bench = super::bench().await;
    let ann = super::signed_up(&bench, "ann@example.com").await;
    let ann = super::bearer(&bench, &ann);
    let path = "/v1/accounts/phone";
    let problem = ann.post(path, json!({ "phone": "12345" })).await.refused(422, "invalid-input");
    assert_eq!(problem["field"], "phone");
    let begun: Value = ann.post(path, json!({ "phone": "+1 (515) 243-0123" })).await.ok();
    let me: Value = ann.get("/v1/accounts/me").await.ok();
    assert_eq!(me["phone"], Value::Null);
    let letter = super::letter(&bench, &begun["flow"]).await;
    assert_eq!(letter.to, "+15152430123");
    let shown = json!({ "flow": begun["flow"], "code": letter.code });
    assert_eq!(ann.post("/v1/accounts/phone/confirm", &shown).await.status, 204);
    let me: Value = ann.get("/v1/accounts/me").await.ok();
    assert_eq!(me["phone"], "+15152430123");
    assert_eq!(ann.delete(path).await.status, 204);
    let me: Value = ann.get("/v1/accounts/me").await.ok();
    assert_eq!(me["phone"], Value::Null);
}
