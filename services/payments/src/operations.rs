//! Writes to providers: each is a row before it is sent, and its id is the idempotency key.

use anyhow::Context;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use payments_api::MoneyMove;
use store::Tx;

use crate::{
    App, db,
    db::operation::Operation,
    decline::Why,
    payment::{Kind, Payment, State, Wanted},
    provider::CallFailed,
    settle::{moved, settle},
};

/// Operations, of different payments, that are carried out side by side.
const AT_ONCE: usize = 8;

/// Carries out all that is due.
pub async fn run_due(app: App) -> anyhow::Result<()> {
    let accounts = app.accounts.keys();
    loop {
        let now = app.clock.now();
        let times = (now, now + app.config.claim());
        let due = db::operation::claim(&app.db, times, &accounts).await?;
        if due.is_empty() {
            return Ok(());
        }
        let app = &app;
        let each = |operation: Operation| async move {
            let Err(error) = carry_out(app, &operation).await else { return };
            let error = format!("{error:#}");
            tracing::warn!(operation = %operation.id, kind = ?operation.kind, error, "waits");
            // Where even that fails it is due again when the claim ends.
            let _ = put_off(app, &operation, &error).await;
        };
        stream::iter(due).for_each_concurrent(AT_ONCE, each).await;
    }
}

async fn carry_out(app: &App, operation: &Operation) -> anyhow::Result<()> {
    if operation.attempts > 1 {
        // Sent before, and what came of it is not known: ask before repeating.
        let payment = settle(app, operation.payment).await?;
        if db::operation::ended(&app.db, operation.id).await? {
            return Ok(());
        }
        if operation.kind == Kind::Refund
            && db::operation::is_in_hand(&app.db, operation.id).await?
        {
            return put_off(app, operation, "the provider has it in hand").await;
        }
        if unwanted(&payment, operation) {
            return give_up(app, operation, "the order was cancelled").await;
        }
    }
    let payment = db::payment::find(&app.db, operation.payment).await?;
    let payment = payment.context("an operation without its payment")?;
    let Some(name) = payment.provider_payment.as_deref() else {
        return give_up(app, operation, "the provider does not know of the payment").await;
    };
    let account = app.accounts.of_payment(&payment)?;
    let (key, amount) = (operation.id, payment.money(operation.amount));
    let sent = match operation.kind {
        Kind::Authorise => account.authorise(key, name).await,
        Kind::Capture => account.capture(key, name, amount).await,
        Kind::Cancel => account.cancel(key, name).await,
        Kind::Refund => account.refund(key, name, amount).await,
        Kind::GiveBack => account.give_back(key, name, &operation.source).await,
    };
    if let Err(failed) = &sent
        && failed.is_unknown()
    {
        return put_off(app, operation, &failed.to_string()).await;
    }
    settle(app, operation.payment).await?;
    match sent {
        Err(CallFailed::Refused(why)) => give_up(app, operation, &why).await,
        Err(CallFailed::Declined(why)) => declined(app, operation, why).await,
        // No part of the payment shows that.
        Ok(()) if operation.kind == Kind::GiveBack => {
            let now = app.clock.now();
            Ok(db::operation::done(&app.db, operation.id, now).await?)
        }
        // Done, but not yet shown: asked again before anything is repeated.
        _ if !db::operation::ended(&app.db, operation.id).await? => {
            put_off(app, operation, "done, but not yet shown").await
        }
        _ => Ok(()),
    }
}

/// How long to wait after so many attempts: 1 s, 2 s, 4 s … at most half a minute, so that what is
/// unknown is known within a minute of the provider's answering again.
pub fn gap(attempts: i32) -> SignedDuration {
    SignedDuration::from_secs(2_i64.pow(attempts.clamp(1, 10) as u32 - 1).min(30))
}

async fn put_off(app: &App, operation: &Operation, why: &str) -> anyhow::Result<()> {
    let due = app.clock.now() + gap(operation.attempts);
    Ok(db::operation::still_unknown(&app.db, operation.id, why, due).await?)
}

/// It will not be done. Of a capture the house is told, for the order waits for it; of a refund
/// that was too much, what is left is asked for.
async fn give_up(app: &App, operation: &Operation, why: &str) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, operation.payment).await?;
    if !db::operation::fail(&mut tx, operation.id, why, now).await? {
        return Ok(());
    }
    tracing::warn!(operation = %operation.id, kind = ?operation.kind, why, "is not done");
    match payment {
        Some(payment) if awaited(&payment, operation) && !payment.superseded => {
            let event = moved(&payment, MoneyMove::CaptureFailed { reason: why.to_owned() });
            feed::append(&mut tx, &event, now).await?;
        }
        Some(payment) if operation.kind == Kind::Refund => {
            give_back_what_is_left(&mut tx, &payment, operation, now).await?;
        }
        _ => {}
    }
    tx.commit().await?;
    Ok(())
}

/// The payer agreed, and their bank did not: they may try again.
async fn declined(app: &App, operation: &Operation, why: Why) -> anyhow::Result<()> {
    if operation.kind != Kind::Authorise {
        return give_up(app, operation, why.as_str()).await;
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, operation.payment).await?;
    let mut payment = payment.context("an operation without its payment")?;
    if !db::operation::fail(&mut tx, operation.id, why.as_str(), now).await? {
        return Ok(());
    }
    (payment.last_decline, payment.declined_why) = (Some(operation.id.to_string()), Some(why));
    db::payment::declined(&mut tx, &payment, now).await?;
    if !payment.superseded {
        let (reason, code) = (why.detail().to_owned(), why.told().as_str().to_owned());
        feed::append(&mut tx, &moved(&payment, MoneyMove::Declined { reason, code }), now).await?;
    }
    Ok(tx.commit().await?)
}

/// Somebody gave money back at the provider itself, so that our own refund was too much there.
/// Operators learn that from their refund; what an order wants goes on by itself.
async fn give_back_what_is_left(
    tx: &mut Tx<'_>,
    payment: &Payment,
    refused: &Operation,
    now: Timestamp,
) -> anyhow::Result<()> {
    let promised = db::operation::promised(tx, payment.id).await?;
    let left = payment.left(promised);
    if left >= refused.amount {
        tracing::error!(operation = %refused.id, left, "money cannot be given back: look at it");
    } else if left > 0 {
        db::operation::insert_less(tx, refused.id, left, now).await?;
    }
    Ok(())
}

/// The order does not want it any more. Money that cannot be let go is taken to be given back.
fn unwanted(payment: &Payment, operation: &Operation) -> bool {
    operation.kind == Kind::Capture
        && payment.wanted == Wanted::Cancel
        && operation.source == "order"
}

fn awaited(payment: &Payment, operation: &Operation) -> bool {
    operation.kind == Kind::Capture
        && payment.state == State::Authorised
        && payment.wanted != Wanted::Cancel
}
