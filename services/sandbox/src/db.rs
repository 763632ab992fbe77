//! Every statement of the service.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use store::Db;

use crate::intent::{Intent, Status};

impl FromRow<'_, PgRow> for Intent {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let status = Status::try_from(row.try_get::<String, _>("status")?)
            .map_err(|unknown| sqlx::Error::Decode(unknown.into()))?;
        let ends_at: Option<jiff_sqlx::Timestamp> = row.try_get("ends_at")?;
        let created_at: jiff_sqlx::Timestamp = row.try_get("created_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            client_secret: row.try_get("client_secret")?,
            amount: row.try_get("amount")?,
            currency: row.try_get("currency")?,
            automatic: row.try_get("automatic")?,
            status,
            received: row.try_get("received")?,
            refunded: row.try_get("refunded")?,
            description: row.try_get("description")?,
            metadata: row.try_get("metadata")?,
            return_url: row.try_get("return_url")?,
            card_last4: row.try_get("card_last4")?,
            stalls: row.try_get("stalls")?,
            last_error: row.try_get("last_error")?,
            cancellation_reason: row.try_get("cancellation_reason")?,
            ends_at: ends_at.map(jiff_sqlx::Timestamp::to_jiff),
            created_at: created_at.to_jiff(),
            refunds: row.try_get("refunds")?,
        })
    }
}

const INTENT: &str = "
    select intent.*, coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', refund.id, 'object', 'refund', 'amount', refund.amount, 'status', 'succeeded',
            'reason', refund.reason, 'metadata', refund.metadata)
            order by refund.created_at, refund.id)
        from refund where refund.intent_id = intent.id), '[]') as refunds
    from intent where id = $1";

pub async fn intent(db: &Db, id: &str) -> sqlx::Result<Option<Intent>> {
    sqlx::query_as(INTENT).bind(id).fetch_optional(db).await
}

/// The intent under its row lock.
pub async fn locked_intent(tx: &mut PgConnection, id: &str) -> sqlx::Result<Option<Intent>> {
    sqlx::query("select from intent where id = $1 for update").bind(id).execute(&mut *tx).await?;
    sqlx::query_as(INTENT).bind(id).fetch_optional(tx).await
}

pub async fn insert_intent(tx: &mut PgConnection, new: &Intent) -> sqlx::Result<()> {
    sqlx::query(
        "insert into intent (id, client_secret, amount, currency, automatic, status, description,
                             metadata, return_url, ends_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&new.id)
    .bind(&new.client_secret)
    .bind(new.amount)
    .bind(&new.currency)
    .bind(new.automatic)
    .bind(new.status.as_str())
    .bind(&new.description)
    .bind(&new.metadata)
    .bind(&new.return_url)
    .bind(new.ends_at.map(store::instant))
    .bind(store::instant(new.created_at))
    .execute(tx)
    .await?;
    Ok(())
}

pub async fn save_intent(tx: &mut PgConnection, intent: &Intent) -> sqlx::Result<()> {
    sqlx::query(
        "update intent set status = $2, received = $3, refunded = $4, card_last4 = $5, stalls = $6,
                           last_error = $7, cancellation_reason = $8, ends_at = $9
         where id = $1",
    )
    .bind(&intent.id)
    .bind(intent.status.as_str())
    .bind(intent.received)
    .bind(intent.refunded)
    .bind(&intent.card_last4)
    .bind(intent.stalls)
    .bind(&intent.last_error)
    .bind(&intent.cancellation_reason)
    .bind(intent.ends_at.map(store::instant))
    .execute(tx)
    .await?;
    Ok(())
}

/// Intents whose time has come, locked, those that nobody else is ending.
pub async fn overdue(tx: &mut PgConnection, now: Timestamp) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select id from intent
         where status in ('requires_payment_method', 'requires_action', 'requires_capture')
           and ends_at <= $1
         order by id limit 50
         for update skip locked",
    )
    .bind(store::instant(now))
    .fetch_all(tx)
    .await
}

/// Money that went back.
pub struct Refund {
    pub id: String,
    pub intent: String,
    pub amount: i64,
    pub reason: Option<String>,
    pub metadata: Value,
}

pub async fn insert_refund(tx: &mut PgConnection, new: &Refund, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into refund (id, intent_id, amount, reason, metadata, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&new.id)
    .bind(&new.intent)
    .bind(new.amount)
    .bind(&new.reason)
    .bind(&new.metadata)
    .bind(store::instant(at))
    .execute(tx)
    .await?;
    Ok(())
}

/// What was answered to a write under a key.
#[derive(FromRow)]
pub struct Answered {
    pub asked: String,
    pub status: Option<i32>,
    pub body: Option<Value>,
}

/// Takes a key for a new write; gives what was answered when it is taken. Waits for a twin that
/// is under way.
pub async fn take_key(
    tx: &mut PgConnection,
    key: &str,
    asked: &str,
    at: Timestamp,
) -> sqlx::Result<Option<Answered>> {
    let new = sqlx::query(
        "insert into answered (key, asked, created_at) values ($1, $2, $3)
         on conflict do nothing",
    )
    .bind(key)
    .bind(asked)
    .bind(store::instant(at))
    .execute(&mut *tx)
    .await?;
    if new.rows_affected() == 1 {
        return Ok(None);
    }
    sqlx::query_as("select asked, status, body from answered where key = $1")
        .bind(key)
        .fetch_optional(tx)
        .await
}

pub async fn keep_answer(
    tx: &mut PgConnection,
    key: &str,
    status: i32,
    body: &Value,
) -> sqlx::Result<()> {
    sqlx::query("update answered set status = $2, body = $3 where key = $1")
        .bind(key)
        .bind(status)
        .bind(body)
        .execute(tx)
        .await?;
    Ok(())
}

/// An event to be kept and sent.
pub struct NewEvent<'a> {
    pub id: &'a str,
    pub kind: &'a str,
    pub intent: &'a str,
    pub body: &'a str,
    pub at: Timestamp,
}

/// Keeps an event with its deliveries: one, or as many as the tester asked for, as late as they
/// asked for. The merchant's endpoint has not subscribed to what its own server just did.
pub async fn insert_event(tx: &mut PgConnection, new: &NewEvent<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "with kept as (
             insert into event (id, kind, intent_id, body, created_at)
             values ($1, $2, $3, $4, $5) returning seq)
         insert into delivery (event_seq, due_at)
         select kept.seq, $5 + mischief.delay_ms * interval '1 millisecond'
         from kept, mischief, generate_series(1, mischief.repeat)
         where $2 <> 'payment_intent.created'",
    )
    .bind(new.id)
    .bind(new.kind)
    .bind(new.intent)
    .bind(new.body)
    .bind(store::instant(new.at))
    .execute(tx)
    .await?;
    Ok(())
}

/// Events as they were told, newest first, older than `before`.
pub async fn events(db: &Db, before: Option<i64>, limit: i64) -> sqlx::Result<Vec<(i64, String)>> {
    sqlx::query_as(
        "select seq, body from event where seq < coalesce($1, 9223372036854775807)
         order by seq desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// The place of an event in the list.
pub async fn event_seq(db: &Db, id: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("select seq from event where id = $1").bind(id).fetch_optional(db).await
}

/// A webhook to be sent now.
#[derive(FromRow)]
pub struct Sending {
    pub id: i64,
    pub attempts: i32,
    pub body: String,
    pub reorder: bool,
}

/// Takes what is due and puts it off until `again`, so that nobody else sends it meanwhile and a
/// process that dies sends it again. Nothing while the tester holds webhooks back.
pub async fn claim_deliveries(
    db: &Db,
    now: Timestamp,
    again: Timestamp,
) -> sqlx::Result<Vec<Sending>> {
    sqlx::query_as(
        "with due as (
             select d.id, event.seq, event.body, mischief.reorder
             from mischief, delivery d join event on event.seq = d.event_seq
             where d.ended_at is null and d.due_at <= $1 and not mischief.hold
             order by case when mischief.reorder then -event.seq else event.seq end, d.id
             limit 32 for update of d skip locked),
         claimed as (
             update delivery set due_at = $2, attempts = attempts + 1
             from due where delivery.id = due.id
             returning delivery.id, delivery.attempts, due.seq, due.body, due.reorder)
         select id, attempts, body, reorder from claimed
         order by case when reorder then -seq else seq end, id",
    )
    .bind(store::instant(now))
    .bind(store::instant(again))
    .fetch_all(db)
    .await
}

/// Notes what came of sending: done (or given up) when `ended`, else due again.
pub async fn note_delivery(
    db: &Db,
    id: i64,
    error: Option<&str>,
    due: Timestamp,
    ended: Option<Timestamp>,
) -> sqlx::Result<()> {
    sqlx::query("update delivery set error = $2, due_at = $3, ended_at = $4 where id = $1")
        .bind(id)
        .bind(error)
        .bind(store::instant(due))
        .bind(ended.map(store::instant))
        .execute(db)
        .await?;
    Ok(())
}

/// How webhooks are to misbehave.
#[derive(Debug, Clone, Copy, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Mischief {
    pub repeat: i32,
    pub reorder: bool,
    pub delay_ms: i64,
    pub hold: bool,
}

/// Changes what is told, keeps the rest.
pub async fn set_mischief(
    db: &Db,
    repeat: Option<i32>,
    reorder: Option<bool>,
    delay_ms: Option<i64>,
    hold: Option<bool>,
) -> sqlx::Result<Mischief> {
    sqlx::query_as(
        "update mischief set repeat = coalesce($1, repeat), reorder = coalesce($2, reorder),
                             delay_ms = coalesce($3, delay_ms), hold = coalesce($4, hold)
         returning repeat, reorder, delay_ms, hold",
    )
    .bind(repeat)
    .bind(reorder)
    .bind(delay_ms)
    .bind(hold)
    .fetch_one(db)
    .await
}

pub async fn set_fault(db: &Db, operation: &str, moment: &str, times: i32) -> sqlx::Result<()> {
    sqlx::query(
        "insert into fault (operation, moment, remaining) values ($1, $2, $3)
         on conflict (operation, moment) do update set remaining = excluded.remaining",
    )
    .bind(operation)
    .bind(moment)
    .bind(times)
    .execute(db)
    .await?;
    Ok(())
}

/// Whether this call is one of those that are to fail, and when: `after` or `before` it takes
/// effect.
pub async fn take_fault(db: &Db, operation: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "update fault set remaining = remaining - 1
         where operation = $1 and remaining > 0
           and moment = (select min(moment) from fault f
                         where f.operation = $1 and f.remaining > 0)
         returning moment",
    )
    .bind(operation)
    .fetch_optional(db)
    .await
}
