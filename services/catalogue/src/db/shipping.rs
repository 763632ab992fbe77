//! Stock on its way: out of the store with the driver, and back, or lost, what was not handed over. See
//! [`super::stock`] for why each begins by locking.

use jiff::Timestamp;
use kernel::{OrderId, ProductId};
use store::Tx;
use uuid::Uuid;

use super::stock;

/// What leaving the store, or coming back to it, came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    Now,
    Before,
    /// There is no stock of the order that could move so.
    No,
}

/// The order's bottles leave the store: they are neither on hand nor allocated any more.
///
/// A hold that was never made final leaves too, for the bottles are gone whatever was noted; the
/// table's constraints refuse where that would take what is promised to others for good.
pub async fn ship(tx: &mut Tx<'_>, order: OrderId, now: Timestamp) -> sqlx::Result<Moved> {
    stock::lock_of_order(tx, order).await?;
    let before: Option<String> = sqlx::query_scalar(
        "with known as (select state from hold where order_id = $1),
         shipped as (
             update hold set state = 'shipped', changed_at = $2
             where order_id = $1 and state in ('held', 'lapsed', 'allocated') returning order_id),
         lines as (
             update hold_line l set held_until = null from shipped
             where l.order_id = shipped.order_id
             returning l.store_id, l.product_id, l.quantity),
         touched as (
             update stock s
             set version = s.version + 1, changed_at = $2, on_hand = s.on_hand - line.quantity,
                 allocated = s.allocated
                     - case known.state when 'allocated' then line.quantity else 0 end
             from known, lines line
             where s.store_id = line.store_id and s.product_id = line.product_id
             returning s.store_id, s.product_id, s.on_hand, line.quantity),
         noted as (
             insert into movement (store_id, product_id, kind, quantity, on_hand, order_id, at)
             select store_id, product_id, 'sale', -quantity, on_hand, $1, $2 from touched
             order by product_id)
         select state from known",
    )
    .bind(order.uuid())
    .bind(store::instant(now))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(match before.as_deref() {
        Some("held" | "lapsed" | "allocated") => Moved::Now,
        Some("shipped" | "returned" | "lost") => Moved::Before,
        _ => Moved::No,
    })
}

/// What was not handed over is back on the shelf: so much of each product.
pub async fn bring_back(
    tx: &mut Tx<'_>,
    order: OrderId,
    back: &[(ProductId, i32)],
    now: Timestamp,
) -> sqlx::Result<Moved> {
    let (products, quantities): (Vec<Uuid>, Vec<i32>) =
        back.iter().map(|(product, quantity)| (product.uuid(), *quantity)).unzip();
    stock::lock_of_order(tx, order).await?;
    let before: Option<String> = sqlx::query_scalar(
        "with known as (select state from hold where order_id = $1),
         back as (
             select product_id, sum(quantity)::integer as quantity
             from unnest($2::uuid[], $3::integer[]) as b (product_id, quantity) group by product_id),
         returned as (
             update hold set state = 'returned', changed_at = $4
             where order_id = $1 and state = 'shipped' returning order_id),
         lines as (
             select l.store_id, l.product_id, least(l.quantity, back.quantity) as quantity
             from returned join hold_line l using (order_id) join back using (product_id)
             where back.quantity > 0),
         touched as (
             update stock s
             set version = s.version + 1, changed_at = $4, on_hand = s.on_hand + line.quantity,
                 alerted = s.alerted and s.on_hand + line.quantity - s.allocated - (
                     select coalesce(sum(l.quantity), 0)::integer from hold_line l
                     where l.store_id = s.store_id and l.product_id = s.product_id
                       and l.held_until > $4) <= s.low_threshold
             from lines line where s.store_id = line.store_id and s.product_id = line.product_id
             returning s.store_id, s.product_id, s.on_hand, line.quantity),
         noted as (
             insert into movement (store_id, product_id, kind, quantity, on_hand, order_id, at)
             select store_id, product_id, 'return', quantity, on_hand, $1, $4 from touched
             order by product_id)
         select state from known",
    )
    .bind(order.uuid())
    .bind(&products)
    .bind(&quantities)
    .bind(store::instant(now))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(match before.as_deref() {
        Some("shipped") => Moved::Now,
        Some("returned" | "lost") => Moved::Before,
        _ => Moved::No,
    })
}

/// What was not handed over, so much of each product, will not come back. The ledger takes it back
/// from the sale and writes it off; what is on hand stays as it is, for it left with the driver.
pub async fn write_off(
    tx: &mut Tx<'_>,
    order: OrderId,
    lost: &[(ProductId, i32)],
    (reason, now): (&str, Timestamp),
) -> sqlx::Result<Moved> {
    let (products, quantities): (Vec<Uuid>, Vec<i32>) =
        lost.iter().map(|(product, quantity)| (product.uuid(), *quantity)).unzip();
    stock::lock_of_order(tx, order).await?;
    let before: Option<String> = sqlx::query_scalar(
        "with known as (select state from hold where order_id = $1),
         lost as (
             select product_id, sum(quantity)::integer as quantity
             from unnest($2::uuid[], $3::integer[]) as l (product_id, quantity) group by product_id),
         ended as (
             update hold set state = 'lost', changed_at = $5
             where order_id = $1 and state = 'shipped' returning order_id),
         lines as (
             select l.store_id, l.product_id, least(l.quantity, lost.quantity) as quantity
             from ended join hold_line l using (order_id) join lost using (product_id)
             where lost.quantity > 0),
         touched as (
             update stock s set version = s.version + 1, changed_at = $5
             from lines line where s.store_id = line.store_id and s.product_id = line.product_id
             returning s.store_id, s.product_id, s.on_hand, line.quantity),
         noted as (
             insert into movement (store_id, product_id, kind, quantity, on_hand, order_id, reason, at)
             select store_id, product_id, kind, sign * quantity,
                    on_hand + case kind when 'return' then quantity else 0 end, $1,
                    case kind when 'write_off' then $4 end, $5
             from touched cross join (values (1, 'return', 1), (2, 'write_off', -1))
                  as entry (place, kind, sign)
             order by product_id, place)
         select state from known",
    )
    .bind(order.uuid())
    .bind(&products)
    .bind(&quantities)
    .bind(reason)
    .bind(store::instant(now))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(match before.as_deref() {
        Some("shipped") => Moved::Now,
        Some("lost" | "returned") => Moved::Before,
        _ => Moved::No,
    })
}
