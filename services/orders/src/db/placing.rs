use cart_api::ExpectedSlot;
use compliance_api::Verdict;
use jiff::Timestamp;
use kernel::{CartId, CustomerId, Money, OrderId, SavedMethodId};
use orders_api::State;
use serde_json::Value;
use sqlx::{FromRow, types::Json};
use store::{Db, Tx, instant, violated};
use uuid::Uuid;

use super::{Entry, OrderRow, moving::entry, reading::overdue};
use crate::order::Agreed;

/// An order to be.
pub struct NewOrder<'a> {
    pub id: OrderId,
    pub number: &'a str,
    pub customer: CustomerId,
    pub key: &'a str,
    pub request_hash: &'a [u8],
    pub cart: CartId,
    pub expected_total: Money,
    pub expected_slot: Option<ExpectedSlot>,
    pub pay_with: Option<&'a str>,
    pub save_method: bool,
    pub saved_method: Option<SavedMethodId>,
    pub at: Timestamp,
    pub leased_until: Timestamp,
}

/// What came of an attempt to begin.
pub enum Begun {
    New(Box<OrderRow>),
    /// The customer has used the key before.
    KnownKey,
    /// The cart has a live order.
    CartTaken,
    /// Another order has that number: try another one.
    NumberTaken,
}

/// Writes the key and the order, both or none.
pub async fn begin(db: &Db, new: &NewOrder<'_>) -> sqlx::Result<Begun> {
    let row = sqlx::query_as(
        "with mine as (
             insert into placement (customer_id, key, request_hash, order_id, started_at)
             values ($3, $4, $5, $1, $9)
             on conflict (customer_id, key) do nothing
             returning order_id)
         insert into orders (id, number, customer_id, cart_id, state, expected_amount,
                             expected_currency, created_at, changed_at, leased_until, pay_with,
                             save_method, saved_method, expected_slot)
         select order_id, $2, $3, $6, 'placing', $7, $8, $9, $9, $10, $11, $12, $13, $14 from mine
         returning *",
    )
    .bind(new.id.uuid())
    .bind(new.number)
    .bind(new.customer.uuid())
    .bind(new.key)
    .bind(new.request_hash)
    .bind(new.cart.uuid())
    .bind(new.expected_total.amount)
    .bind(new.expected_total.currency.code())
    .bind(instant(new.at))
    .bind(instant(new.leased_until))
    .bind(new.pay_with)
    .bind(new.save_method)
    .bind(new.saved_method.map(SavedMethodId::uuid))
    .bind(new.expected_slot.map(Json))
    .fetch_optional(db)
    .await;
    match row {
        Ok(Some(row)) => Ok(Begun::New(Box::new(row))),
        Ok(None) => Ok(Begun::KnownKey),
        Err(error) => match violated(&error) {
            Some("orders_live_cart") => Ok(Begun::CartTaken),
            Some("orders_number") => Ok(Begun::NumberTaken),
            _ => Err(error),
        },
    }
}

/// A used key and, once there is one, its answer.
#[derive(Debug, FromRow)]
pub struct Placement {
    #[sqlx(try_from = "Uuid")]
    pub order_id: OrderId,
    pub request_hash: Vec<u8>,
    pub status: Option<i32>,
    pub body: Option<Value>,
}

pub async fn placement(
    db: &Db,
    customer: CustomerId,
    key: &str,
) -> sqlx::Result<Option<Placement>> {
    sqlx::query_as("select * from placement where customer_id = $1 and key = $2")
        .bind(customer.uuid())
        .bind(key)
        .fetch_optional(db)
        .await
}

/// How an order came to be, by its id.
pub struct Existing {
    pub row: OrderRow,
    /// The answer that was saved for it.
    pub answer: Option<(i32, Value)>,
}

pub async fn existing(db: &Db, order: OrderId) -> sqlx::Result<Option<Existing>> {
    let row: Option<OrderRow> = sqlx::query_as("select * from orders where id = $1")
        .bind(order.uuid())
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let answer = sqlx::query_as(
        "select status, body from placement where order_id = $1 and status is not null",
    )
    .bind(order.uuid())
    .fetch_optional(db)
    .await?;
    Ok(Some(Existing { row, answer }))
}

pub async fn live_order_of_cart(
    db: &Db,
    cart: CartId,
    customer: CustomerId,
) -> sqlx::Result<Option<OrderRow>> {
    sqlx::query_as(
        "select * from orders where cart_id = $1 and customer_id = $2 and state <> 'cancelled'",
    )
    .bind(cart.uuid())
    .bind(customer.uuid())
    .fetch_optional(db)
    .await
}

/// Takes over the placing of an order from someone whose time is over; whoever was at it finds
/// that the attempt is no longer theirs.
pub async fn take_over(
    db: &Db,
    order: OrderId,
    now: Timestamp,
    leased_until: Timestamp,
) -> sqlx::Result<Option<OrderRow>> {
    sqlx::query_as(
        "update orders set leased_until = $3, attempt = attempt + 1
         where id = $1 and state = 'placing' and leased_until <= $2 returning *",
    )
    .bind(order.uuid())
    .bind(instant(now))
    .bind(instant(leased_until))
    .fetch_optional(db)
    .await
}

/// Lets anyone take over from now on.
pub async fn end_lease(db: &Db, row: &OrderRow, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update orders set leased_until = $3 where id = $1 and attempt = $2")
        .bind(row.id.uuid())
        .bind(row.attempt)
        .bind(instant(now))
        .execute(db)
        .await?;
    Ok(())
}

pub async fn lapsed_placing(db: &Db, now: Timestamp) -> sqlx::Result<Vec<OrderId>> {
    let query = "select id from orders where state = 'placing' and leased_until <= $1 limit 50";
    overdue(db, query, now).await
}

/// What an order is made of.
pub struct Filling<'a> {
    pub row: &'a OrderRow,
    pub agreed: &'a Agreed,
    pub verdict: &'a Verdict,
    pub pay_by: Timestamp,
    pub due_at: Timestamp,
}

/// Keeps what was agreed to; `false` when the attempt is no longer the asker's. From here on a
/// payment may exist.
pub async fn fill(db: &Db, filling: &Filling<'_>) -> sqlx::Result<bool> {
    let Filling { row, agreed, verdict, pay_by, due_at } = filling;
    let (contents, lines) = (&agreed.contents, &agreed.lines);
    let filled: i64 = sqlx::query_scalar(
        "with filled as (
             update orders set store_id = $3, currency = $4, total = $5, charges = $6,
                 contents = $7, verdict_id = $8, preparation_minutes = $9, pay_by = $10,
                 due_at = $20
             where id = $1 and attempt = $2 and state = 'placing' and doom is null
             returning id),
         line as (
             insert into order_line (id, order_id, position, product_id, name, category, drink,
                                     quantity, net_unit_price, total, if_missing)
             select l.id, filled.id, l.position, l.product, l.name, l.category, l.drink,
                    l.quantity, l.net_unit_price, l.total, l.if_missing
             from filled, unnest($11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::jsonb[],
                                 $16::int[], $17::bigint[], $18::bigint[], $19::text[])
                  with ordinality as l (id, product, name, category, drink, quantity,
                                        net_unit_price, total, if_missing, position)
             on conflict on constraint order_line_position do update
             set id = excluded.id, product_id = excluded.product_id, name = excluded.name,
                 category = excluded.category, drink = excluded.drink,
                 quantity = excluded.quantity, net_unit_price = excluded.net_unit_price,
                 total = excluded.total, if_missing = excluded.if_missing)
         select count(*) from filled",
    )
    .bind(row.id.uuid())
    .bind(row.attempt)
    .bind(contents.store.store.uuid())
    .bind(contents.quote.total.currency.code())
    .bind(contents.quote.total.amount)
    .bind(agreed.charges.amount)
    .bind(Json(contents))
    .bind(verdict.verdict.uuid())
    .bind(contents.store.preparation_minutes as i32)
    .bind(instant(*pay_by))
    .bind(lines.iter().map(|line| line.line.uuid()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.product.uuid()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.category.as_str()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| Json(line.drink)).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.quantity as i32).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.net_unit_price.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.total.amount).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.if_missing.name()).collect::<Vec<_>>())
    .bind(instant(*due_at))
    .fetch_one(db)
    .await?;
    Ok(filled == 1)
}

/// The order is placed and its key answered; `false` when the attempt is no longer the asker's.
/// `row` is the order as it is from then on.
pub async fn finish(
    tx: &mut Tx<'_>,
    row: &OrderRow,
    answer: &(i32, Value),
    happened: &Entry<'_>,
) -> sqlx::Result<bool> {
    let placed: i64 = sqlx::query_scalar(
        "with placed as (
             update orders set state = 'placed', version = $2, entries = $3, placed_at = $4,
                 changed_at = $4, payment = $5
             where id = $1 and attempt = $12 and state = 'placing' and doom is null
             returning id),
         noted as (
             insert into history (order_id, seq, version, at, what, from_state, to_state, who,
                                  person_id, note, shown)
             select id, $3, $2, $4, $6, 'placing', 'placed', $7, $8, $9, true from placed),
         answered as (
             update placement set status = $10, body = $11, finished_at = $4
             from placed where placement.order_id = placed.id)
         select count(*) from placed",
    )
    .bind(row.id.uuid())
    .bind(row.version)
    .bind(row.entries)
    .bind(instant(happened.at))
    .bind(row.payment.as_ref().map(Json))
    .bind(happened.what)
    .bind(happened.who)
    .bind(happened.person.map(kernel::PersonId::uuid))
    .bind(&happened.note)
    .bind(answer.0)
    .bind(&answer.1)
    .bind(row.attempt)
    .fetch_one(&mut **tx)
    .await?;
    Ok(placed == 1)
}

/// Marks the order as given up; `false` when the attempt is no longer the asker's.
pub async fn doom(db: &Db, row: &OrderRow, doom: &Value) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update orders set doom = $3
         where id = $1 and attempt = $2 and state = 'placing' and doom is null",
    )
    .bind(row.id.uuid())
    .bind(row.attempt)
    .bind(doom)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends an order that was given up and answers its key, or frees the key where there is no answer
/// that would stay true; `false` when it has been ended already.
pub async fn cancel_placing(
    tx: &mut Tx<'_>,
    row: &OrderRow,
    answer: Option<&(i32, Value)>,
    happened: &Entry<'_>,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update orders set state = 'cancelled', version = version + 1, entries = entries + 1,
             changed_at = $2, reason = $3
         where id = $1 and state = 'placing' and doom is not null",
    )
    .bind(row.id.uuid())
    .bind(instant(happened.at))
    .bind(happened.note["reason"].as_str())
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let moved = OrderRow {
        state: State::Cancelled,
        version: row.version + 1,
        entries: row.entries + 1,
        ..row.clone()
    };
    entry(tx, &moved, State::Placing, happened).await?;
    match answer {
        Some((status, body)) => {
            sqlx::query(
                "update placement set status = $2, body = $3, finished_at = $4 where order_id = $1",
            )
            .bind(row.id.uuid())
            .bind(status)
            .bind(body)
            .bind(instant(happened.at))
            .execute(&mut **tx)
            .await?
        }
        None => {
            sqlx::query("delete from placement where order_id = $1")
                .bind(row.id.uuid())
                .execute(&mut **tx)
                .await?
        }
    };
    Ok(true)
}

/// Forgets keys whose answer nobody will ask for any more.
pub async fn forget_keys(db: &Db, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query("delete from placement where finished_at < $1")
        .bind(instant(before))
        .execute(db)
        .await?;
    Ok(())
}
