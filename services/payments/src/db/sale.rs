//! What orders' money is made of.

use jiff::Timestamp;
use kernel::{LineId, Money, OrderId};
use payments_api::Sale;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, types::Json};
use store::{Db, Tx};

use crate::payment::Payment;

/// Keeps a sale with the commission that its vendor's terms say now; the first stays.
pub async fn insert(
    db: &Db,
    order: OrderId,
    (sale, total): (&Sale, Money),
    at: Timestamp,
) -> sqlx::Result<()> {
    // The person stands in columns of its own, and nowhere else.
    let nobody = Sale { recipient: String::new(), address: String::new(), ..sale.clone() };
    sqlx::query(
        "insert into sale (order_id, vendor_id, store_id, currency, total, commission_bp,
                           recipient, address, body, at)
         values ($1, $2, $3, $4, $5,
                 coalesce((select commission_bp from vendor_terms where vendor_id = $2
                           order by version desc limit 1), 0),
                 $6, $7, $8, $9)
         on conflict (order_id) do nothing",
    )
    .bind(order.uuid())
    .bind(sale.vendor.uuid())
    .bind(sale.store.uuid())
    .bind(total.currency.code())
    .bind(total.amount)
    .bind(&sale.recipient)
    .bind(&sale.address)
    .bind(Json(nobody))
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(())
}

/// Other things are sold than were agreed to, by the same vendor to the same person. The payment that
/// counts may have taken nothing yet; to others what was agreed to goes on to be the sale.
pub async fn resell(
    tx: &mut Tx<'_>,
    order: OrderId,
    (sale, total): (&Sale, Money),
) -> sqlx::Result<()> {
    let nobody = Sale { recipient: String::new(), address: String::new(), ..sale.clone() };
    sqlx::query(
        "update sale set body = $2, total = $3, agreed = coalesce(agreed, body)
         where order_id = $1 and currency = $4",
    )
    .bind(order.uuid())
    .bind(Json(nobody))
    .bind(total.amount)
    .bind(total.currency.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A sale as it is kept; in its body nobody is named.
#[derive(FromRow)]
pub struct SaleRow {
    pub commission_bp: i32,
    #[sqlx(json)]
    pub body: Sale,
}

/// The sale that a payment pays for.
pub async fn of(tx: &mut Tx<'_>, payment: &Payment) -> sqlx::Result<Option<SaleRow>> {
    sqlx::query_as(
        "select commission_bp, case when $2 then coalesce(agreed, body) else body end as body
         from sale where order_id = $1",
    )
    .bind(payment.order.uuid())
    .bind(payment.superseded)
    .fetch_optional(&mut **tx)
    .await
}

/// Units of a line that changed hands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Handed {
    pub line: LineId,
    pub units: u32,
}

/// The order is over at its door; the first word stays.
pub async fn over(
    tx: &mut Tx<'_>,
    order: OrderId,
    handed: &[Handed],
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update sale set over_at = $3, handed = $2 where order_id = $1 and over_at is null",
    )
    .bind(order.uuid())
    .bind(Json(handed))
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The store that an order is from and its number, for people; nothing else of the sale.
pub async fn named(db: &Db, order: OrderId) -> sqlx::Result<Option<(String, String)>> {
    sqlx::query_as("select body ->> 'store_name', body ->> 'number' from sale where order_id = $1")
        .bind(order.uuid())
        .fetch_optional(db)
        .await
}
