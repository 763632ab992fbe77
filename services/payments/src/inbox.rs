//! Notices of providers, handled: each says only that it is time to ask.

use futures::{StreamExt, stream};
use jiff::SignedDuration;

use crate::{App, db, db::inbox::Due, settle::settle};

/// Payments that are asked about side by side.
const AT_ONCE: usize = 8;
/// A notice may overtake the answer that tells us the payment's name; after so many looks it is
/// not ours.
const MOST_UNKNOWN: i32 = 8;

/// Handles all that is due.
pub async fn handle_due(app: App) -> anyhow::Result<()> {
    loop {
        let now = app.clock.now();
        let due = db::inbox::claim(&app.db, now, now + app.config.claim()).await?;
        if due.is_empty() {
            return Ok(());
        }
        let app = &app;
        let each = |notices: Due| async move {
            if let Err(error) = handle(app, &notices).await {
                tracing::warn!(error = format!("{error:#}"), "notices wait");
            }
        };
        stream::iter(due).for_each_concurrent(AT_ONCE, each).await;
    }
}

async fn handle(app: &App, notices: &Due) -> anyhow::Result<()> {
    let now = app.clock.now();
    let (provider, name) = (&notices.provider, &notices.provider_payment);
    let failed = match db::payment::of_provider(&app.db, provider, name).await? {
        None if notices.attempts >= MOST_UNKNOWN => {
            let error = Some("no payment of ours");
            return Ok(db::inbox::handled(&app.db, &notices.seqs, error, now).await?);
        }
        None => "no payment of ours yet".to_owned(),
        Some(payment) => match settle(app, payment).await {
            Ok(_) => return Ok(db::inbox::handled(&app.db, &notices.seqs, None, now).await?),
            Err(error) => format!("{error:#}"),
        },
    };
    let gap = 2_i64.pow(notices.attempts.clamp(1, 10) as u32 - 1).min(300);
    let due = app.clock.now() + SignedDuration::from_secs(gap);
    tracing::debug!(provider, name, failed, "a notice waits");
    Ok(db::inbox::put_off(&app.db, &notices.seqs, &failed, due).await?)
}
