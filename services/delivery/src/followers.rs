//! What delivery does when others tell it something.

use accounts_api::{PersonChanged, PersonErased};
use feed::Received;
use jiff::SignedDuration;
use kernel::{DriverId, Role};
use orders_api::{Move, OrderFacts, OrderMoved, State};

use crate::{App, db, job::JobState, offer, release};

/// Keeps who drives and by what name. Whoever no longer does fetches nothing any more; what is in
/// the bag stays theirs to bring.
pub async fn person_changed(app: App, told: Received<PersonChanged>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    if store::erased::is_erased(&mut *tx, told.event.person.uuid()).await? {
        return Ok(tx.commit().await?);
    }
    let news = db::keep_driver(&mut tx, &told.event).await?;
    let left = news && !told.event.roles.contains(&Role::Driver);
    if left {
        release::end_shift(&mut tx, told.event.person.cast(), app.clock.now()).await?;
    }
    tx.commit().await?;
    if left {
        forget_place(&app, told.event.person.cast()).await;
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
        wanted: wanted(&app, &event.order),
        pay: app.config.pay_in(event.order.total.currency),
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
    if store::erased::is_erased(&mut *tx, event.order.customer.uuid()).await? {
        db::personal::cut(&mut tx, store::erased::since(app.clock.now())).await?;
    }
    tx.commit().await?;
    if matches!(event.moved, Move::Accepted | Move::Cancelled { .. }) {
        offer::round_now(&app).await;
    }
    Ok(())
}

/// Of what is wanted in a slot.
fn wanted(app: &App, order: &OrderFacts) -> Option<db::WantedThen> {
    let trip = app.config.estimate(order.store_place, order.destination.place);
    let (leaves_from, _) = trip.leaving(order.slot?);
    let search = SignedDuration::from_mins(app.config.slot_search_minutes);
    Some(db::WantedThen { leaves_from, search_from: leaves_from - search })
}

/// Deletes what there is of a person, or cuts it to what the law makes us keep. A driver fetches
/// nothing any more; what is in the bag stays theirs to bring, under their name.
pub async fn person_erased(app: App, told: Received<PersonErased>) -> anyhow::Result<()> {
    let now = app.clock.now();
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    store::erased::remember(&mut tx, told.event.person.uuid(), told.at).await?;
    release::end_shift(&mut tx, told.event.person.cast(), now).await?;
    db::personal::cut(&mut tx, store::erased::since(now)).await?;
    tx.commit().await?;
    forget_place(&app, told.event.person.cast()).await;
    offer::round_now(&app).await;
    Ok(())
}

/// Where Redis is away, it lets go of them as of anybody who is silent.
async fn forget_place(app: &App, driver: DriverId) {
    if let Some(places) = &app.places {
        places.forget(driver).await;
    }
}

/// Cuts again what was still needed then, or came late.
pub async fn cut_erased(app: App) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    db::personal::cut(&mut tx, store::erased::since(app.clock.now())).await?;
    Ok(tx.commit().await?)
}
