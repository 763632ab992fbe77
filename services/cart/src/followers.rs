//! What happens to carts when orders tell something.

use accounts_api::PersonErased;
use feed::Received;
use orders_api::{Move, OrderMoved};

use crate::{
    App,
    db::{self, claim::Unless},
};

/// A placed order keeps its cart. A cancelled one gives its coupons back, and the customer the
/// cart, unless there is a newer open one at that store.
pub async fn order_moved(app: App, received: Received<OrderMoved>) -> anyhow::Result<()> {
    let order = received.event.order.order;
    if !matches!(received.event.moved, Move::Placed | Move::Cancelled { .. }) {
        return Ok(());
    }
    let Some(mut tx) = received.once(&app.db).await? else { return Ok(()) };
    let now = app.clock.now();
    if received.event.moved == Move::Placed {
        db::claim::ordered(&mut tx, order, now).await?;
    } else {
        db::claim::unclaim(&mut tx, order, Unless::Never, now).await?;
        db::coupon::give_back(&mut tx, order).await?;
    }
    Ok(tx.commit().await?)
}

/// Deletes what there is of a person, or cuts it to what the law makes us keep.
pub async fn person_erased(app: App, told: Received<PersonErased>) -> anyhow::Result<()> {
    let Some(mut tx) = told.once(&app.db).await? else { return Ok(()) };
    store::erased::remember(&mut tx, told.event.person.uuid(), told.at).await?;
    db::personal::cut(&mut tx, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Does it again for what was still needed then, or came late.
pub async fn cut_erased(app: App) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    db::personal::cut(&mut tx, app.clock.now()).await?;
    Ok(tx.commit().await?)
}
