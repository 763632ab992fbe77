//! What the catalogue does when an order moves.

use anyhow::bail;
use feed::Received;
use kernel::ProductId;
use orders_api::{Move, OrderLine, OrderMoved};

use crate::{
    App,
    db::{
        holds,
        shipping::{self, Moved},
    },
};

/// Stock follows the bottles: out of the door with the driver, back on the shelf when what was
/// refused is back, written off when it is lost, free again when the order ends before it left.
pub async fn order_moved(app: App, received: Received<OrderMoved>) -> anyhow::Result<()> {
    let order = received.event.order.order;
    let Some(mut tx) = received.once(&app.db).await? else { return Ok(()) };
    // What is back on the shelf, which is seldom, may be shown again.
    let mut shows = false;
    let moved = match &received.event.moved {
        Move::OutForDelivery => shipping::ship(&mut tx, order, received.at).await?,
        Move::Closed { .. } => {
            let back = not_handed_over(&received.event.order.lines);
            shows = back.iter().any(|(_, quantity)| *quantity > 0);
            shipping::bring_back(&mut tx, order, &back, received.at).await?
        }
        Move::Lost { .. } => {
            let lost = not_handed_over(&received.event.order.lines);
            let why = ("lost on the way", received.at);
            shipping::write_off(&mut tx, order, &lost, why).await?
        }
        Move::Cancelled { .. } => {
            shows = holds::release(&mut tx, order, received.at).await?;
            Moved::Now
        }
        _ => Moved::Before,
    };
    if moved == Moved::No {
        bail!("order {order} moved, but no stock of it can: {:?}", received.event.moved);
    }
    tx.commit().await?;
    if shows {
        app.answers.forget_all_soon();
    }
    Ok(())
}

fn not_handed_over(lines: &[OrderLine]) -> Vec<(ProductId, i32)> {
    lines
        .iter()
        .map(|line| (line.product, line.quantity.saturating_sub(line.delivered) as i32))
        .collect()
}
