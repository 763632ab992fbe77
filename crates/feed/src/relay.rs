use std::time::Duration;

use sqlx::Row;
use store::Db;
use tokio_util::sync::CancellationToken;

use crate::{
    Carrier,
    carrier::{Message, message},
};

/// How many events one round sends.
const BATCH: i64 = 200;
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// How long what has been sent and handled is kept for people to look at.
const KEPT: &str = "7 days";

/// Sends the events of one service's outbox until told to stop.
///
/// Of all processes one relays at a time, under a lock that the transaction holds, so that events
/// of one subject leave in the order in which they were committed. An event is marked after the
/// carrier has it: a relay killed in between sends it again, and the inbox knows it.
pub async fn relay(db: Db, carrier: Carrier, service: &'static str, stop: CancellationToken) {
    let mut pause = SHORTEST_PAUSE;
    let mut rounds = 0_u32;
    while !stop.is_cancelled() {
        match round(&db, &carrier, service).await {
            Ok(0) => pause = (pause * 2).min(LONGEST_PAUSE),
            Ok(_) => pause = SHORTEST_PAUSE,
            Err(error) => {
                tracing::warn!(service, error = format!("{error:#}"), "events wait in the outbox");
                pause = LONGEST_PAUSE;
            }
        }
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(10_000)
            && let Err(error) = forget_old(&db).await
        {
            tracing::warn!(service, error = format!("{error:#}"), "old events stay for now");
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn round(db: &Db, carrier: &Carrier, service: &str) -> anyhow::Result<usize> {
    // Most rounds find nothing: those cost one short statement.
    let unsent = "select exists (select from outbox where sent_at is null)";
    if !sqlx::query_scalar::<_, bool>(unsent).fetch_one(db).await? {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let mine: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext($1))")
        .bind(format!("tipple.relay.{service}"))
        .fetch_one(&mut *tx)
        .await?;
    if !mine {
        return Ok(0);
    }
    let rows = sqlx::query(
        "select id, event_id, kind, subject, body from outbox
         where sent_at is null order by id limit $1",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let messages: Vec<Message> = rows.iter().map(message).collect();
    carrier.publish(&messages).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.get("id")).collect();
    sqlx::query("update outbox set sent_at = now() where id = any($1)")
        .bind(ids)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(rows.len())
}

async fn forget_old(db: &Db) -> anyhow::Result<()> {
    sqlx::query("delete from outbox where sent_at < now() - $1::interval")
        .bind(KEPT)
        .execute(db)
        .await?;
    // An inbox row must outlive every possible second delivery of its event.
    sqlx::query("delete from inbox where handled_at < now() - 4 * $1::interval")
        .bind(KEPT)
        .execute(db)
        .await?;
    Ok(())
}
