//! Intents, refunds, and what was answered under a key.

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

/// How many answers are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Forgets the oldest answers that were given before then.
pub async fn forget_answers(db: &Db, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "delete from answered where key in (
             select key from answered where created_at < $1 and status is not null
             order by created_at limit $2 for update skip locked)",
    )
    .bind(store::instant(before))
    .bind(FORGOTTEN_AT_ONCE)
    .execute(db)
    .await?;
    Ok(())
}
