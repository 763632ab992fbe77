//! What delivery does when others tell it something.

use accounts_api::PersonChanged;
use feed::Received;
use kernel::Role;
use orders_api::{Move, OrderMoved, State};

use crate::{App, db, job::JobState, offer, release};

/// Keeps who drives and by what name. Whoever no longer does fetches nothing any more; what is in
/// the bag stays theirs to bring.
pub async fn person_changed(app: App, told: Received<PersonChanged>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let news = db::keep_driver(&mut tx, &told.event).await?;
    let left = news && !told.event.roles.contains(&Role::Driver);
    if left {
        release::end_shift(&mut tx, told.event.person.cast(), app.clock.now()).await?;
    }
    tx.commit().await?;
    if left {
        offer::round_now(&app).await;
    }
    Ok(())
}

/// An accepted order wants a driver, one that is packed and paid for may leave the store, a
/// cancelled one wants nobody.
pub async fn moved(app: App, told: Received<OrderMoved>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    let event = &told.event;
    let facts = db::Told {
        facts: &event.order,
        version: event.version,
        packed: event.state == State::Packed,
        captured: event.moved == Move::Captured,
        at: told.at,
    };
    match &event.moved {
        Move::Accepted | Move::Packed | Move::Captured => db::keep_job(&mut tx, &facts).await?,
        Move::Cancelled { .. } => {
            let facts = db::Told { packed: false, ..facts };
            let state = db::cancel_job(&mut tx, &facts).await?;
            // Orders cancels nothing that might have left without asking here first.
            if !matches!(state, JobState::Cancelled | JobState::Stopped) {
                let (order, state) = (event.order.order, state.name());
                tracing::error!(%order, state, "cancelled after it had left the store");
            }
        }
        _ => return Ok(tx.commit().await?),
    }
    tx.commit().await?;
    if matches!(event.moved, Move::Accepted | Move::Cancelled { .. }) {
        offer::round_now(&app).await;
    }
    Ok(())
}
