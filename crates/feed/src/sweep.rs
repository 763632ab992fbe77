//! Looks after what has been sent: what every queue that wants it has behind it is settled, and what a
//! broker has lost is brought again.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use sqlx::Row;
use store::{Db, Tx};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    RabbitMq,
    carrier::Message,
    patience::{LONG_ROUND, within},
    rabbitmq::waiting::{Sent, Unhandled},
    relay::in_line,
};

/// How many events are looked at together, and how often in one round.
const BATCH: i64 = 500;
const MOST_BATCHES: usize = 10;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Sweeps one service's outbox until told to stop. Of all processes one does at a time.
pub(crate) async fn sweep(
    db: &Db,
    broker: &RabbitMq,
    service: &'static str,
    stop: &CancellationToken,
) {
    // Several times in the time after which something is lost, so that it is not long overdue.
    let pause = (broker.sweep_after / 4).min(LONGEST_PAUSE);
    let mut last = 0;
    while !stop.is_cancelled() {
        for _ in 0..MOST_BATCHES {
            match within(LONG_ROUND, "sweep", round(db, broker, service, last)).await {
                Ok(Some(id)) => last = id,
                Ok(None) => {
                    last = 0;
                    break;
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::warn!(service, error, "what was sent is not looked after for now");
                    break;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Looks at the events after `last`, and answers the last one that it has looked at; none when there
/// are no more, or another process is at it.
async fn round(
    db: &Db,
    broker: &RabbitMq,
    service: &str,
    last: i64,
) -> anyhow::Result<Option<i64>> {
    let mut tx = db.begin().await?;
    let mine: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext($1))")
        .bind(format!("tipple.sweep.{service}"))
        .fetch_one(&mut *tx)
        .await?;
    if !mine {
        return Ok(None);
    }
    let rows = sqlx::query(
        "select id, event_id, kind, subject, body, sent_at from outbox
         where sent_at is not null and settled_at is null and id > $1
           and sent_at < now() - $2 * interval '1 second'
         order by id limit $3",
    )
    .bind(last)
    .bind(broker.sweep_after.as_secs_f64())
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    let Some(end) = rows.last() else { return Ok(None) };
    let end: i64 = end.get("id");
    let sent = rows.iter().map(|row| Sent {
        id: row.get("event_id"),
        kind: row.get("kind"),
        at: row.get::<jiff_sqlx::Timestamp, _>("sent_at").to_jiff(),
    });
    let unhandled = broker.unhandled(&sent.collect::<Vec<_>>()).await?;
    let messages = in_line(&mut tx, &rows).await?;
    heal(broker, service, &messages, &unhandled).await?;
    settle(&mut tx, &messages, &unhandled).await?;
    tx.commit().await?;
    Ok(Some(end))
}

/// Brings what a queue neither has behind it nor in its waiting room, the earliest first.
async fn heal(
    broker: &RabbitMq,
    service: &str,
    messages: &[Message],
    unhandled: &[Unhandled],
) -> anyhow::Result<()> {
    let by_id: HashMap<Uuid, &Message> =
        messages.iter().map(|message| (message.event_id, message)).collect();
    let mut lost = 0;
    for one in unhandled.iter().filter(|one| !one.waits) {
        if let Some(message) = by_id.get(&one.event) {
            broker.heal(&one.queue, message).await?;
            lost += 1;
        }
    }
    if lost > 0 {
        tracing::warn!(service, lost, "events that the broker has not brought in time are handled");
    }
    Ok(())
}

/// Marks what nobody has yet to handle.
async fn settle(
    tx: &mut Tx<'_>,
    messages: &[Message],
    unhandled: &[Unhandled],
) -> anyhow::Result<()> {
    let left: HashSet<Uuid> = unhandled.iter().map(|one| one.event).collect();
    let settled = messages.iter().map(|message| message.event_id);
    let settled: Vec<Uuid> = settled.filter(|event| !left.contains(event)).collect();
    sqlx::query("update outbox set settled_at = now() where event_id = any($1)")
        .bind(settled)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
