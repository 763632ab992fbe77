//! What customers keep in PayPal's vault: it is put there when a payment succeeds, and PayPal makes
//! the customer with the first of them.

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{
    calls::Calls,
    wire::{Attributes, Source},
};
use crate::provider::{CallFailed, SeenMethod};

/// Attributes of a PayPal account that is to be kept. Two of our customers may pay with one account:
/// each has a token of their own.
pub fn wallet(customer: Option<&str>) -> Value {
    let vault = json!({
        "store_in_vault": "ON_SUCCESS",
        "usage_type": "MERCHANT",
        "customer_type": "CONSUMER",
        "permit_multiple_payment_tokens": true,
    });
    with_customer(json!({"vault": vault}), customer)
}

/// Attributes of a card that is to be kept.
pub fn card(customer: Option<&str>) -> Value {
    with_customer(json!({"vault": {"store_in_vault": "ON_SUCCESS"}}), customer)
}

fn with_customer(mut attributes: Value, customer: Option<&str>) -> Value {
    if let Some(customer) = customer {
        attributes["customer"] = json!({"id": customer});
    }
    attributes
}

/// What an order was paid with, when it lies in the vault.
pub fn seen(source: Source) -> Option<SeenMethod> {
    if let Some(card) = source.card {
        let seen = in_vault(card.attributes?, "card")?;
        let month = |text: &String| {
            let (year, month) = text.split_once('-')?;
            crate::provider::month(year.parse().ok()?, month.parse().ok()?)
        };
        let expires = card.expiry.as_ref().and_then(month);
        return Some(seen.with_card(card.brand.as_deref(), card.last_digits.as_deref(), expires));
    }
    let wallet = source.paypal?;
    let seen = in_vault(wallet.attributes?, "paypal")?;
    Some(SeenMethod { mark: wallet.account_id, ..seen })
}

fn in_vault(attributes: Attributes, kind: &str) -> Option<SeenMethod> {
    let vault = attributes.vault?;
    SeenMethod::new(vault.id?, vault.customer?.id?, kind)
}

fn path(token: &str) -> String {
    format!("v3/vault/payment-tokens/{token}")
}

/// Whether it is in the vault.
pub async fn is_there(calls: &Calls, token: &str) -> Result<bool, CallFailed> {
    match calls.get::<IgnoredAny>(&path(token)).await? {
        Err(refusal) if refusal.missing => Ok(false),
        there => there.map(|_| true).map_err(CallFailed::from),
    }
}

/// Takes it out of the vault, unless it is not there any more.
pub async fn detach(calls: &Calls, token: &str) -> Result<(), CallFailed> {
    if !is_there(calls, token).await? {
        return Ok(());
    }
    match calls.delete(&path(token)).await? {
        Err(refusal) if refusal.missing => Ok(()),
        done => done.map(|_| ()).map_err(CallFailed::from),
    }
}
