//! Jobs taken from drivers who will not fetch them.

use delivery_api::JobMove;
use jiff::Timestamp;
use kernel::DriverId;
use store::Tx;

use crate::{App, db, offer};

/// The most that are looked at at once.
const MOST: i64 = 100;

/// What a driver of whom nothing is heard has not fetched yet goes to another. What is in the bag
/// stays with that driver, until it is handed over or the store or an operator says what became of
/// it; the shift of someone who no longer drives ends then.
pub async fn silent_drivers(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    db::end_shifts_of_gone(&app.db, None, now).await?;
    let since = app.config.heard_since(now);
    let silent = db::silent(&app.db, since, MOST).await?;
    for driver in &silent {
        let mut tx = app.db.begin().await?;
        db::lock_driver(&mut tx, *driver).await?;
        if db::is_silent(&mut tx, *driver, since).await? {
            give_back(&mut tx, *driver, now).await?;
            tx.commit().await?;
        }
    }
    if !silent.is_empty() {
        offer::round_now(&app).await;
    }
    Ok(())
}

/// Ends a shift: what is not fetched yet goes to another driver, an offer is withdrawn. `false`
/// where the driver carries something: then the shift goes on until that is brought.
pub async fn end_shift(tx: &mut Tx<'_>, driver: DriverId, now: Timestamp) -> anyhow::Result<bool> {
    db::lock_driver(tx, driver).await?;
    give_back(tx, driver, now).await?;
    db::close_offers(tx, driver, None, "withdrawn", now).await?;
    // After that: a pick-up at the same time has either lost its job or is seen here.
    let carries = db::carries(tx, driver).await?;
    if !carries {
        db::end_shift(tx, driver, now).await?;
    }
    Ok(!carries)
}

async fn give_back(tx: &mut Tx<'_>, driver: DriverId, now: Timestamp) -> anyhow::Result<()> {
    for job in db::unassign(tx, driver).await? {
        let mut event = job.moved(JobMove::Unassigned);
        event.driver = Some(driver);
        feed::append(tx, &event, now).await?;
    }
    Ok(())
}
