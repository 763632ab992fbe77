//! Changes of open carts, each under the lock that [`begin`] takes.

use cart_api::{Destination, IfMissing, Slot};
use jiff::Timestamp;
use kernel::{CartId, Currency, CustomerId, OrderId, ProductId, StoreId};
use sqlx::{FromRow, Row, postgres::PgRow, types::Json};
use store::Tx;

use super::cart::{Line, State, claimed_by, currency, state};
use crate::coupon::Code;

/// What a change must know of the cart.
pub struct Changing {
    pub store: StoreId,
    pub currency: Currency,
    pub state: State,
    pub claimed_by: Option<OrderId>,
    /// After the change.
    pub version: i64,
}

impl FromRow<'_, PgRow> for Changing {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            store: StoreId::from_uuid(row.try_get("store_id")?),
            currency: currency(row, "currency")?,
            state: state(row)?,
            claimed_by: claimed_by(row)?,
            version: row.try_get("version")?,
        })
    }
}

/// Locks a customer's cart and counts its version up, whatever its state: commit only when the
/// state allows the change.
pub async fn begin(
    tx: &mut Tx<'_>,
    cart: CartId,
    customer: CustomerId,
    at: Timestamp,
) -> sqlx::Result<Option<Changing>> {
    sqlx::query_as(
        "update cart set version = version + 1, changed_at = $3
         where id = $1 and customer_id = $2 and state <> 'closed'
         returning store_id, currency, state, claimed_by, version",
    )
    .bind(cart.uuid())
    .bind(customer.uuid())
    .bind(store::instant(at))
    .fetch_optional(&mut **tx)
    .await
}

/// Whether nothing is in it. Under the cart's lock.
pub async fn is_empty(tx: &mut Tx<'_>, cart: CartId) -> sqlx::Result<bool> {
    sqlx::query_scalar("select not exists (select from cart_line where cart_id = $1)")
        .bind(cart.uuid())
        .fetch_one(&mut **tx)
        .await
}

/// `false` when the cart has `most` other lines already. Under the cart's lock.
pub async fn set_line(
    tx: &mut Tx<'_>,
    cart: CartId,
    line: Line,
    most: i64,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into cart_line (cart_id, product_id, quantity, added_at, if_missing, seen_price)
         select $1, $2, $3, $5, coalesce($6, 'none'), $7
         where (select count(*) from cart_line where cart_id = $1 and product_id <> $2) < $4
         on conflict (cart_id, product_id) do update
         set quantity = excluded.quantity, if_missing = coalesce($6, cart_line.if_missing),
             seen_price = coalesce($7, cart_line.seen_price)",
    )
    .bind(cart.uuid())
    .bind(line.product.uuid())
    .bind(i32::try_from(line.quantity).unwrap_or(i32::MAX))
    .bind(most)
    .bind(store::instant(at))
    .bind(line.if_missing.map(IfMissing::name))
    .bind(line.seen_price)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn remove_line(tx: &mut Tx<'_>, cart: CartId, product: ProductId) -> sqlx::Result<()> {
    sqlx::query("delete from cart_line where cart_id = $1 and product_id = $2")
        .bind(cart.uuid())
        .bind(product.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn set_destination(
    tx: &mut Tx<'_>,
    cart: CartId,
    destination: &Destination,
) -> sqlx::Result<()> {
    sqlx::query("update cart set destination = $2 where id = $1")
        .bind(cart.uuid())
        .bind(Json(destination))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn set_tip(tx: &mut Tx<'_>, cart: CartId, tip: i64) -> sqlx::Result<()> {
    sqlx::query("update cart set tip = $2 where id = $1")
        .bind(cart.uuid())
        .bind(tip)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// None for as soon as possible.
pub async fn set_slot(tx: &mut Tx<'_>, cart: CartId, slot: Option<Slot>) -> sqlx::Result<()> {
    sqlx::query("update cart set slot_from = $2, slot_until = $3 where id = $1")
        .bind(cart.uuid())
        .bind(slot.map(|slot| store::instant(slot.from)))
        .bind(slot.map(|slot| store::instant(slot.until)))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// `false` when the cart has `most` other coupons already. Under the cart's lock.
pub async fn put_coupon(
    tx: &mut Tx<'_>,
    cart: CartId,
    code: &Code,
    most: i64,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let fits: bool = sqlx::query_scalar(
        "with put as (
             insert into cart_coupon (cart_id, code, added_at)
             select $1, $2, $4
             where (select count(*) from cart_coupon where cart_id = $1 and code <> $2) < $3
             on conflict do nothing)
         select (select count(*) from cart_coupon where cart_id = $1 and code <> $2) < $3",
    )
    .bind(cart.uuid())
    .bind(code.as_str())
    .bind(most)
    .bind(store::instant(at))
    .fetch_one(&mut **tx)
    .await?;
    Ok(fits)
}

pub async fn remove_coupon(tx: &mut Tx<'_>, cart: CartId, code: &Code) -> sqlx::Result<()> {
    sqlx::query("delete from cart_coupon where cart_id = $1 and code = $2")
        .bind(cart.uuid())
        .bind(code.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Under the cart's lock.
pub async fn delete_cart(tx: &mut Tx<'_>, cart: CartId) -> sqlx::Result<()> {
    sqlx::query("delete from cart where id = $1").bind(cart.uuid()).execute(&mut **tx).await?;
    Ok(())
}
