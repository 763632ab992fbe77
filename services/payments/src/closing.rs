//! Closing the books day by day, and looking whether what is kept is what they add up to.

use jiff::{SignedDuration, Timestamp};

use crate::{App, db};

/// The books of a day are closed so long after its end: everything that happened in it has been
/// written by then.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// Payments that changed so lately are compared with the books.
const LATELY: SignedDuration = SignedDuration::from_hours(49);

/// Closes the days (UTC) that have ended, and raises an alarm where something is not as it adds up.
pub async fn close(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !db::ledger::close(&mut tx, last_midnight(now - LATE)?, now).await? {
        return Ok(());
    }
    let wrong = db::ledger::wrong_balances(&mut tx).await?;
    tx.commit().await?;
    if wrong > 0 {
        tracing::error!(wrong, "balances that are kept are not what the entries add up to");
    }
    for payment in db::ledger::wrong_payments(&app.db, now - LATELY).await? {
        tracing::error!(%payment, "the books say something else than the payment");
    }
    Ok(())
}

fn last_midnight(at: Timestamp) -> anyhow::Result<Timestamp> {
    let day = 24 * 60 * 60;
    Ok(Timestamp::from_second(at.as_second().div_euclid(day) * day)?)
}
