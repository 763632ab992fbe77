//! Notices of providers, handled: each says only that it is time to ask.

use futures::{StreamExt, stream};

use crate::{App, db, db::inbox::Due, operations::gap, settle::settle};

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
    let Due { provider, account, object, hint, seqs, .. } = notices;
    let of = (provider.as_str(), account.as_str());
    let failed = match db::payment::of_notice(&app.db, of, object, *hint).await? {
        None if notices.attempts >= MOST_UNKNOWN => {
            return Ok(db::inbox::handled(&app.db, seqs, Some("no payment of ours"), now).await?);
        }
        None => "no payment of ours yet".to_owned(),
        Some(payment) => {
            db::beside::name_disputes(&app.db, payment, &notices.disputes, now).await?;
            match settle(app, payment).await {
                Ok(_) => return Ok(db::inbox::handled(&app.db, seqs, None, now).await?),
                Err(error) => format!("{error:#}"),
            }
        }
    };
    let due = app.clock.now() + gap(notices.attempts);
    tracing::debug!(provider, object, failed, "a notice waits");
    Ok(db::inbox::put_off(&app.db, seqs, &failed, due).await?)
}
