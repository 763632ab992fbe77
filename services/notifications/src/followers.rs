//! What it tells people when it is told something. The message is written in the transaction of
//! the inbox; everything it needs from elsewhere is asked before.

mod codes;
mod deliveries;
mod erasure;
mod orders;
mod payments;
mod stock;

use accounts_api::{AccountsRefusal, Contact};
use feed::Received;
use kernel::CustomerId;
use minijinja::{Value, context, value::Serde};
use wire::CallError;

pub use self::{
    codes::code_wanted,
    deliveries::job_moved,
    erasure::{cut_erased, person_erased},
    orders::order_moved,
    payments::{complaint_moved, payment_moved},
    stock::stock_low,
};
use crate::{
    App,
    db::{self, KnownOrder, NewMessage, News, To},
    language::Language,
    letter::{self, Letter, line},
    reason,
};

/// How to reach the customer; none where the account is gone, and with it whom to tell.
async fn contact(app: &App, customer: CustomerId) -> anyhow::Result<Option<Contact>> {
    if store::erased::is_erased(&app.db, customer.uuid()).await? {
        return Ok(None);
    }
    match app.accounts.contact(customer.cast()).await {
        Ok(contact) => Ok(Some(contact)),
        Err(CallError::Refused(AccountsRefusal::NoSuchPerson)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Tells the customer what a service other than orders has told of an order. Only orders knows
/// whose it is: until it has told of it the news are kept. Waiting here instead would keep the
/// order's own news waiting behind these, for events of one order come one after the other.
async fn tell<E>(app: App, told: Received<E>, news: News) -> anyhow::Result<()> {
    let known = db::known_order(&app.db, news.order).await?;
    let contact = match &known {
        Some(order) => contact(&app, order.customer).await?,
        None => None,
    };
    let letter = match (&known, &contact) {
        (Some(order), Some(contact)) => Some(word(order, contact, &news)?),
        _ => None,
    };
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    if known.is_none() {
        db::keep_early(&mut tx, &news, app.clock.now()).await?;
    }
    if let (Some(contact), Some(letter)) = (&contact, &letter) {
        let message = message(&app, contact, &news, letter);
        db::insert_message(&mut tx, &message, &app.config.channels).await?;
    }
    Ok(tx.commit().await?)
}

fn word(order: &KnownOrder, contact: &Contact, news: &News) -> anyhow::Result<Letter> {
    let language = Language::of(&contact.language);
    let reason = news.facts.get("reason").and_then(serde_json::Value::as_str);
    let facts = context! {
        name => line(&contact.given_name, 100),
        number => line(&order.number, 30),
        reason => reason.map(|told| reason::said(told, language)),
        ..Value::from(Serde(&news.facts))
    };
    letter::word(news.kind, language, facts)
}

fn message<'a>(app: &App, contact: &'a Contact, news: &News, letter: &'a Letter) -> NewMessage<'a> {
    NewMessage {
        to: To::Person(contact.person),
        order: Some(news.order),
        kind: news.kind,
        recipient: &contact.email,
        letter,
        dedupe_key: news.dedupe_key.clone(),
        at: app.clock.now(),
    }
}
