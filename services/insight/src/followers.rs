//! What it writes down when it is told something.

use accounts_api::{FavouriteChanged, PersonErased};
use cart_api::CartFilled;
use catalogue_api::ProductChanged;
use delivery_api::{JobMove, JobMoved};
use feed::Received;
use orders_api::{Move, OrderMoved};

use crate::{
    App,
    db::{self, DeliveryTimes, OrderFact, ProductFact},
};

pub async fn order_moved(app: App, told: Received<OrderMoved>) -> anyhow::Result<()> {
    let (moved, at) = (&told.event, told.at);
    let mut fact = OrderFact {
        order: &moved.order,
        state: word(&moved.state)?,
        version: moved.version,
        refunded: 0,
        paid_at: None,
        delivered_at: None,
        cancelled_at: None,
    };
    match &moved.moved {
        Move::Paid => fact.paid_at = Some(at),
        Move::Delivered => fact.delivered_at = Some(at),
        Move::Cancelled { .. } => fact.cancelled_at = Some(at),
        Move::Returning { refund, .. } | Move::Closed { refund } | Move::Lost { refund, .. } => {
            fact.refunded = refund.amount;
        }
        Move::Placed | Move::Accepted | Move::Packed | Move::Captured | Move::OutForDelivery => {}
    }
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    if db::put_order(&mut tx, &fact).await? {
        db::put_lines(&mut tx, moved.order.order, &moved.order.lines).await?;
    }
    Ok(tx.commit().await?)
}

pub async fn cart_filled(app: App, told: Received<CartFilled>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    db::put_cart(&mut tx, &told.event, told.at).await?;
    Ok(tx.commit().await?)
}

pub async fn job_moved(app: App, told: Received<JobMoved>) -> anyhow::Result<()> {
    let mut times = DeliveryTimes::default();
    match &told.event.moved {
        JobMove::PickedUp => times.picked_up_at = Some(told.at),
        JobMove::Arrived => times.arrived_at = Some(told.at),
        JobMove::HandedOver { .. } => times.handed_over_at = Some(told.at),
        JobMove::Refused { because, .. } => times.refused_because = Some(word(because)?),
        JobMove::Assigned
        | JobMove::Unassigned
        | JobMove::Returned
        | JobMove::Lost { .. }
        | JobMove::Stopped { .. } => return Ok(()),
    }
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    db::put_delivery(&mut tx, told.event.order, &times).await?;
    Ok(tx.commit().await?)
}

pub async fn product_changed(app: App, told: Received<ProductChanged>) -> anyhow::Result<()> {
    let changed = &told.event;
    let product = ProductFact {
        product: changed.product,
        name: &changed.name,
        category: &changed.category,
        active: changed.active,
        version: changed.version,
    };
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    db::put_product(&mut tx, &product).await?;
    Ok(tx.commit().await?)
}

pub async fn favourite_changed(app: App, told: Received<FavouriteChanged>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    db::put_favourite(&mut tx, &told.event, told.at).await?;
    Ok(tx.commit().await?)
}

/// Deletes what there is of a person.
pub async fn person_erased(app: App, told: Received<PersonErased>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    store::erased::remember(&mut tx, told.event.person.uuid(), told.at).await?;
    db::personal::cut(&mut tx, store::erased::since(app.clock.now())).await?;
    Ok(tx.commit().await?)
}

/// Does it again for what was still needed then, or came late.
pub async fn cut_erased(app: App) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    db::personal::cut(&mut tx, store::erased::since(app.clock.now())).await?;
    Ok(tx.commit().await?)
}

/// A value as its JSON text: how it is written on the wire is how it is kept.
fn word(value: &impl serde::Serialize) -> anyhow::Result<String> {
    let value = serde_json::to_value(value)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}
