//! Through the front door, on a fresh database.

mod addresses;
mod favourites;
mod people;
mod profile;
mod seeding;
mod sign_in;
mod sign_up;

use host::Part;
use kernel::{Actor, PersonId, Role};
use serde_json::{Value, json};
use testkit::Bench;

const PARTS: &[Part] = &[accounts::PART];

const PASSWORD: &str = "correct horse battery";

async fn bench() -> Bench {
    // Passwords must be slow for thieves, not for tests.
    Bench::of(PARTS).settings("[accounts]\nargon2_memory_kib = 8\nargon2_rounds = 1").start().await
}

/// Someone who has just signed up with this e-mail address and has no date of birth yet.
async fn sign_up(bench: &Bench, email: &str) -> Actor {
    let input = json!({
        "email": email,
        "password": PASSWORD,
        "given_name": "Ann",
        "family_name": "Lee",
    });
    let made: Value = bench.anyone("accounts").post("/v1/accounts/sign-up", input).await.ok();
    let person: PersonId = serde_json::from_value(made["person"].clone()).unwrap();
    Actor { person, roles: vec![Role::Customer] }
}

/// The service's own tables, as the binary's seeds see them.
async fn tables(bench: &Bench) -> store::Db {
    let url = format!("{}?options=-csearch_path%3Daccounts", bench.database_url);
    store::Db::connect(&url).await.unwrap()
}
