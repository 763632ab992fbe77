use accounts_api::{Contact, PersonChanged};
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
async fn a_new_person_is_known_to_the_house() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    let made: Value = anyone.post("/v1/accounts/sign-up", ann()).await.ok();
    let person = made["person"].as_str().unwrap();
    let path = format!("/internal/accounts/people/{person}/contact");
    let contact: Contact = bench.house("accounts").get(&path).await.ok();
    assert_eq!(contact.email, "ann@example.com");
    let told = bench.told::<PersonChanged>("accounts").await;
    assert_eq!(told[0].person.to_string(), person);
    anyone.get(&path).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn an_address_is_taken_once_whatever_its_case() {
    let bench = super::bench().await;
    let anyone = bench.anyone("accounts");
    anyone.post("/v1/accounts/sign-up", ann()).await.ok::<Value>();
    let problem = anyone.post("/v1/accounts/sign-up", ann()).await.refused(409, "email-taken");
    assert_eq!(problem["field"], "email");
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
