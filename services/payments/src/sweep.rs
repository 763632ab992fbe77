//! Asking without being told: a webhook may be late or lost, and an authorisation may lapse.

use futures::{StreamExt, stream};
use kernel::PaymentId;

use crate::{App, db, settle::settle};

/// Payments that are asked about side by side.
const AT_ONCE: usize = 8;

pub async fn look_again(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let due = db::payment::claim_looks(&app.db, now, now + app.config.claim()).await?;
    let app = &app;
    let each = |payment: PaymentId| async move {
        if let Err(error) = settle(app, payment).await {
            tracing::warn!(%payment, error = format!("{error:#}"), "will be looked at again");
        }
    };
    stream::iter(due).for_each_concurrent(AT_ONCE, each).await;
    Ok(())
}
