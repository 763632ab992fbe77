use cart_api::{ExpectedSlot, IfMissing};
use jiff::Timestamp;
use kernel::{
    CartId, Currency, CustomerId, LineId, Money, OrderId, ProductId, SavedMethodId, StoreId,
};
use orders_api::{OrderLine, State};
use payments_api::Started;
use serde_json::Value;
use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow, types::Json};
use store::{Db, Lagging, instant};
use uuid::Uuid;

use crate::{order::Contents, packing::Kept};

/// A row of `orders`, without what only its placing needs.
#[derive(Debug, Clone)]
pub struct OrderRow {
    pub id: OrderId,
    pub number: String,
    pub customer: CustomerId,
    pub cart: CartId,
    pub state: State,
    pub version: i64,
    pub entries: i32,
    pub expected_total: Money,
    pub expected_slot: Option<ExpectedSlot>,
    pub pay_with: Option<String>,
    pub save_method: bool,
    pub saved_method: Option<SavedMethodId>,
    pub created_at: Timestamp,
    pub attempt: i32,
    pub doom: Option<Value>,
    pub store: Option<StoreId>,
    pub total: i64,
    pub charges: i64,
    pub contents: Option<Contents>,
    pub preparation_minutes: u32,
    pub payment: Option<Started>,
    pub placed_at: Option<Timestamp>,
    pub pay_by: Option<Timestamp>,
    pub accept_by: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    pub captured_at: Option<Timestamp>,
    pub driver_name: Option<String>,
    pub eta: Option<Timestamp>,
    pub refund: i64,
    pub reason: Option<String>,
    /// How many picks were begun.
    pub picks: i32,
    /// What was packed other than it was ordered.
    pub picked: Option<Kept>,
}

impl FromRow<'_, PgRow> for OrderRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let id = |name: &str| row.try_get::<Uuid, _>(name);
        let time = |name: &str| row.try_get::<Option<jiff_sqlx::Timestamp>, _>(name);
        let maybe = |name: &str| time(name).map(|at| at.map(jiff_sqlx::Timestamp::to_jiff));
        let decode = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
        let state = State::try_from(row.try_get::<String, _>("state")?);
        let contents: Option<Json<Contents>> = row.try_get("contents")?;
        let payment: Option<Json<Started>> = row.try_get("payment")?;
        Ok(Self {
            id: id("id")?.into(),
            number: row.try_get("number")?,
            customer: id("customer_id")?.into(),
            cart: id("cart_id")?.into(),
            state: state.map_err(|error| decode(error.into()))?,
            version: row.try_get("version")?,
            entries: row.try_get("entries")?,
            expected_total: Money::new(
                row.try_get("expected_amount")?,
                currency(row.try_get("expected_currency")?)?,
            ),
            expected_slot: row
                .try_get::<Option<Json<_>>, _>("expected_slot")?
                .map(|Json(slot)| slot),
            pay_with: row.try_get("pay_with")?,
            save_method: row.try_get("save_method")?,
            saved_method: row
                .try_get::<Option<Uuid>, _>("saved_method")?
                .map(SavedMethodId::from_uuid),
            created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
            attempt: row.try_get("attempt")?,
            doom: row.try_get("doom")?,
            store: row.try_get::<Option<Uuid>, _>("store_id")?.map(StoreId::from_uuid),
            total: row.try_get::<Option<i64>, _>("total")?.unwrap_or(0),
            charges: row.try_get::<Option<i64>, _>("charges")?.unwrap_or(0),
            contents: contents.map(|Json(contents)| contents),
            preparation_minutes: row
                .try_get::<Option<i32>, _>("preparation_minutes")?
                .unwrap_or(0)
                .unsigned_abs(),
            payment: payment.map(|Json(payment)| payment),
            placed_at: maybe("placed_at")?,
            pay_by: maybe("pay_by")?,
            accept_by: maybe("accept_by")?,
            due_at: maybe("due_at")?,
            captured_at: maybe("captured_at")?,
            driver_name: row.try_get("driver_name")?,
            eta: maybe("eta")?,
            refund: row.try_get("refund")?,
            reason: row.try_get("reason")?,
            picks: row.try_get("picks")?,
            picked: row.try_get::<Option<Json<Kept>>, _>("picked")?.map(|Json(kept)| kept),
        })
    }
}

pub fn currency(code: &str) -> sqlx::Result<Currency> {
    Currency::from_code(code).ok_or_else(|| sqlx::Error::Decode(format!("currency {code}").into()))
}

/// The lines of one of some orders.
#[derive(Debug, FromRow)]
struct LineRow {
    id: Uuid,
    order_id: Uuid,
    product_id: Uuid,
    name: String,
    category: String,
    drink: Json<kernel::Drink>,
    quantity: i32,
    delivered: i32,
    net_unit_price: i64,
    total: i64,
    if_missing: String,
    currency: String,
}

impl LineRow {
    fn line(self) -> sqlx::Result<OrderLine> {
        let currency = currency(&self.currency)?;
        Ok(OrderLine {
            line: LineId::from_uuid(self.id),
            product: ProductId::from_uuid(self.product_id),
            name: self.name,
            category: self.category,
            drink: self.drink.0,
            quantity: self.quantity.unsigned_abs(),
            delivered: self.delivered.unsigned_abs(),
            net_unit_price: Money::new(self.net_unit_price, currency),
            total: Money::new(self.total, currency),
            if_missing: IfMissing::of(&self.if_missing),
        })
    }
}

/// The lines of each of these orders, in the orders' own order.
pub async fn lines(
    db: impl PgExecutor<'_>,
    orders: &[OrderId],
) -> sqlx::Result<Vec<Vec<OrderLine>>> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.uuid()).collect();
    let rows: Vec<LineRow> = sqlx::query_as(
        "select order_line.*, orders.currency
         from order_line join orders on orders.id = order_line.order_id
         where order_id = any($1) order by order_id, position",
    )
    .bind(&ids)
    .fetch_all(db)
    .await?;
    let mut lines: Vec<Vec<OrderLine>> = vec![Vec::new(); orders.len()];
    for row in rows {
        if let Some(place) = ids.iter().position(|id| *id == row.order_id) {
            lines[place].push(row.line()?);
        }
    }
    Ok(lines)
}

/// An order that has been placed, with its lines.
pub async fn order(db: &Db, id: OrderId) -> sqlx::Result<Option<(OrderRow, Vec<OrderLine>)>> {
    let mut connection = db.acquire().await?;
    let row = sqlx::query_as("select * from orders where id = $1 and placed_at is not null")
        .bind(id.uuid())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let lines = lines(&mut *connection, &[id]).await?.pop();
    Ok(Some((row, lines.unwrap_or_default())))
}

/// The same without its lines, and which writing of its row that is. Whatever changes an order, its
/// lines or its history writes the row anew, in the same transaction.
pub async fn written(db: &Db, id: OrderId) -> sqlx::Result<Option<(OrderRow, String)>> {
    let row = sqlx::query(
        "select *, xmin || ' ' || ctid as writing from orders
         where id = $1 and placed_at is not null",
    )
    .bind(id.uuid())
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((OrderRow::from_row(&row)?, row.try_get("writing")?))).transpose()
}

/// Where an order stands, placed or not.
pub async fn state(db: &Db, id: OrderId) -> sqlx::Result<Option<State>> {
    let state: Option<String> = sqlx::query_scalar("select state from orders where id = $1")
        .bind(id.uuid())
        .fetch_optional(db)
        .await?;
    let state = state.map(State::try_from).transpose();
    state.map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Whether a driver may be taking it out: packed and paid for, as far as was told.
pub async fn may_leave(db: &Db, id: OrderId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from orders
                        where id = $1 and state = 'packed' and captured_at is not null)",
    )
    .bind(id.uuid())
    .fetch_one(db)
    .await
}

/// Which orders a list of everyone's has.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    pub state: Option<State>,
    pub store: Option<StoreId>,
    /// As people say it.
    pub number: Option<&'a str>,
    /// Placed then or later.
    pub from: Option<Timestamp>,
    /// Placed before then.
    pub until: Option<Timestamp>,
}

/// One page of a customer's placed orders and their lines, newest first; one more than `limit`, if
/// there are more.
pub async fn of_customer(
    db: &Lagging,
    customer: CustomerId,
    after: Option<OrderId>,
    limit: u32,
) -> sqlx::Result<Vec<(OrderRow, Vec<OrderLine>)>> {
    let rows: Vec<OrderRow> = sqlx::query_as(
        "select * from orders where customer_id = $1 and placed_at is not null
             and ($2::uuid is null or id < $2)
         order by id desc limit $3",
    )
    .bind(customer.uuid())
    .bind(after.map(OrderId::uuid))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await?;
    with_lines(db, rows).await
}

/// One page of everyone's orders, the last one placed first; one more than `limit`, if there are more.
pub async fn all(
    db: &Lagging,
    which: &Wanted<'_>,
    after: Option<(Timestamp, OrderId)>,
    limit: u32,
) -> sqlx::Result<Vec<(OrderRow, Vec<OrderLine>)>> {
    let rows: Vec<OrderRow> = sqlx::query_as(
        "select * from orders
         where placed_at is not null and ($1::text is null or state = $1)
           and ($2::uuid is null or store_id = $2) and ($3::text is null or number = $3)
           and ($4::timestamptz is null or placed_at >= $4)
           and ($5::timestamptz is null or placed_at < $5)
           and ($6::timestamptz is null or (placed_at, id) < ($6, $7))
         order by placed_at desc, id desc limit $8",
    )
    .bind(which.state.map(State::name))
    .bind(which.store.map(StoreId::uuid))
    .bind(which.number)
    .bind(which.from.map(instant))
    .bind(which.until.map(instant))
    .bind(after.map(|(at, _)| instant(at)))
    .bind(after.map(|(_, order)| order.uuid()))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await?;
    with_lines(db, rows).await
}

async fn with_lines(
    db: &Lagging,
    rows: Vec<OrderRow>,
) -> sqlx::Result<Vec<(OrderRow, Vec<OrderLine>)>> {
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    let lines = lines(db, &ids).await?;
    Ok(rows.into_iter().zip(lines).collect())
}

/// A row of `history`.
#[derive(Debug, Clone, FromRow)]
pub struct HistoryRow {
    pub seq: i32,
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    pub at: Timestamp,
    pub what: String,
    #[sqlx(try_from = "String")]
    pub to_state: State,
    pub who: String,
    pub note: Value,
}

/// What happened to an order after entry `seq`, oldest first, at most 200; `all` includes what is
/// for operators only.
pub async fn history(
    db: &Db,
    order: OrderId,
    seq: i32,
    all: bool,
) -> sqlx::Result<Vec<HistoryRow>> {
    sqlx::query_as(
        "select seq, at, what, to_state, who, note from history
         where order_id = $1 and seq > $2 and (shown or $3) order by seq limit 200",
    )
    .bind(order.uuid())
    .bind(seq)
    .bind(all)
    .fetch_all(db)
    .await
}

/// Orders whose customer has not paid in time.
pub async fn overdue_payments(db: &Db, now: Timestamp) -> sqlx::Result<Vec<OrderId>> {
    overdue(db, "select id from orders where state = 'placed' and pay_by <= $1 limit 100", now)
        .await
}

/// Orders whose store has not answered in time.
pub async fn overdue_stores(db: &Db, now: Timestamp) -> sqlx::Result<Vec<OrderId>> {
    overdue(db, "select id from orders where state = 'paid' and accept_by <= $1 limit 100", now)
        .await
}

pub(super) async fn overdue(
    db: &Db,
    query: &'static str,
    now: Timestamp,
) -> sqlx::Result<Vec<OrderId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(query).bind(instant(now)).fetch_all(db).await?;
    Ok(ids.into_iter().map(OrderId::from_uuid).collect())
}
