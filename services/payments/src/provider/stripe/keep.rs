//! What customers keep at Stripe: payment methods that are attached to a Customer.
//!
//! `setup_future_usage` is `on_session`: nobody is ever charged while they are away, which is what
//! `off_session` would ask their bank for. The method is attached when the intent has been confirmed.

use kernel::Id;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    call::Calls,
    wire::{List, Named},
};
use crate::provider::{CallFailed, Keeping, SeenMethod, month};

type Fields = Vec<(&'static str, String)>;

/// What an intent is told: whose it is, whether its method is kept, which of the kept ones pays. It
/// is confirmed in the browser all the same, so that the bank can ask who is paying.
pub fn of_intent(keeping: &Keeping<'_>) -> Fields {
    let mut fields = Fields::new();
    fields.extend(keeping.customer.map(|customer| ("customer", customer.to_owned())));
    fields.extend(keeping.token.map(|token| ("payment_method", token.to_owned())));
    fields.extend(keeping.saves.then(|| ("setup_future_usage", "on_session".to_owned())));
    fields
}

/// The same of a visit to Stripe's page. No method can be named there: the page offers the card that
/// its customer saved last.
pub fn of_session(keeping: &Keeping<'_>) -> Fields {
    let mut fields = Fields::new();
    fields.extend(keeping.customer.map(|customer| ("customer", customer.to_owned())));
    let usage = "payment_intent_data[setup_future_usage]";
    fields.extend(keeping.saves.then(|| (usage, "on_session".to_owned())));
    fields
}

/// Stripe's customer under our key, which says nothing of the person. Where the key may be
/// `forgotten`, it is looked for first.
pub async fn customer(calls: &Calls, key: Uuid, forgotten: bool) -> Result<String, CallFailed> {
    if forgotten {
        let query = [("query", format!("metadata['key']:'{key}'"))];
        let found: List<Named> = calls.get("customers/search", &query).await?;
        if let Some(found) = found.data.into_iter().next() {
            return Ok(found.id);
        }
    }
    let form = [("metadata[key]", key.to_string())];
    let made: Named = calls.create("customers", key, &form).await?;
    Ok(made.id)
}

/// Whether it is attached to anybody.
pub async fn is_there(calls: &Calls, token: &str) -> Result<bool, CallFailed> {
    let method: Method = calls.get(&format!("payment_methods/{token}"), &[]).await?;
    Ok(method.customer.is_some())
}

/// Detaches for good: a method that has been detached can never be used again. Twice does no harm, so
/// that each attempt has a key of its own: none is spent on a 500.
pub async fn detach(calls: &Calls, token: &str) -> Result<(), CallFailed> {
    if !is_there(calls, token).await? {
        return Ok(());
    }
    let key = Id::<Method>::new().uuid();
    let done: Method = calls.post(&format!("payment_methods/{token}/detach"), key, &[]).await?;
    if done.customer.is_some() {
        return Err(CallFailed::Unknown("it is still attached".into()));
    }
    Ok(())
}

#[derive(Deserialize)]
pub struct Method {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    /// None where it is not kept.
    customer: Option<String>,
    card: Option<Card>,
}

#[derive(Deserialize)]
struct Card {
    brand: Option<String>,
    last4: Option<String>,
    exp_month: i64,
    exp_year: i64,
    fingerprint: Option<String>,
}

impl Method {
    pub fn seen(self) -> Option<SeenMethod> {
        let seen = SeenMethod::new(self.id, self.customer?, &self.kind)?;
        let Some(card) = self.card else { return Some(seen) };
        let expires = month(card.exp_year, card.exp_month);
        let seen = seen.with_card(card.brand.as_deref(), card.last4.as_deref(), expires);
        Some(SeenMethod { mark: card.fingerprint, ..seen })
    }
}
