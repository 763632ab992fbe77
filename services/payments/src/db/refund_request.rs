//! Money that people of the house give back: who asked, who agreed.

use jiff::Timestamp;
use kernel::{OrderId, PaymentId, PersonId, StoreId};
use sqlx::{FromRow, Row};
use store::{Db, Tx};
use uuid::Uuid;

use crate::{
    payment::Payment,
    refunds::{DAY, Desk, SoFar},
};

/// A refund as somebody asked for it.
#[derive(Debug, Clone, FromRow)]
pub struct RequestRow {
    pub id: Uuid,
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub store_id: Option<Uuid>,
    pub customer_id: Uuid,
    pub amount: i64,
    pub currency: String,
    pub code: String,
    pub reason: String,
    pub state: String,
    pub asked_by: Uuid,
    pub asked_at: jiff_sqlx::Timestamp,
    pub lapses_at: Option<jiff_sqlx::Timestamp>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<jiff_sqlx::Timestamp>,
    pub decision: Option<String>,
    /// Of the write to the provider, where one was made of it.
    pub operation_state: Option<String>,
}

const ROW: &str = "select r.*, p.order_id, p.store_id, p.customer_id, o.state as operation_state
                   from refund_request r join payment p on p.id = r.payment_id
                   left join operation o on o.id = r.operation_id";

fn row(rest: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{ROW} {rest}"))
}

pub async fn of_key(tx: &mut Tx<'_>, payment: Uuid, key: &str) -> sqlx::Result<Option<RequestRow>> {
    sqlx::query_as(row("where r.payment_id = $1 and r.key = $2"))
        .bind(payment)
        .bind(key)
        .fetch_optional(&mut **tx)
        .await
}

pub async fn find(tx: &mut Tx<'_>, id: Uuid) -> sqlx::Result<Option<RequestRow>> {
    sqlx::query_as(row("where r.id = $1")).bind(id).fetch_optional(&mut **tx).await
}

/// Which of them a list has.
#[derive(Debug, Default)]
pub struct Listed {
    pub state: Option<&'static str>,
    pub payment: Option<PaymentId>,
    pub order: Option<OrderId>,
    /// Only of payments at these.
    pub stores: Option<Vec<StoreId>>,
}

/// Newest first, before this one.
pub async fn list(
    db: &Db,
    which: Listed,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<RequestRow>> {
    let stores = which.stores.map(|all| all.into_iter().map(StoreId::uuid).collect::<Vec<_>>());
    sqlx::query_as(row("where ($1::text is null or r.state = $1)
           and ($2::uuid[] is null or p.store_id = any($2))
           and ($3::uuid is null or r.id < $3)
           and ($5::uuid is null or r.payment_id = $5) and ($6::uuid is null or p.order_id = $6)
         order by r.id desc limit $4"))
    .bind(which.state)
    .bind(stores)
    .bind(before)
    .bind(limit)
    .bind(which.payment.map(PaymentId::uuid))
    .bind(which.order.map(OrderId::uuid))
    .fetch_all(db)
    .await
}

/// A request to be.
pub struct NewRequest<'a> {
    pub id: Uuid,
    pub amount: i64,
    pub code: &'a str,
    pub reason: &'a str,
    pub key: &'a str,
    pub desk: Desk,
    pub asked_by: PersonId,
    /// Where nobody else needs to agree.
    pub operation: Option<Uuid>,
    pub lapses_at: Timestamp,
}

pub async fn insert(
    tx: &mut Tx<'_>,
    payment: &Payment,
    new: &NewRequest<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into refund_request (id, payment_id, amount, currency, code, reason, key, desk,
                                     asked_by, asked_at, operation_id, state, lapses_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                 case when $11::uuid is null then 'waiting' else 'alone' end,
                 case when $11::uuid is null then $12::timestamptz end)",
    )
    .bind(new.id)
    .bind(payment.id.uuid())
    .bind(new.amount)
    .bind(payment.currency.code())
    .bind(new.code)
    .bind(new.reason)
    .bind(new.key)
    .bind(new.desk.as_str())
    .bind(new.asked_by.uuid())
    .bind(store::instant(at))
    .bind(new.operation)
    .bind(store::instant(new.lapses_at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a second person said of one that waits.
pub struct Decision<'a> {
    pub by: PersonId,
    /// Where they agreed.
    pub operation: Option<Uuid>,
    pub reason: &'a str,
}

pub async fn decide(
    tx: &mut Tx<'_>,
    id: Uuid,
    decision: &Decision<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update refund_request
         set state = case when $3::uuid is null then 'declined' else 'approved' end,
             decided_by = $2, operation_id = $3, decision = $4, decided_at = $5
         where id = $1 and state = 'waiting'",
    )
    .bind(id)
    .bind(decision.by.uuid())
    .bind(decision.operation)
    .bind(decision.reason)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nobody agreed in time.
pub async fn lapse(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update refund_request set state = 'lapsed' where state = 'waiting' and lapses_at <= $1",
    )
    .bind(store::instant(now))
    .execute(db)
    .await?;
    Ok(())
}

/// What requests that wait would give back of a payment.
pub async fn waiting(tx: &mut Tx<'_>, payment: &Payment, now: Timestamp) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select coalesce(sum(amount), 0)::bigint from refund_request
         where payment_id = $1 and state = 'waiting' and lapses_at > $2",
    )
    .bind(payment.id.uuid())
    .bind(store::instant(now))
    .fetch_one(&mut **tx)
    .await
}

/// What has been given back of a payment and by a person, whose other refunds wait for this one:
/// two at once must not both find room.
pub async fn so_far(
    tx: &mut Tx<'_>,
    payment: &Payment,
    person: PersonId,
    now: Timestamp,
) -> sqlx::Result<SoFar> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('refunds of ' || $1, 0))")
        .bind(person.to_string())
        .execute(&mut **tx)
        .await?;
    let row = sqlx::query(
        "select coalesce(sum(r.amount) filter (where r.payment_id = $1 and r.state = 'alone'), 0)
                    ::bigint as alone,
                coalesce(sum(r.amount) filter (where r.payment_id = $1), 0)::bigint as every,
                coalesce(sum(r.amount) filter (where r.currency = $4 and (
                    r.state = 'alone' and r.asked_by = $2 and r.asked_at > $3
                    or r.decided_by = $2 and r.decided_at > $3)), 0)::bigint as day
         from refund_request r join operation o on o.id = r.operation_id
         where o.state <> 'failed' and (
             r.payment_id = $1 or r.asked_by = $2 and r.asked_at > $3
             or r.decided_by = $2 and r.decided_at > $3)",
    )
    .bind(payment.id.uuid())
    .bind(person.uuid())
    .bind(store::instant(now - DAY))
    .bind(payment.currency.code())
    .fetch_one(&mut **tx)
    .await?;
    Ok(SoFar { alone: row.try_get("alone")?, all: row.try_get("every")?, day: row.try_get("day")? })
}
