//! What the database knows of a queue of the broker: what it has behind it, and what waits for what.

use std::time::Duration;

use sqlx::{PgExecutor, Row};
use store::Db;
use uuid::Uuid;

use crate::carrier::{Earlier, Message};

/// How an event that has come stands to what its queue had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has come before, and is over or waits.
    Known,
    /// Its turn.
    Next,
    /// Something else of its subject has failed, and will come again before it.
    Behind,
    /// This event of its subject is to be handled before, and has not been; it may lie in the waiting
    /// room itself.
    After { event: Uuid, waits: bool },
}

/// Nobody waits longer than that for an event that came before: the queue may not want it any more.
const LONGEST_WAIT: &str = "1 day";
/// How long an inbox row is kept, and so how long an event can still come twice.
const KEPT: &str = "28 days";

/// How a message stands in a queue.
pub(crate) async fn look(db: &Db, queue: &str, message: &Message) -> sqlx::Result<Standing> {
    let row = sqlx::query(
        "select
           exists (select from handled where event_id = $2 and queue = $1)
             or exists (select from message where queue = $1 and event_id = $2) as known,
           exists (select from message where queue = $1 and subject = $3
                     and dead_at is null and after is null) as behind,
           last.id as after,
           exists (select from message where queue = $1 and event_id = last.id) as waits
         from (values (1)) one left join lateral (
           select e.id from unnest($4::uuid[], $5::text[], $6::timestamptz[])
                       with ordinality as e (id, kind, sent_at, place)
           join binding b on b.queue = $1 and b.kind = e.kind
                         and b.since <= coalesce(e.sent_at, now())
           order by e.place limit 1) last
         on not exists (select from handled where event_id = last.id and queue = $1)",
    )
    .bind(queue)
    .bind(message.event_id)
    .bind(&message.subject)
    .bind(message.before.iter().map(|earlier| earlier.id).collect::<Vec<_>>())
    .bind(message.before.iter().map(|earlier| earlier.kind.as_str()).collect::<Vec<_>>())
    .bind(message.before.iter().map(sent_at).collect::<Vec<_>>())
    .fetch_one(db)
    .await?;
    let (known, behind): (bool, bool) = (row.get("known"), row.get("behind"));
    let after: Option<Uuid> = row.get("after");
    Ok(match after {
        _ if known => Standing::Known,
        Some(event) => Standing::After { event, waits: row.get("waits") },
        None if behind => Standing::Behind,
        None => Standing::Next,
    })
}

/// Whether a queue wants events of a kind.
pub(crate) async fn is_wanted(db: &Db, queue: &str, kind: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from binding where queue = $1 and kind = $2)")
        .bind(queue)
        .bind(kind)
        .fetch_one(db)
        .await
}

fn sent_at(earlier: &Earlier) -> Option<jiff_sqlx::Timestamp> {
    earlier.sent_at.map(store::instant)
}

/// What an event waits for in the waiting room.
pub(crate) enum Wait {
    /// For its turn.
    Turn,
    /// For another event of its subject.
    Event(Uuid),
    /// To be tried again, which failed so.
    Retry(Duration, String),
}

/// Puts a message into the waiting room, where it is once however often it comes.
pub(crate) async fn put_aside(
    db: &Db,
    queue: &str,
    message: &Message,
    wait: Wait,
) -> sqlx::Result<()> {
    let (after, pause, error) = match wait {
        Wait::Turn => (None, None, None),
        Wait::Event(earlier) => (Some(earlier), None, None),
        Wait::Retry(pause, error) => (None, Some(pause.as_secs_f64()), Some(error)),
    };
    sqlx::query(
        "insert into message (queue, event_id, kind, subject, body, after, attempts, error, due_at)
         values ($1, $2, $3, $4, $5, $6, ($8::text is not null)::int, $8,
                 case when $6 is not null then now() + $9::interval
                      when $7 is not null then now() + $7 * interval '1 second'
                      -- Not before what it is behind.
                      else greatest(now(), (select due_at from message earlier
                                            where earlier.queue = $1 and earlier.subject = $4
                                              and dead_at is null and after is null
                                            order by seq desc limit 1)) end)
         on conflict (queue, event_id) do nothing",
    )
    .bind(queue)
    .bind(message.event_id)
    .bind(&message.kind)
    .bind(&message.subject)
    .bind(&message.body)
    .bind(after)
    .bind(pause)
    .bind(error)
    .bind(LONGEST_WAIT)
    .execute(db)
    .await?;
    if let Some(earlier) = after {
        // It may have been handled between the look and now, and have called nobody.
        let over = "select exists (select from handled where event_id = $1 and queue = $2)";
        let over: bool = sqlx::query_scalar(over).bind(earlier).bind(queue).fetch_one(db).await?;
        if over {
            call(db, queue, earlier).await?;
        }
    }
    Ok(())
}

/// Writes down that a queue has an event behind it.
pub(crate) async fn remember(
    db: impl PgExecutor<'_>,
    queue: &str,
    event: Uuid,
) -> sqlx::Result<()> {
    sqlx::query("insert into handled (event_id, queue) values ($1, $2) on conflict do nothing")
        .bind(event)
        .bind(queue)
        .execute(db)
        .await
        .map(drop)
}

/// Calls what waits for an event that is over: to be done after that is committed, so that one of the
/// two that come at once sees the other. Says whether anybody was.
pub(crate) async fn call(db: &Db, queue: &str, event: Uuid) -> sqlx::Result<bool> {
    let called = sqlx::query(
        "update message set after = null, due_at = now()
         where queue = $1 and after = $2 and dead_at is null",
    )
    .bind(queue)
    .bind(event)
    .execute(db)
    .await?;
    Ok(called.rows_affected() > 0)
}

/// Calls those that a process killed between the two steps has left, and those that have waited for
/// too long.
pub(crate) async fn call_forgotten(db: &Db, queue: &str) -> sqlx::Result<()> {
    sqlx::query(
        "update message set after = null, due_at = now()
         where queue = $1 and after is not null and dead_at is null
           and (due_at < now()
                or exists (select from handled where event_id = after and queue = $1))",
    )
    .bind(queue)
    .execute(db)
    .await
    .map(drop)
}

/// Lays a message that the broker has given up to the dead letters; `false` when it is over already.
pub(crate) async fn bury(
    db: &Db,
    queue: &str,
    message: &Message,
    attempts: i32,
    error: &str,
) -> sqlx::Result<bool> {
    let mut tx = db.begin().await?;
    let buried = sqlx::query(
        "insert into message (queue, event_id, kind, subject, body, attempts, error, dead_at)
         select $1, $2, $3, $4, $5, $6, $7, now()
         where not exists (select from handled where event_id = $2 and queue = $1)
         on conflict (queue, event_id) do update
         set attempts = excluded.attempts, error = excluded.error, dead_at = now(), after = null
         where message.dead_at is null",
    )
    .bind(queue)
    .bind(message.event_id)
    .bind(&message.kind)
    .bind(&message.subject)
    .bind(&message.body)
    .bind(attempts)
    .bind(error)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "insert into handled (event_id, queue)
         select event_id, queue from message
         where queue = $1 and event_id = $2 and dead_at is not null
         on conflict do nothing",
    )
    .bind(queue)
    .bind(message.event_id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    call(db, queue, message.event_id).await?;
    Ok(buried.rows_affected() > 0)
}

/// An event of an outbox, as far as it says who wants it.
pub(crate) struct Sent {
    pub id: Uuid,
    pub kind: String,
    pub at: jiff::Timestamp,
}

/// A queue that wants an event and does not have it behind it.
pub(crate) struct Unhandled {
    pub event: Uuid,
    pub queue: String,
    /// It lies in the waiting room.
    pub waits: bool,
}

/// Who has not handled these events.
pub(crate) async fn unhandled(db: &Db, events: &[Sent]) -> sqlx::Result<Vec<Unhandled>> {
    let rows = sqlx::query(
        "select e.id, b.queue,
                exists (select from message m
                        where m.queue = b.queue and m.event_id = e.id) as waits
         from unnest($1::uuid[], $2::text[], $3::timestamptz[])
              with ordinality as e (id, kind, sent_at, place)
         join binding b on b.kind = e.kind and b.since <= e.sent_at
         where not exists (select from handled h where h.event_id = e.id and h.queue = b.queue)
         order by e.place",
    )
    .bind(events.iter().map(|event| event.id).collect::<Vec<_>>())
    .bind(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>())
    .bind(events.iter().map(|event| store::instant(event.at)).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    let unhandled = rows.iter().map(|row| Unhandled {
        event: row.get("id"),
        queue: row.get("queue"),
        waits: row.get("waits"),
    });
    Ok(unhandled.collect())
}

/// Forgets what cannot come again any more.
pub(crate) async fn forget_old(db: &Db) -> sqlx::Result<()> {
    sqlx::query("delete from handled where handled_at < now() - $1::interval")
        .bind(KEPT)
        .execute(db)
        .await
        .map(drop)
}
