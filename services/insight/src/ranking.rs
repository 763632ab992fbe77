//! The background job behind Top Picks.

use jiff::SignedDuration;

use crate::{App, db, score};

/// Scores every product anew and replaces what was there.
pub async fn recompute(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let window = SignedDuration::from_hours(24 * i64::from(app.config.window_days));
    let mut tx = app.db.begin().await?;
    let Some(signals) = db::signals(&mut tx, now - window, now).await? else { return Ok(()) };
    let scores: Vec<_> = signals
        .iter()
        .map(|(product, signals)| {
            let (score, reason) = score::score(signals, &app.config.top_picks);
            (*product, score, reason.name())
        })
        .filter(|(_, score, _)| *score > 0.0)
        .collect();
    db::store_scores(&mut tx, &scores, now).await?;
    Ok(tx.commit().await?)
}

/// Forgets old views, and marks that were taken off.
pub async fn forget(app: App) -> anyhow::Result<()> {
    let kept = SignedDuration::from_hours(24 * i64::from(app.config.keep_views_days));
    let before = app.clock.now() - kept;
    db::forget_views(&app.db, before).await?;
    Ok(db::forget_unmarked(&app.db, before).await?)
}
