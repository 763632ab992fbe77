//! Through the front door, on a fresh database.

mod addresses;
mod age;
mod codes;
mod cookies;
mod erasure;
mod favourites;
mod invitations;
mod keys;
mod machines;
mod passkeys;
mod passwords;
mod people;
mod profile;
mod providers;
mod second_factors;
mod seeding;
mod sessions;
mod sign_in;
mod sign_up;
mod soft_key;
mod staff;
mod throttling;
mod visitor;

use accounts_api::Letter;
use host::Part;
use kernel::{Actor, PersonId, Role};
use serde_json::{Value, json};
use testkit::{Bench, Caller};

const PARTS: &[Part] = &[accounts::PART];

const PASSWORD: &str = "correct horse battery";

/// Passwords must be slow for thieves, not for tests.
const FAST: &str = "[accounts]\nargon2_memory_kib = 8\nargon2_rounds = 1";

async fn bench() -> Bench {
    bench_with("").await
}

/// The same with more settings of `[accounts]`.
async fn bench_with(more: &str) -> Bench {
    Bench::of(PARTS).settings(&format!("{FAST}\n{more}")).start().await
}

/// All rows of all tables of the service, as text.
async fn everything(bench: &Bench) -> String {
    let mut db = bench.connection().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name from information_schema.tables
         where table_schema = 'accounts' and table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let mut kept = String::new();
    for table in tables {
        let query = format!("select row_to_json(kept)::text from accounts.{table} as kept");
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(&mut db).await.unwrap();
        kept.push_str(&rows.join("\n"));
    }
    kept
}

/// The code of a flow's letter, as whoever sends it gets it.
async fn code(bench: &Bench, flow: &Value) -> String {
    letter(bench, flow).await.code.expect("a letter with a code")
}

async fn letter(bench: &Bench, flow: &Value) -> Letter {
    let path = format!("/internal/accounts/flows/{}/code", flow.as_str().expect("a flow"));
    bench.house("accounts").post(&path, ()).await.ok()
}

/// Someone who has just signed up with this e-mail address and has no date of birth yet.
async fn sign_up(bench: &Bench, email: &str) -> Actor {
    let signed_in = signed_up(bench, email).await;
    let person: PersonId = serde_json::from_value(signed_in["person"].clone()).unwrap();
    Actor { person, roles: vec![Role::Customer] }
}

/// What signing up ends with: a session.
async fn signed_up(bench: &Bench, email: &str) -> Value {
    let input = json!({
        "email": email,
        "password": PASSWORD,
        "given_name": "Ann",
        "family_name": "Lee",
    });
    let anyone = bench.anyone("accounts");
    let begun: Value = anyone.post("/v1/accounts/sign-up", input).await.ok();
    let shown = json!({
        "flow": begun["flow"],
        "code": code(bench, &begun["flow"]).await,
        "password": PASSWORD,
    });
    anyone.post("/v1/accounts/sign-up/confirm", shown).await.ok()
}

/// Someone with this access token.
fn bearer(bench: &Bench, signed_in: &Value) -> Caller {
    let token = signed_in["access_token"].as_str().expect("a token");
    bench.anyone("accounts").with("authorization", &format!("Bearer {token}"))
}

/// Asks until accounts' news have come around.
async fn refused_soon(caller: &Caller) {
    for _ in 0..50 {
        if caller.get("/v1/accounts/me").await.status == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the token still holds");
}

/// The service's own tables, as the binary's seeds see them.
async fn tables(bench: &Bench) -> store::Db {
    let url = format!("{}?options=-csearch_path%3Daccounts", bench.database_url);
    store::Db::connect(&url).await.unwrap()
}
