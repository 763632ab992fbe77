//! What happens to carts when orders tell something.

use feed::Received;
use kernel::CartId;
use orders_api::{Move, OrderMoved};

use crate::{App, db};

/// A placed order keeps its cart for good. A cancelled one gives its coupons back; what was in its
/// cart becomes the customer's open cart again, unless there is a newer one at that store.
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
        let never_placed = db::claim::unclaim(&mut tx, order, now).await?;
        if !never_placed {
            db::claim::copy_ordered(&mut tx, order, CartId::new(), now).await?;
        }
        db::coupon::give_back(&mut tx, order).await?;
    }
    Ok(tx.commit().await?)
}
