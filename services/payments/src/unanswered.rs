//! Payments that their provider was asked to make and has not answered for: they may be there, and
//! perhaps be paid with what was kept, although nobody here knows their name. They are asked about
//! until that is known, whether or not the checkout comes again.

use jiff::Timestamp;
use serde_json::json;

use crate::{
    App,
    account::Account,
    db, keeping,
    payment::{Payment, State, Wanted},
    provider::CallFailed,
    settle::pace_after,
    start::{self, StartFailed},
};

/// Asks about one of them.
pub async fn look(app: &App, account: &Account, payment: &Payment) -> anyhow::Result<()> {
    let waits = payment.state == State::Starting
        && payment.wanted == Wanted::Nothing
        && app.clock.now() < payment.pay_by
        && !keeping::was_removed(&app.db, payment).await?;
    if !waits {
        return find(app, account, payment).await;
    }
    match start::ask(app, account, payment).await {
        // Where it was refused, it is asked again unless it is certain that nothing was done.
        Ok(_) | Err(StartFailed::Refused(_)) => Ok(()),
        Err(StartFailed::Broken(error)) => Err(error),
    }
}

/// Nobody wants it any more: it is looked for, to be ended. That is given up when it is certain that
/// nothing can come of it: where the provider refuses it, or where its time and the provider's horizon
/// are over and nothing is there. Where even then nobody knows, people are told.
async fn find(app: &App, account: &Account, payment: &Payment) -> anyhow::Result<()> {
    let return_url = start::return_url(app, payment);
    let kept = keeping::as_it_was(app, payment).await?;
    let new = start::new_payment(payment, &return_url, kept.told(payment.saves));
    let found = account.find(&new).await;
    let now = app.clock.now();
    let over = payment.pay_by + account.client.abilities().horizon <= now;
    match found {
        Ok(Some(created)) => {
            start::save(app, payment, (account, kept.customer.as_deref()), &created).await?;
            Ok(())
        }
        Err(failed) if failed.is_unknown() && over => never_known(app, payment, &failed, now).await,
        Err(failed) if failed.is_unknown() => again(app, payment, now).await,
        Ok(None) if !over => again(app, payment, now).await,
        Ok(None) | Err(_) => Ok(db::payment::unanswered(&app.db, payment.id, None).await?),
    }
}

async fn again(app: &App, payment: &Payment, now: Timestamp) -> anyhow::Result<()> {
    let then = now + pace_after(app, payment.pay_by, now);
    Ok(db::payment::unanswered(&app.db, payment.id, Some(then)).await?)
}

async fn never_known(
    app: &App,
    payment: &Payment,
    failed: &CallFailed,
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    let facts = json!({"account": format!("{}:{}", payment.provider, payment.account)});
    if db::payment::insert_mismatch(&mut tx, payment.id, "never-answered", &facts, now).await? {
        tracing::error!(
            payment = %payment.id, order = %payment.order, %failed,
            "nobody knows whether its provider made it: a person must look there"
        );
    }
    db::payment::unanswered(&mut *tx, payment.id, None).await?;
    Ok(tx.commit().await?)
}
