//! Events, how they are sent, and how both misbehave on request.

use jiff::Timestamp;
use sqlx::{FromRow, PgConnection};
use store::Db;

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

/// How many events are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Forgets the oldest events from before then, and how they were sent, but for those that are still
/// being sent.
pub async fn forget_events(db: &Db, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "with old as (
             select seq from event where created_at < $1
               and not exists (select from delivery
                               where event_seq = event.seq and ended_at is null)
             order by created_at limit $2 for update skip locked),
         sent as (delete from delivery using old where event_seq = old.seq)
         delete from event using old where event.seq = old.seq",
    )
    .bind(store::instant(before))
    .bind(FORGOTTEN_AT_ONCE)
    .execute(db)
    .await?;
    Ok(())
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
