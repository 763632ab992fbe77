//! Through the front door, on a fresh database.

mod desk;
mod erasure;
mod events;
mod folder;
mod letters;
mod mail;
mod messages;

use accounts_api::Contact;
use axum::{
    Json, Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing,
};
use host::Part;
use kernel::PersonId;
use serde_json::{Value, json};
use testkit::{Bench, BenchBuilder, operator};

const PARTS: &[Part] = &[notifications::PART];

/// Someone whose account is gone.
const GONE: PersonId = PersonId::from_uuid(uuid::Uuid::nil());

/// Accounts that know everyone as Ann.
fn accounts() -> Router {
    let contact = |Path(person): Path<PersonId>| async move { contact(person) };
    Router::new().route("/internal/accounts/people/{person}/contact", routing::get(contact))
}

fn contact(person: PersonId) -> Response {
    if person == GONE {
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let body = json!({ "code": "no-such-person" }).to_string();
        return (StatusCode::NOT_FOUND, kind, body).into_response();
    }
    let (email, given_name) = (format!("{person}@example.com"), "Ann".to_owned());
    Json(Contact { person, email, given_name, language: "en-US".into() }).into_response()
}

fn bench() -> BenchBuilder {
    Bench::of(PARTS).stand_in("accounts", accounts())
}

/// All messages, newest first, as soon as `ready` holds for them.
async fn messages(bench: &Bench, what: &str, ready: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let runner = bench.signed("notifications", &operator());
    let look = || async {
        let answer: Value = runner.get("/v1/notifications/all?limit=100").await.ok();
        let items = answer["items"].as_array().unwrap().clone();
        ready(&items).then_some(items)
    };
    bench.eventually(what, look).await
}
