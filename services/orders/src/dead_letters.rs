//! Events that nobody could handle lie in the carrier until somebody looks at them. Of people who have
//! been erased they lose what they say of them, and can be replayed as before.

use accounts_api::{FavouriteChanged, PersonChanged};
use delivery_api::JobMoved;
use feed::DeadLetter;
use kernel::Event;
use orders_api::OrderMoved;
use payments_api::PaymentMoved;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{App, db};

/// How many are looked at.
const MOST: i64 = 10_000;

/// Cuts all there are.
pub async fn cut(app: App) -> anyhow::Result<()> {
    let letters = app.carrier.dead_letters(None, 0, MOST).await?;
    if letters.is_empty() {
        return Ok(());
    }
    let of = |pointer: &str| -> Vec<Uuid> {
        letters.iter().filter_map(|letter| id(&letter.body, pointer)).collect()
    };
    let orders: Vec<Uuid> =
        letters.iter().filter_map(|letter| letter.subject.parse().ok()).collect();
    let people = [of("/data/person"), of("/data/driver")].concat();
    let orders = db::personal::orders_of_erased(&app.db, &orders).await?;
    let people = db::personal::erased(&app.db, &people).await?;
    for letter in letters {
        let order = letter.subject.parse().is_ok_and(|order| orders.contains(&order));
        let is = |pointer| id(&letter.body, pointer).is_some_and(|id| people.contains(&id));
        if is("/data/person") && is_of_person(&letter.kind) {
            app.carrier.discard(letter.seq).await?;
        } else if order || is("/data/driver") {
            let body = without_person(&letter);
            if body != letter.body {
                app.carrier.rewrite(letter.seq, &body).await?;
            }
        }
    }
    Ok(())
}

fn id(body: &Value, pointer: &str) -> Option<Uuid> {
    body.pointer(pointer)?.as_str()?.parse().ok()
}

/// Nobody follows what is told of someone who has been erased.
fn is_of_person(kind: &str) -> bool {
    [PersonChanged::KIND, FavouriteChanged::KIND].contains(&kind)
}

/// The event as far as it says nothing of a person.
fn without_person(letter: &DeadLetter) -> Value {
    let mut body = letter.body.clone();
    let data = &mut body["data"];
    if [OrderMoved::KIND, JobMoved::KIND, PaymentMoved::KIND].contains(&letter.kind.as_str()) {
        for words in ["reason", "note"] {
            if let Some(words) = data["moved"].get_mut(words) {
                *words = json!("erased");
            }
        }
    }
    if letter.kind == JobMoved::KIND {
        data["driver_name"] = Value::Null;
    }
    if let Some(destination) = data.pointer_mut("/order/destination") {
        let about = |degrees: &Value| degrees.as_f64().unwrap_or_default().round();
        let place = json!({
            "lat": about(&destination["place"]["lat"]),
            "lon": about(&destination["place"]["lon"]),
        });
        *destination = json!({"recipient": "", "address": "", "instructions": "", "place": place});
    }
    body
}
