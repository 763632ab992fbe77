//! Letting go of what customers kept: at the provider first, until that is certain, and then here.

use futures::{StreamExt, stream};
use jiff::SignedDuration;

use crate::{
    App,
    db::{self, saved::Removed},
    operations::gap,
    provider::Kept,
};

/// What providers are told side by side.
const AT_ONCE: usize = 4;
/// Later attempts are further apart: nobody waits for them.
const LONG: SignedDuration = SignedDuration::from_mins(10);
/// After so many a person is told.
const MANY: i32 = 20;

/// Tells providers to let go of all that is due, and asks them what has to be asked.
pub async fn work(app: App) -> anyhow::Result<()> {
    detach_due(&app).await?;
    check_due(&app).await
}

async fn detach_due(app: &App) -> anyhow::Result<()> {
    loop {
        let now = app.clock.now();
        let due = db::saved::claim(&app.db, now, now + app.config.claim()).await?;
        if due.is_empty() {
            return Ok(());
        }
        let each = |removed: Removed| async move {
            if let Err(error) = detach(app, &removed).await {
                tracing::warn!(method = %removed.id, error = format!("{error:#}"), "is still kept");
            }
        };
        stream::iter(due).for_each_concurrent(AT_ONCE, each).await;
    }
}

/// What the provider says in refusing may name the token: it is not written down.
async fn detach(app: &App, removed: &Removed) -> anyhow::Result<()> {
    let Some(account) = app.accounts.find(&removed.provider, &removed.account) else {
        // Whoever does not want it kept is not to wait until the account is set again.
        tracing::warn!(method = %removed.id, "was erased here, and may still be at its provider");
        return Ok(db::left::leave(&app.db, removed.id, app.clock.now()).await?);
    };
    let kept = Kept { customer: &removed.provider_customer, token: &removed.token };
    let error = match account.detach(&kept).await {
        Ok(()) => return Ok(db::saved::detached(&app.db, removed, app.clock.now()).await?),
        Err(failed) if failed.is_unknown() => "no answer",
        Err(_) => "refused",
    };
    if removed.attempts % MANY == 0 {
        tracing::error!(method = %removed.id, error, "cannot be let go of: a person must look");
    }
    let wait = if removed.attempts < MANY { gap(removed.attempts) } else { LONG };
    Ok(db::saved::put_off(&app.db, removed.id, error, app.clock.now() + wait).await?)
}

/// Asks whether what was saved anew is still there, where an earlier letting go may have ended it.
async fn check_due(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let accounts = app.accounts.keys();
    for kept in db::saved::claim_checks(&app.db, (now, now + LONG), &accounts).await? {
        let Some(account) = app.accounts.find(&kept.provider, &kept.account) else { continue };
        let of = Kept { customer: &kept.provider_customer, token: &kept.token };
        match account.keeps(&of).await {
            Ok(true) => db::saved::checked(&app.db, kept.id).await?,
            Ok(false) => db::saved::detached(&app.db, &kept, app.clock.now()).await?,
            Err(_) => tracing::warn!(method = %kept.id, "nobody knows whether it is still kept"),
        }
    }
    Ok(())
}
