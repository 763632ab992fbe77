//! What happens when nothing happens: deadlines.

use jiff::{SignedDuration, Timestamp};
use kernel::OrderId;
use orders_api::State;

use crate::{
    App,
    db::{self, OrderRow},
    lifecycle::By,
    moves::{self, Doer, Order, Step},
};

/// Orders that the customer did not pay in time.
pub async fn end_unpaid(app: App) -> anyhow::Result<()> {
    let over = |row: &OrderRow, now| {
        row.state == State::Placed && row.pay_by.is_some_and(|pay_by| pay_by <= now)
    };
    for order in db::overdue_payments(&app.db, app.clock.now()).await? {
        end(&app, order, "payment-not-completed", over).await;
    }
    Ok(())
}

/// Paid orders that the store did not answer in time.
pub async fn end_unanswered(app: App) -> anyhow::Result<()> {
    let over = |row: &OrderRow, now| {
        row.state == State::Paid && row.accept_by.is_some_and(|accept_by| accept_by <= now)
    };
    for order in db::overdue_stores(&app.db, app.clock.now()).await? {
        end(&app, order, "store-did-not-answer", over).await;
    }
    Ok(())
}

/// Ends one order; where that fails the others end all the same, and this one is tried again.
async fn end(
    app: &App,
    order: OrderId,
    reason: &str,
    over: impl Fn(&OrderRow, Timestamp) -> bool + Send,
) {
    if let Err(error) = try_to_end(app, order, reason, over).await {
        tracing::error!(%order, reason, error = format!("{error:#}"), "could not be ended");
    }
}

/// Looks again under the row lock, for a payment or the store may have come at the last moment.
async fn try_to_end(
    app: &App,
    id: OrderId,
    reason: &str,
    over: impl Fn(&OrderRow, Timestamp) -> bool + Send,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let Some(mut order) = Order::lock(&mut tx, id).await? else { return Ok(()) };
    if over(&order.row, now) {
        let doer = Doer::service("tipple", now);
        moves::make(&mut tx, &mut order, Step::cancel(By::House, reason), &doer).await?;
        tx.commit().await?;
        app.live.ring(id);
    }
    Ok(())
}

pub async fn forget_keys(app: App) -> anyhow::Result<()> {
    let kept = SignedDuration::from_hours(24 * app.config.keys_kept_days);
    Ok(db::forget_keys(&app.db, app.clock.now() - kept).await?)
}
