//! What is free to be promised, and who may change it.
//!
//! free = on_hand − allocated − what live holds have. A hold is live while `held_until` lies after
//! the instant that the caller asks for, so a hold ends by the passing of time alone.
//!
//! Two statements of one transaction decide, and they must be two. The first locks the stock rows,
//! in the order of product_id; the second computes what is free and changes it. Under READ
//! COMMITTED a statement sees what was committed when it *began*: one that locks and computes at
//! once may wait for the lock, and then still subtract the holds of before the wait, for after a
//! wait only the locked row itself is read again. With the locks already there, the second
//! statement begins after everyone before has committed, and nobody can come in between: whoever
//! takes or gives back stock, or moves a hold, holds these locks. The fixed order keeps two
//! transactions from waiting for each other. Stock rows are never deleted.

use catalogue_api::StockLow;
use jiff::Timestamp;
use kernel::{OrderId, ProductId, StoreId};
use sqlx::FromRow;
use store::Tx;
use uuid::Uuid;

/// Waits until no other pick or release of the order is under way: picks change of which stock rows
/// its hold is, so these have to be known before they are locked in their order.
pub async fn take_turns(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('pick ' || $1::text, 0))")
        .bind(order.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Locks the stock rows of these products at a store until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, store: StoreId, products: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query(
        "select from stock where store_id = $1 and product_id = any($2)
         order by product_id for no key update",
    )
    .bind(store.uuid())
    .bind(products)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Locks the stock rows that an order's hold is about.
pub async fn lock_of_order(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<()> {
    sqlx::query(
        "select from hold_line line
         join stock on stock.store_id = line.store_id and stock.product_id = line.product_id
         where line.order_id = $1
         order by stock.product_id for no key update of stock",
    )
    .bind(order.uuid())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A stock row that just fell to its threshold.
#[derive(Debug, Clone, FromRow)]
pub struct LowRow {
    pub store_id: Uuid,
    pub product_id: Uuid,
    pub free: i32,
    pub threshold: i32,
}

/// Tells of stock that fell to its threshold, in the transaction that took it.
pub async fn tell_low(tx: &mut Tx<'_>, low: &[LowRow], now: Timestamp) -> anyhow::Result<()> {
    for row in low {
        let (store_name, product_name): (String, String) = sqlx::query_as(
            "select (select name from store where id = $1), (select name from product where id = $2)",
        )
        .bind(row.store_id)
        .bind(row.product_id)
        .fetch_one(&mut **tx)
        .await?;
        let event = StockLow {
            store: StoreId::from_uuid(row.store_id),
            store_name,
            product: ProductId::from_uuid(row.product_id),
            product_name,
            free: u32::try_from(row.free).unwrap_or(0),
            threshold: u32::try_from(row.threshold).unwrap_or(0),
        };
        feed::append(tx, &event, now).await?;
    }
    Ok(())
}
