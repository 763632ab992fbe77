//! The background job behind Top Picks.

use jiff::SignedDuration;

use crate::{
    App,
    db::{self, Score},
    score::{Parts, Past},
};

/// Scores every product anew and replaces what was there.
pub async fn recompute(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let window = SignedDuration::from_hours(24 * i64::from(app.config.window_days));
    let mut tx = app.db.begin().await?;
    let Some(signals) = db::signals(&mut tx, now - window, now).await? else { return Ok(()) };
    let mut scores: Vec<Score> = signals
        .iter()
        .map(|(product, signals)| Score {
            product: *product,
            parts: Parts::of(signals, &app.config.top_picks),
            orders: count(&signals.orders),
            favourites: count(&signals.favourites),
            clicks: count(&signals.clicks),
            views: count(&signals.views),
        })
        .filter(|score| score.parts.total() > 0.0)
        .collect();
    scores.sort_by(|a, b| {
        b.parts.total().total_cmp(&a.parts.total()).then(a.product.cmp(&b.product))
    });
    db::store_scores(&mut tx, &scores, now).await?;
    Ok(tx.commit().await?)
}

fn count(past: &[Past]) -> i64 {
    past.iter().map(|it| i64::from(it.count)).sum()
}

/// Forgets old views, and marks that were taken off.
pub async fn forget(app: App) -> anyhow::Result<()> {
    let kept = SignedDuration::from_hours(24 * i64::from(app.config.keep_views_days));
    let before = app.clock.now() - kept;
    db::forget_views(&app.db, before).await?;
    Ok(db::forget_unmarked(&app.db, before).await?)
}
