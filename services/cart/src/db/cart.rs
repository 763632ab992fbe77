//! Carts, their lines and the coupons in them.

use cart_api::{Destination, IfMissing, Slot};
use jiff::Timestamp;
use kernel::{CartId, Currency, CustomerId, OrderId, ProductId, StoreId};
use serde::Deserialize;
use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow, types::Json};
use store::Db;

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
    /// None for as soon as possible.
    pub slot: Option<Slot>,
    pub tip: i64,
    pub claimed_by: Option<OrderId>,
    pub claim: Option<String>,
    pub version: i64,
    pub lines: Vec<Line>,
    pub coupons: Vec<String>,
}

/// Where a cart stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CartState)]
pub enum State {
    /// The customer fills it.
    Open,
    /// An order is being made of it.
    Claimed,
    /// An order was made of it; it comes back only when that is cancelled.
    Ordered,
    /// It came back from an order when the customer had a newer one. The end.
    Closed,
}

/// So many of one product.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Line {
    pub product: ProductId,
    pub quantity: u32,
    /// None, in a change, to leave it as it is.
    pub if_missing: Option<IfMissing>,
    /// What one unit cost when its customer was last shown it, in minor units; none, in a change, to
    /// leave it as it is.
    pub seen_price: Option<i64>,
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
            slot: slot(row)?,
            tip: row.try_get("tip")?,
            claimed_by: claimed_by(row)?,
            claim: row.try_get("claim")?,
            version: row.try_get("version")?,
            lines: row.try_get::<Json<_>, _>("lines")?.0,
            coupons: row.try_get("coupons")?,
        })
    }
}

/// A column that holds an ISO 4217 code.
pub(super) fn currency(row: &PgRow, column: &str) -> sqlx::Result<Currency> {
    let code: String = row.try_get(column)?;
    Currency::from_code(&code).ok_or_else(|| unknown(column, &code))
}

fn slot(row: &PgRow) -> sqlx::Result<Option<Slot>> {
    let at = |column| row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column);
    let (from, until) = (at("slot_from")?, at("slot_until")?);
    let slot = from.zip(until);
    Ok(slot.map(|(from, until)| Slot { from: from.to_jiff(), until: until.to_jiff() }))
}

pub(super) fn state(row: &PgRow) -> sqlx::Result<State> {
    match row.try_get("state")? {
        "open" => Ok(State::Open),
        "claimed" => Ok(State::Claimed),
        "ordered" => Ok(State::Ordered),
        "closed" => Ok(State::Closed),
        other => Err(unknown("state", other)),
    }
}

pub(super) fn claimed_by(row: &PgRow) -> sqlx::Result<Option<OrderId>> {
    Ok(row.try_get::<Option<uuid::Uuid>, _>("claimed_by")?.map(OrderId::from_uuid))
}

fn unknown(column: &str, value: &str) -> sqlx::Error {
    let source = format!("does not know {value:?}").into();
    sqlx::Error::ColumnDecode { index: column.into(), source }
}

/// Carts with all that is in them, as [`CartRow`] reads them.
macro_rules! select_carts {
    () => {
        "select cart.*,
             (select coalesce(jsonb_agg(jsonb_build_object('product', product_id,
                                                           'quantity', quantity,
                                                           'if_missing', if_missing,
                                                           'seen_price', seen_price)
                                        order by added_at, product_id), '[]')
              from cart_line where cart_id = cart.id) as lines,
             array (select code from cart_coupon where cart_id = cart.id
                    order by added_at, code) as coupons
         from cart "
    };
}

/// The cart and all that is in it, whoever's it is.
pub async fn cart(db: impl PgExecutor<'_>, id: CartId) -> sqlx::Result<Option<CartRow>> {
    sqlx::query_as(concat!(select_carts!(), "where id = $1"))
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

/// `false` when the customer has an open cart at that store, or has been erased.
pub async fn insert_cart(db: &Db, new: &NewCart<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into cart (id, customer_id, store_id, store_name, currency, created_at, changed_at)
         select $1, $2, $3, $4, $5, $6, $6
         where not exists (select from erased_person where person_id = $2)
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
    sqlx::query_as(concat!(
        select_carts!(),
        "where customer_id = $1 and state in ('open', 'claimed')
               and ($2::uuid is null or id < $2)
             order by id desc limit $3"
    ))
    .bind(customer.uuid())
    .bind(after.map(CartId::uuid))
    .bind(limit)
    .fetch_all(db)
    .await
}
