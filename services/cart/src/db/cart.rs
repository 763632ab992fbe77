//! Carts, their lines and the coupons in them.

use cart_api::Destination;
use jiff::Timestamp;
use kernel::{CartId, Currency, CustomerId, OrderId, ProductId, StoreId};
use serde::Deserialize;
use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow, types::Json};
use store::{Db, Tx};

use crate::coupon::Code;

/// A cart as it is kept.
#[derive(Debug, Clone)]
pub struct CartRow {
    pub id: CartId,
    pub customer: CustomerId,
    pub store: StoreId,
    pub store_name: String,
    pub currency: Currency,
    pub state: State,
    pub destination: Option<Destination>,
    pub tip: i64,
    pub claimed_by: Option<OrderId>,
    pub claim: Option<String>,
    pub version: i64,
    pub lines: Vec<Line>,
    pub coupons: Vec<String>,
    pub changed_at: Timestamp,
}

/// Where a cart stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The customer fills it.
    Open,
    /// An order is being made of it.
    Claimed,
    /// An order was made of it. The end.
    Ordered,
    /// It came back from an order when the customer had a newer one. The end.
    Closed,
}

/// So many of one product.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Line {
    pub product: ProductId,
    pub quantity: u32,
}

/// What a change must know of the cart.
pub struct Changing {
    pub store: StoreId,
    pub currency: Currency,
    pub state: State,
    pub claimed_by: Option<OrderId>,
    /// After the change.
    pub version: i64,
}

/// A cart to be.
pub struct NewCart<'a> {
    pub id: CartId,
    pub customer: CustomerId,
    pub store: StoreId,
    pub store_name: &'a str,
    pub currency: Currency,
    pub at: Timestamp,
}

impl FromRow<'_, PgRow> for CartRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: CartId::from_uuid(row.try_get("id")?),
            customer: CustomerId::from_uuid(row.try_get("customer_id")?),
            store: StoreId::from_uuid(row.try_get("store_id")?),
            store_name: row.try_get("store_name")?,
            currency: currency(row, "currency")?,
            state: state(row)?,
            destination: row.try_get::<Option<Json<_>>, _>("destination")?.map(|Json(to)| to),
            tip: row.try_get("tip")?,
            claimed_by: claimed_by(row)?,
            claim: row.try_get("claim")?,
            version: row.try_get("version")?,
            lines: row.try_get::<Json<_>, _>("lines")?.0,
            coupons: row.try_get("coupons")?,
            changed_at: row.try_get::<jiff_sqlx::Timestamp, _>("changed_at")?.to_jiff(),
        })
    }
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

/// A column that holds an ISO 4217 code.
pub fn currency(row: &PgRow, column: &str) -> sqlx::Result<Currency> {
    let code: String = row.try_get(column)?;
    Currency::from_code(&code).ok_or_else(|| unknown(column, &code))
}

fn state(row: &PgRow) -> sqlx::Result<State> {
    match row.try_get("state")? {
        "open" => Ok(State::Open),
        "claimed" => Ok(State::Claimed),
        "ordered" => Ok(State::Ordered),
        "closed" => Ok(State::Closed),
        other => Err(unknown("state", other)),
    }
}

fn claimed_by(row: &PgRow) -> sqlx::Result<Option<OrderId>> {
    Ok(row.try_get::<Option<uuid::Uuid>, _>("claimed_by")?.map(OrderId::from_uuid))
}

fn unknown(column: &str, value: &str) -> sqlx::Error {
    let source = format!("does not know {value:?}").into();
    sqlx::Error::ColumnDecode { index: column.into(), source }
}

/// The cart and all that is in it, whoever's it is.
pub async fn cart(db: impl PgExecutor<'_>, id: CartId) -> sqlx::Result<Option<CartRow>> {
    sqlx::query_as(
        "select cart.*,
             (select coalesce(jsonb_agg(jsonb_build_object('product', product_id,
                                                           'quantity', quantity)
                                        order by added_at, product_id), '[]')
              from cart_line where cart_id = cart.id) as lines,
             array (select code from cart_coupon where cart_id = cart.id
                    order by added_at, code) as coupons
         from cart where id = $1",
    )
    .bind(id.uuid())
    .fetch_optional(db)
    .await
}

/// The customer's open cart at a store.
pub async fn open_cart(
    db: &Db,
    customer: CustomerId,
    store: StoreId,
) -> sqlx::Result<Option<CartId>> {
    let id = sqlx::query_scalar(
        "select id from cart where customer_id = $1 and store_id = $2 and state = 'open'",
    )
    .bind(customer.uuid())
    .bind(store.uuid())
    .fetch_optional(db)
    .await?;
    Ok(id.map(CartId::from_uuid))
}

/// `false` when the customer has an open cart at that store.
pub async fn insert_cart(db: &Db, new: &NewCart<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into cart (id, customer_id, store_id, store_name, currency, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (customer_id, store_id) where state = 'open' do nothing",
    )
    .bind(new.id.uuid())
    .bind(new.customer.uuid())
    .bind(new.store.uuid())
    .bind(new.store_name)
    .bind(new.currency.code())
    .bind(store::instant(new.at))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The customer's carts that are not over, newest first.
pub async fn carts_of(
    db: &Db,
    customer: CustomerId,
    after: Option<CartId>,
    limit: i64,
) -> sqlx::Result<Vec<CartRow>> {
    sqlx::query_as(
        "select cart.*,
             (select coalesce(jsonb_agg(jsonb_build_object('product', product_id,
                                                           'quantity', quantity)
                                        order by added_at, product_id), '[]')
              from cart_line where cart_id = cart.id) as lines,
             array (select code from cart_coupon where cart_id = cart.id
                    order by added_at, code) as coupons
         from cart
         where customer_id = $1 and state in ('open', 'claimed')
           and ($2::uuid is null or id < $2)
         order by id desc limit $3",
    )
    .bind(customer.uuid())
    .bind(after.map(CartId::uuid))
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Locks a customer's cart and counts its version up, whatever its state: commit only when the
/// state allows the change.
pub async fn begin_change(
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

/// `false` when the cart has `most` other lines already. Under the cart's lock.
pub async fn set_line(
    tx: &mut Tx<'_>,
    cart: CartId,
    line: Line,
    most: i64,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into cart_line (cart_id, product_id, quantity, added_at)
         select $1, $2, $3, $5
         where (select count(*) from cart_line where cart_id = $1 and product_id <> $2) < $4
         on conflict (cart_id, product_id) do update set quantity = excluded.quantity",
    )
    .bind(cart.uuid())
    .bind(line.product.uuid())
    .bind(i32::try_from(line.quantity).unwrap_or(i32::MAX))
    .bind(most)
    .bind(store::instant(at))
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
