//! Writes to providers.

use jiff::Timestamp;
use kernel::{Id, PaymentId};
use sqlx::{FromRow, Row, postgres::PgRow};
use store::{Db, Tx};
use uuid::Uuid;

use super::payment::named;
use crate::payment::Kind;

/// A write that is under way.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: Uuid,
    pub payment: PaymentId,
    pub kind: Kind,
    pub amount: i64,
    /// What asked for it.
    pub source: String,
    /// How often it was sent, this time included.
    pub attempts: i32,
}

impl FromRow<'_, PgRow> for Operation {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            payment: PaymentId::from_uuid(row.try_get("payment_id")?),
            kind: named(row, "kind")?,
            amount: row.try_get("amount")?,
            source: row.try_get("source")?,
            attempts: row.try_get("attempts")?,
        })
    }
}

/// A write to be.
pub struct NewOperation<'a> {
    pub payment: PaymentId,
    pub kind: Kind,
    pub amount: i64,
    pub reason: &'a str,
    pub source: &'a str,
}

/// `None` when the same has been asked for before.
pub async fn insert(
    tx: &mut Tx<'_>,
    new: &NewOperation<'_>,
    at: Timestamp,
) -> sqlx::Result<Option<Uuid>> {
    insert_due(tx, new, at, at).await
}

/// The same, not before it is `due`.
pub async fn insert_due(
    tx: &mut Tx<'_>,
    new: &NewOperation<'_>,
    at: Timestamp,
    due: Timestamp,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "insert into operation (id, payment_id, kind, amount, reason, source, due_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $8, $7)
         on conflict do nothing returning id",
    )
    .bind(Id::<Operation>::new().uuid())
    .bind(new.payment.uuid())
    .bind(new.kind.as_str())
    .bind(new.amount)
    .bind(new.reason)
    .bind(new.source)
    .bind(store::instant(at))
    .bind(store::instant(due))
    .fetch_optional(&mut **tx)
    .await
}

/// Takes what is due, one operation of a payment at a time and in order; what goes back waits for nothing
/// that may take days. What only a later release knows is left to that. From here on each counts as sent: a process that dies before it knows the
/// answer leaves it unknown until `again`. What is not at these accounts waits.
pub async fn claim(
    db: &Db,
    (now, again): (Timestamp, Timestamp),
    accounts: &[String],
) -> sqlx::Result<Vec<Operation>> {
    sqlx::query_as(
        "update operation set state = 'unknown', attempts = attempts + 1, due_at = $2
         where id in (
             select id from operation mine
             where state in ('pending', 'unknown') and due_at <= $1 and kind = any($4)
               and exists (select from payment p where p.id = mine.payment_id
                                                   and p.provider || ':' || p.account = any($3))
               -- What is disputed is not given back, until that has ended.
               and not (mine.kind = 'give_back' and not mine.in_hand and exists (
                   select from stray s where s.payment_id = mine.payment_id and s.object = mine.source
                                         and s.disputed > s.lost))
               and not exists (
                   select from operation earlier
                   where earlier.payment_id = mine.payment_id and earlier.seq < mine.seq
                     and earlier.state in ('pending', 'unknown')
                     -- What goes back beyond the payment's own may take days, each by itself.
                     and (earlier.kind = 'give_back') = (mine.kind = 'give_back')
                     and (mine.kind <> 'give_back' or earlier.source = mine.source)
                     -- So may what the bank has in hand, or what is asked for again later.
                     and not (mine.kind = 'refund' and earlier.kind = 'refund'
                              and (earlier.in_hand
                                   or earlier.state = 'pending' and earlier.due_at > $1)))
             order by due_at limit 16 for update skip locked)
         returning id, payment_id, kind, amount, source, attempts",
    )
    .bind(store::instant(now))
    .bind(store::instant(again))
    .bind(accounts)
    .bind(Kind::ALL.map(Kind::as_str))
    .fetch_all(db)
    .await
}

/// What came of it is still not known: to be asked again at `due`.
pub async fn still_unknown(db: &Db, id: Uuid, error: &str, due: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update operation set error = left($2, 500), due_at = $3
         where id = $1 and state = 'unknown'",
    )
    .bind(id)
    .bind(error)
    .bind(store::instant(due))
    .execute(db)
    .await?;
    Ok(())
}

/// Why it was asked for.
pub async fn reason(tx: &mut Tx<'_>, id: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select reason from operation where id = $1")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await
}

/// Whether it has ended.
pub async fn ended(db: &Db, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar("select ended_at is not null from operation where id = $1")
        .bind(id)
        .fetch_one(db)
        .await
}

/// It will not be done; `false` when it has ended already.
pub async fn fail(tx: &mut Tx<'_>, id: Uuid, error: &str, at: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update operation set state = 'failed', error = left($2, 500), ended_at = $3
         where id = $1 and ended_at is null",
    )
    .bind(id)
    .bind(error)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes back a capture that has never been sent, for its order has ended.
pub async fn withdraw_capture(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update operation set state = 'failed', error = 'the order was cancelled', ended_at = $2
         where payment_id = $1 and kind = 'capture' and state = 'pending'",
    )
    .bind(payment.uuid())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How often this kind of write was asked for, whether one is under way, and whether the payer came
/// back since the last one ended.
pub async fn tried(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    kind: Kind,
) -> sqlx::Result<(i64, bool, bool)> {
    sqlx::query_as(
        "select count(*), coalesce(bool_or(ended_at is null), false),
                coalesce((select came_back_at from payment where id = $1) > max(ended_at), false)
         from operation where payment_id = $1 and kind = $2",
    )
    .bind(payment.uuid())
    .bind(kind.as_str())
    .fetch_one(&mut **tx)
    .await
}

/// Whether this kind of write was given up, and is not under way again.
pub async fn has_failed(tx: &mut Tx<'_>, payment: PaymentId, kind: Kind) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select coalesce(bool_or(state = 'failed') and bool_and(ended_at is not null), false)
         from operation where payment_id = $1 and kind = $2",
    )
    .bind(payment.uuid())
    .bind(kind.as_str())
    .fetch_one(&mut **tx)
    .await
}

/// Whether the provider is being asked to set aside what the payer agreed to.
pub async fn is_authorising(db: &Db, payment: PaymentId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from operation
                        where payment_id = $1 and kind = 'authorise' and ended_at is null)",
    )
    .bind(payment.uuid())
    .fetch_one(db)
    .await
}
