//! Orders that somebody has to do something about, what presses most first. When that is says the
//! database's own `next_by`, by which they are indexed.

use jiff::Timestamp;
use kernel::{OrderId, StoreId};
use orders_api::{OrderLine, State};
use sqlx::{FromRow, Row, postgres::PgRow};
use store::{Db, instant};
use uuid::Uuid;

use super::reading::{OrderRow, lines};

/// An order, and by when what comes next with it has to have happened.
pub struct Pressing {
    pub order: OrderRow,
    pub lines: Vec<OrderLine>,
    pub next_by: Timestamp,
}

impl FromRow<'_, PgRow> for Pressing {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            order: OrderRow::from_row(row)?,
            lines: Vec::new(),
            next_by: row.try_get::<jiff_sqlx::Timestamp, _>("next_by")?.to_jiff(),
        })
    }
}

/// Whether a store has answered it, by when what comes next has to have happened, and which it is.
pub type Queued = (bool, Timestamp, OrderId);

/// One page of what a store has to do, what waits for its answer first; one more than `limit`, if
/// there are more.
pub async fn queue(
    db: &Db,
    store: StoreId,
    after: Option<Queued>,
    limit: u32,
) -> sqlx::Result<Vec<Pressing>> {
    let rows = sqlx::query_as(
        "select *, next_by(state, placed_at, accept_by, due_at, eta) from orders
         where store_id = $1 and state in ('paid', 'accepted', 'packed')
           and ($2::bool is null
                or (state <> 'paid', next_by(state, placed_at, accept_by, due_at, eta), id)
                   > ($2, $3, $4))
         order by state <> 'paid', next_by(state, placed_at, accept_by, due_at, eta), id limit $5",
    )
    .bind(store.uuid())
    .bind(after.map(|(answered, ..)| answered))
    .bind(after.map(|(_, next_by, _)| instant(next_by)))
    .bind(after.map(|(.., order)| order.uuid()))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await?;
    with_lines(db, rows).await
}

/// Which of what is under way is wanted.
pub struct Which<'a> {
    pub states: &'a [State],
    pub store: Option<StoreId>,
}

/// One page of what is under way at all stores; one more than `limit`, if there are more.
pub async fn under_way(
    db: &Db,
    which: &Which<'_>,
    after: Option<(Timestamp, OrderId)>,
    limit: u32,
) -> sqlx::Result<Vec<Pressing>> {
    let states: Vec<&str> = which.states.iter().map(|state| state.name()).collect();
    let rows = sqlx::query_as(
        "select *, next_by(state, placed_at, accept_by, due_at, eta) from orders
         where state in ('paid', 'accepted', 'packed', 'out_for_delivery', 'returning')
           and state = any($1) and ($2::uuid is null or store_id = $2)
           and ($3::timestamptz is null
                or (next_by(state, placed_at, accept_by, due_at, eta), id) > ($3, $4))
         order by next_by(state, placed_at, accept_by, due_at, eta), id limit $5",
    )
    .bind(states)
    .bind(which.store.map(StoreId::uuid))
    .bind(after.map(|(next_by, _)| instant(next_by)))
    .bind(after.map(|(_, order)| order.uuid()))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await?;
    with_lines(db, rows).await
}

/// How much of a store's is under way, by how far it is.
#[derive(Debug, FromRow)]
pub struct LoadRow {
    pub store_id: Uuid,
    pub unanswered: i64,
    pub in_store: i64,
    pub with_driver: i64,
}

/// One page of stores of which something is under way; one more than `limit`, if there are more.
pub async fn loads(db: &Db, after: Option<StoreId>, limit: u32) -> sqlx::Result<Vec<LoadRow>> {
    sqlx::query_as(
        "select store_id,
             count(*) filter (where state = 'paid') as unanswered,
             count(*) filter (where state in ('accepted', 'packed')) as in_store,
             count(*) filter (where state in ('out_for_delivery', 'returning')) as with_driver
         from orders
         where state in ('paid', 'accepted', 'packed', 'out_for_delivery', 'returning')
           and ($1::uuid is null or store_id > $1)
         group by store_id order by store_id limit $2",
    )
    .bind(after.map(StoreId::uuid))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

async fn with_lines(db: &Db, mut rows: Vec<Pressing>) -> sqlx::Result<Vec<Pressing>> {
    let ids: Vec<OrderId> = rows.iter().map(|row| row.order.id).collect();
    for (row, lines) in rows.iter_mut().zip(lines(db, &ids).await?) {
        row.lines = lines;
    }
    Ok(rows)
}
