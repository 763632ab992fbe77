use jiff::Timestamp;
use kernel::{DriverId, OrderId, PersonId};
use orders_api::{OrderLine, State};
use serde_json::Value;
use store::{Tx, instant};
use uuid::Uuid;

use super::{OrderRow, reading::lines};

/// An order with its lines, locked until the transaction ends.
pub async fn lock(
    tx: &mut Tx<'_>,
    order: OrderId,
) -> sqlx::Result<Option<(OrderRow, Vec<OrderLine>)>> {
    let row = sqlx::query_as("select * from orders where id = $1 for update")
        .bind(order.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let lines = lines(&mut **tx, &[order]).await?.pop();
    Ok(Some((row, lines.unwrap_or_default())))
}

/// Something that happened to an order.
pub struct Entry<'a> {
    pub at: Timestamp,
    pub what: &'a str,
    pub who: &'a str,
    pub person: Option<PersonId>,
    pub note: Value,
    /// Whether others than operators see it.
    pub shown: bool,
}

/// What a move changes; `None` leaves it as it is.
#[derive(Default)]
pub struct Moving {
    pub accept_by: Option<Timestamp>,
    pub preparation_minutes: Option<u32>,
    pub refund: Option<i64>,
    pub reason: Option<String>,
    /// Units handed over, by line in the order of the lines.
    pub delivered: Option<Vec<u32>>,
}

/// Moves a locked order to where `row` already stands, and keeps that in the history.
pub async fn move_order(
    tx: &mut Tx<'_>,
    row: &OrderRow,
    from: State,
    moving: &Moving,
    happened: &Entry<'_>,
) -> sqlx::Result<()> {
    let delivered = moving.delivered.as_ref();
    let delivered = delivered.map(|units| units.iter().map(|n| *n as i32).collect::<Vec<i32>>());
    sqlx::query(
        "with moved as (
             update orders set state = $2, version = $3, entries = $4, changed_at = $5,
                 accept_by = coalesce($6, accept_by),
                 preparation_minutes = coalesce($7, preparation_minutes),
                 refund = coalesce($8, refund), reason = coalesce($9, reason),
                 due_at = coalesce($17, due_at)
             where id = $1),
         handed as (
             update order_line set delivered = units.delivered
             from unnest($10::int[]) with ordinality as units (delivered, position)
             where order_id = $1 and order_line.position = units.position)
         insert into history (order_id, seq, version, at, what, from_state, to_state, who,
                              person_id, note, shown)
         values ($1, $4, $3, $5, $11, $12, $2, $13, $14, $15, $16)",
    )
    .bind(row.id.uuid())
    .bind(row.state.name())
    .bind(row.version)
    .bind(row.entries)
    .bind(instant(happened.at))
    .bind(moving.accept_by.map(instant))
    .bind(moving.preparation_minutes.map(|minutes| minutes as i32))
    .bind(moving.refund)
    .bind(moving.reason.as_deref())
    .bind(delivered)
    .bind(happened.what)
    .bind(from.name())
    .bind(happened.who)
    .bind(happened.person.map(PersonId::uuid))
    .bind(&happened.note)
    .bind(happened.shown)
    .bind(row.due_at.map(instant))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds to the history of a locked order without moving it.
pub async fn insert_note(
    tx: &mut Tx<'_>,
    row: &OrderRow,
    happened: &Entry<'_>,
) -> sqlx::Result<()> {
    sqlx::query("update orders set version = $2, entries = $3, changed_at = $4 where id = $1")
        .bind(row.id.uuid())
        .bind(row.version)
        .bind(row.entries)
        .bind(instant(happened.at))
        .execute(&mut **tx)
        .await?;
    entry(tx, row, row.state, happened).await
}

/// The entry that brought the order to where `row` stands.
pub(super) async fn entry(
    tx: &mut Tx<'_>,
    row: &OrderRow,
    from: State,
    happened: &Entry<'_>,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into history (order_id, seq, version, at, what, from_state, to_state, who,
                              person_id, note, shown)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(row.id.uuid())
    .bind(row.entries)
    .bind(row.version)
    .bind(instant(happened.at))
    .bind(happened.what)
    .bind(from.name())
    .bind(row.state.name())
    .bind(happened.who)
    .bind(happened.person.map(PersonId::uuid))
    .bind(&happened.note)
    .bind(happened.shown)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Remembers that the money is ours.
pub async fn set_captured(tx: &mut Tx<'_>, order: OrderId, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update orders set captured_at = $2 where id = $1")
        .bind(order.uuid())
        .bind(instant(at))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Who brings it and when it is expected.
pub async fn set_driver(
    tx: &mut Tx<'_>,
    order: OrderId,
    driver: Option<(DriverId, &str)>,
    eta: Option<Timestamp>,
) -> sqlx::Result<()> {
    sqlx::query("update orders set driver_id = $2::uuid, driver_name = $3, eta = $4 where id = $1")
        .bind(order.uuid())
        .bind(driver.map(|(id, _)| Uuid::from(id)))
        .bind(driver.map(|(_, name)| name))
        .bind(eta.map(instant))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
