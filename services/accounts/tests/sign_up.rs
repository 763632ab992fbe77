use accounts_api::{Birth, Contact, PersonChanged, Says};
use jiff::civil::date;
use serde_json::{Value, json};

fn ann() -> Value {
    json!({
        "email": "Ann@Example.com",
        "password": "correct horse battery",
        "given_name": "Ann",
        "family_name": "Lee",
        "date_of_birth": "1990-04-01",
    })
}

#[tokio::test]
async fn a_new_person_is_known_to_the_house_once_the_code_is_shown() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    let begun: Value = anyone.post("/v1/accounts/sign-up", ann()).await.ok();
    assert!(bench.told::<PersonChanged>("accounts").await.is_empty());
    let sign_in = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    anyone.post("/v1/accounts/sign-in", sign_in).await.refused(401, "sign-in-refused");
    let mut shown = json!({
        "flow": begun["flow"],
        "code": super::code(&bench, &begun["flow"]).await,
        "password": "another password",
    });
    let confirm = "/v1/accounts/sign-up/confirm";
    anyone.post(confirm, &shown).await.refused(422, "code-refused");
    shown["password"] = super::PASSWORD.into();
    let made: Value = anyone.post(confirm, &shown).await.ok();
    let person = made["person"].as_str().unwrap();
    let path = format!("/internal/accounts/people/{person}/contact");
    let contact: Contact = bench.house("accounts").get(&path).await.ok();
    assert_eq!(contact.email, "ann@example.com");
    let birth: Birth = bench.house("accounts").get(&path.replace("contact", "birth")).await.ok();
    assert_eq!(birth.date_of_birth, Some(date(1990, 4, 1)));
    let told = bench.told::<PersonChanged>("accounts").await;
    assert_eq!(told[0].person.to_string(), person);
    anyone.get(&path).await.refused(401, "unauthenticated");
    anyone.post(confirm, &shown).await.refused(422, "code-refused");
    let me: Value = super::bearer(&bench, &made).get("/v1/accounts/me").await.ok();
    assert_eq!(me["email_verified"], true);
}

#[tokio::test]
async fn an_address_that_has_an_account_gets_the_same_answer_and_another_letter() {
    let bench = super::bench().await;
    super::sign_up(&bench, "ann@example.com").await;
    let anyone = bench.anyone("accounts");
    let mut answers = Vec::new();
    for email in ["ANN@example.com", "bob@example.com"] {
        let mut input = ann();
        input["email"] = email.into();
        let answer = anyone.post("/v1/accounts/sign-up", input).await;
        assert_eq!(answer.status, 202);
        answers.push(answer.body);
    }
    let known = super::letter(&bench, &answers[0]["flow"]).await;
    assert_eq!((known.says, known.code), (Says::AccountExists, None));
    assert_eq!(super::letter(&bench, &answers[1]["flow"]).await.says, Says::SignUp);
    for answer in &mut answers {
        assert_eq!(answer["flow"].as_str().unwrap().len(), 36);
        answer["flow"] = Value::Null;
    }
    assert_eq!(answers[0], answers[1]);
}

/// As they asked; once they have an account, as that says, whoever asks.
#[tokio::test]
async fn letters_come_in_the_language_of_whoever_reads_them() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    let mut input = ann();
    input["language"] = "he-IL".into();
    let begun: Value = anyone.post("/v1/accounts/sign-up", &input).await.ok();
    let letter = super::letter(&bench, &begun["flow"]).await;
    assert_eq!((letter.says, letter.language.as_str()), (Says::SignUp, "he-IL"));
    let shown = json!({
        "flow": begun["flow"], "code": letter.code, "password": super::PASSWORD,
    });
    let made: Value = anyone.post("/v1/accounts/sign-up/confirm", &shown).await.ok();
    let person = super::bearer(&bench, &made);
    let me: Value = person.get("/v1/accounts/me").await.ok();
    assert_eq!(me["language"], "he-IL");

    // Somebody signs up with her address in English.
    let again: Value = anyone.post("/v1/accounts/sign-up", ann()).await.ok();
    let letter = super::letter(&bench, &again["flow"]).await;
    assert_eq!((letter.says, letter.language.as_str()), (Says::AccountExists, "he-IL"));
    let email = json!({ "email": "ann@example.com" });
    let reset: Value = anyone.post("/v1/accounts/password/reset", email).await.ok();
    let letter = super::letter(&bench, &reset["flow"]).await;
    assert_eq!((letter.says, letter.language.as_str()), (Says::ResetPassword, "he-IL"));

    // Who has not said is written to in English.
    let mut other = ann();
    other["email"] = "bob@example.com".into();
    let begun: Value = anyone.post("/v1/accounts/sign-up", other).await.ok();
    assert_eq!(super::letter(&bench, &begun["flow"]).await.language, "en-US");
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    for (field, value) in [
        ("email", json!("not an address")),
        ("password", json!("short")),
        ("given_name", json!("")),
        ("date_of_birth", json!("2999-01-01")),
        ("date_of_birth", json!("1990-02-30")),
        ("role", json!("operator")),
    ] {
        let mut input = ann();
        input[field] = value;
        let answer = anyone.post("/v1/accounts/sign-up", input).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
}

#[tokio::test]
async fn nobody_writes_to_others_in_our_name() {
    let bench = super::bench().await;
    super::signed_up(&bench, "ann@example.com").await;
    for email in ["ann@example.com", "nobody@example.com"] {
        let input = json!({
            "email": email, "password": super::PASSWORD, "family_name": "Lee",
            "given_name": "win a bottle at https://evil.example",
        });
        let begun: Value = bench.anyone("accounts").post("/v1/accounts/sign-up", input).await.ok();
        let letter = super::letter(&bench, &begun["flow"]).await;
        let letter = serde_json::to_string(&letter).unwrap();
        assert!(!letter.contains("evil"), "{letter}");
    }
}
