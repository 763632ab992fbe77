//! Through the front door, on a fresh database; and the pure law against an oracle of its own.

mod erasure;
mod iowa;
mod judging;
mod licences;
mod openings;
mod oracle;
mod rulebooks;

use accounts_api::{AccountsRefusal, Birth};
use axum::{Json, Router, extract::Path, response::IntoResponse, routing};
use compliance::NewLicence;
use host::Part;
use jiff::{SignedDuration, Timestamp, civil::date};
use kernel::{PersonId, Place, StoreId};
use serde_json::{Value, json};
use testkit::Bench;
use wire::Fault;

const PARTS: &[Part] = &[compliance::PART];

/// In Des Moines.
const STORE: Place = Place { lat: 41.5868, lon: -93.6250 };
const DOOR: Place = Place { lat: 41.6005, lon: -93.6091 };

/// Who has signed up a moment ago.
const NEW: PersonId = PersonId::from_uuid(uuid::Uuid::from_u128(7));

async fn bench() -> Bench {
    Bench::of(PARTS).stand_in("accounts", accounts()).start().await
}

/// Accounts that know one person.
fn accounts() -> Router {
    let birth = |Path(person): Path<PersonId>| async move {
        if person == NEW {
            return Json(Birth { date_of_birth: Some(date(1990, 4, 1)) }).into_response();
        }
        Fault::from(AccountsRefusal::NoSuchPerson).into_response()
    };
    Router::new().route("/internal/accounts/people/{person}/birth", routing::get(birth))
}

/// A bench with the law of Iowa and a store that may sell everything.
async fn in_iowa() -> (Bench, StoreId) {
    let bench = bench().await;
    let store = StoreId::new();
    seed(&bench, &[NewLicence::for_all(store, "LE0001234", 2026..=2026)]).await;
    (bench, store)
}

async fn seed(bench: &Bench, licences: &[NewLicence]) {
    let url = format!("{}?options=-csearch_path%3Dcompliance", bench.database_url);
    let db = store::Db::connect(&url).await.unwrap();
    compliance::seed(&db, &bench.clock, licences).await.unwrap();
}

/// Bourbon from that store to a door nearby, as JSON that may be changed.
fn facts(store: StoreId, customer: PersonId, at: Timestamp) -> Value {
    json!({
        "moment": "placement",
        "subject": "order-1",
        "store": store,
        "store_place": STORE,
        "door_place": DOOR,
        "address_kind": "home",
        "customer": customer,
        "at": at,
        "back_by": at + SignedDuration::from_mins(40),
        "shown_date_of_birth": null,
        "shown_valid_until": "2031-12-31",
        "items": [bourbon()],
    })
}

fn bourbon() -> Value {
    json!({
        "name": "Bourbon",
        "drink": { "class": "spirits", "abv_bp": 4500, "volume_ml": 750, "pack": 1 },
        "quantity": 1,
        "unit_price": { "amount": 2499, "currency": "USD" },
    })
}

/// The codes of all that stands against it.
fn reasons(verdict: &Value) -> Vec<&str> {
    verdict["reasons"].as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap()).collect()
}
