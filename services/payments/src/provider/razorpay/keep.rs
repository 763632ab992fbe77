//! What customers save in Razorpay's window: tokens of a customer there. They choose among them in
//! that window too, so that a page of ours only says whose they are.

use serde_json::json;
use uuid::Uuid;

use super::{
    api::{Api, plain},
    wire::{Customer, Deleted, Payment, Token},
};
use crate::provider::{CallFailed, Kept, SeenMethod, month};

/// Razorpay's customer under our key. It knows customers by what they are called and how they are
/// reached: the name is our key, so that asked again it gives the same one, and says nothing of the
/// person. One with other notes is somebody else's.
pub async fn customer(api: &Api, key: Uuid) -> Result<String, CallFailed> {
    let body = json!({
        "name": format!("Customer {}", key.simple()),
        "email": format!("{}@customers.invalid", key.simple()),
        "fail_existing": "0",
        "notes": {"key": key},
    });
    let customer: Customer = api.post("customers", None, &body).await?;
    if customer.notes.get("key") != Some(&key.to_string()) {
        return Err(CallFailed::Refused("that customer is another's".into()));
    }
    Ok(customer.id)
}

/// What a payment was paid with, when it is saved. None too where Razorpay does not say now: the
/// money does not wait for that.
pub async fn seen(api: &Api, payment: &Payment) -> Option<SeenMethod> {
    let (customer, token) = (payment.customer_id.clone()?, payment.token_id.clone()?);
    let token: Token = api.get(&path(&customer, &token).ok()?).await.ok()?;
    let seen = SeenMethod::new(token.id, customer, &token.method)?;
    let Some(card) = token.card else { return Some(seen) };
    let expires = card.expiry_year.zip(card.expiry_month).and_then(|(year, at)| month(year, at));
    Some(seen.with_card(card.network.as_deref(), card.last4.as_deref(), expires))
}

fn gone(failed: &CallFailed) -> bool {
    matches!(failed, CallFailed::Refused(why) if why.contains("does not exist"))
}

/// Whether its customer still has it.
pub async fn is_there(api: &Api, kept: &Kept<'_>) -> Result<bool, CallFailed> {
    match api.get::<Token>(&path(kept.customer, kept.token)?).await {
        Err(failed) if gone(&failed) => Ok(false),
        there => there.map(|_| true),
    }
}

/// Deletes it, unless it is not there any more.
pub async fn detach(api: &Api, kept: &Kept<'_>) -> Result<(), CallFailed> {
    if !is_there(api, kept).await? {
        return Ok(());
    }
    let path = path(kept.customer, kept.token)?;
    match api.delete::<Deleted>(&path).await {
        Err(failed) if gone(&failed) => Ok(()),
        Ok(done) if !done.deleted => Err(CallFailed::Unknown("it is not deleted".into())),
        done => done.map(|_| ()),
    }
}

fn path(customer: &str, token: &str) -> Result<String, CallFailed> {
    Ok(format!("customers/{}/tokens/{}", plain(customer)?, plain(token)?))
}
