//! Asking without being told: a webhook may be late or lost, and an authorisation may lapse. And
//! forgetting the notices that nobody needs any more.

use futures::{StreamExt, stream};
use jiff::SignedDuration;
use kernel::PaymentId;

use crate::{App, db, settle::settle, unanswered};

/// Payments that are asked about side by side.
const AT_ONCE: usize = 8;

pub async fn sweep(app: App) -> anyhow::Result<()> {
    look_again(&app).await?;
    db::refund_request::lapse(&app.db, app.clock.now()).await?;
    let kept = SignedDuration::from_hours(24 * app.config.notices_kept_days);
    Ok(db::inbox::forget(&app.db, app.clock.now() - kept).await?)
}

/// Asks about all that is due, not about as many as one batch holds.
async fn look_again(app: &App) -> anyhow::Result<()> {
    let accounts = app.accounts.keys();
    loop {
        let now = app.clock.now();
        let times = (now, now + app.config.claim());
        let due = db::payment::claim_looks(&app.db, times, &accounts).await?;
        if due.is_empty() {
            return Ok(());
        }
        let each = |payment: PaymentId| async move {
            if let Err(error) = look(app, payment).await {
                tracing::warn!(%payment, error = format!("{error:#}"), "will be looked at again");
            }
        };
        stream::iter(due).for_each_concurrent(AT_ONCE, each).await;
    }
}

async fn look(app: &App, id: PaymentId) -> anyhow::Result<()> {
    let payment = db::payment::find(&app.db, id).await?;
    if let Some(payment) = payment.filter(|payment| payment.provider_payment.is_none()) {
        let account = app.accounts.of_payment(&payment)?;
        return unanswered::look(app, account, &payment).await;
    }
    settle(app, id).await?;
    Ok(())
}
