use std::{collections::HashMap, time::Duration};

use sqlx::{Row, postgres::PgRow};
use store::{Db, Tx};
use tokio_util::sync::CancellationToken;

use crate::{
    Carrier, Embedded,
    carrier::{Earlier, Message, message},
    patience::{LONG_ROUND, ROUND, within},
    sweep,
};

/// How many events one round sends.
const BATCH: i64 = 200;
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// How often it is looked for what a broker has left behind that the house no longer has.
const LOOK_BACK: Duration = Duration::from_secs(30);
/// How long what has been sent and handled is kept for people to look at.
const KEPT: &str = "7 days";
/// How long what somebody has not handled is kept: for less time than inbox rows are.
const KEPT_UNSETTLED: &str = "21 days";

/// Sends the events of one service's outbox until told to stop.
///
/// Of all processes one relays at a time, under a lock that the transaction holds, so that events
/// of one subject leave in the order in which they were committed. An event is marked after the
/// carrier has it: a relay killed in between sends it again, and the inbox knows it. What a broker loses
/// is looked after beside it.
pub async fn relay(db: Db, carrier: Carrier, service: &'static str, stop: CancellationToken) {
    match &carrier {
        Carrier::RabbitMq(broker) => {
            let sweeping = sweep::sweep(&db, broker, service, &stop);
            tokio::join!(send(&db, &carrier, service, &stop), sweeping);
        }
        Carrier::Embedded(queues) => {
            take_back(&db, queues, service).await;
            let again = async {
                while tokio::time::timeout(LOOK_BACK, stop.cancelled()).await.is_err() {
                    take_back(&db, queues, service).await;
                }
            };
            tokio::join!(send(&db, &carrier, service, &stop), again);
        }
    }
}

/// Sends again what was given to a broker that this house no longer has, where somebody may not have
/// handled it. Those who have know it from their inbox. Again from time to time: processes that still
/// have the broker may run for a while beside this one.
async fn take_back(db: &Db, queues: &Embedded, service: &str) {
    let unsettled =
        "update outbox set sent_at = null where sent_at is not null and settled_at is null";
    let taken = async {
        queues.forget_the_broker().await?;
        sqlx::query(unsettled).execute(db).await
    };
    if let Err(error) = within(LONG_ROUND, "take back", taken).await {
        let error = format!("{error:#}");
        tracing::warn!(service, error, "what a broker has not brought is not sent again");
    }
}

async fn send(db: &Db, carrier: &Carrier, service: &str, stop: &CancellationToken) {
    let mut is_troubled = false;
    let mut pause = SHORTEST_PAUSE;
    let mut rounds = 0_u32;
    while !stop.is_cancelled() {
        match within(ROUND, "send", round(db, carrier, service)).await {
            Ok(sent) => {
                pause = if sent > 0 { SHORTEST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
                is_troubled &= sent == 0;
            }
            Err(error) => {
                // Once until something is sent again.
                if !std::mem::replace(&mut is_troubled, true) {
                    let error = format!("{error:#}");
                    tracing::warn!(service, error, "events wait in the outbox");
                }
                pause = LONGEST_PAUSE;
            }
        }
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(10_000)
            && let Err(error) = within(LONG_ROUND, "forget", forget_old(db, carrier)).await
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
        "select id, event_id, kind, subject, body, sent_at from outbox
         where sent_at is null order by id limit $1",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let keeps_order = matches!(carrier, Carrier::Embedded(_));
    let messages: Vec<Message> = if keeps_order {
        rows.iter().map(message).collect()
    } else {
        in_line(&mut tx, &rows).await?
    };
    carrier.publish(&messages).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.get("id")).collect();
    sqlx::query(
        "update outbox set sent_at = now(), settled_at = case when $2 then now() end
         where id = any($1)",
    )
    .bind(ids)
    .bind(keeps_order)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// Rows of the outbox in the order of their ids as messages that know what came before them.
pub(crate) async fn in_line(tx: &mut Tx<'_>, rows: &[PgRow]) -> sqlx::Result<Vec<Message>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.get("id")).collect();
    let subjects: Vec<&str> = rows.iter().map(|row| row.get("subject")).collect();
    let before = sqlx::query(
        "select distinct on (subject, kind) id, event_id, kind, subject, sent_at from outbox
         where subject = any($1) and settled_at is null and id <> all($2) and id < $3
         order by subject, kind, id desc",
    )
    .bind(subjects)
    .bind(&ids)
    .bind(ids.iter().max().copied())
    .fetch_all(&mut **tx)
    .await?;
    let mut lines: HashMap<String, Vec<(i64, Earlier)>> = HashMap::new();
    for row in &before {
        lines.entry(row.get("subject")).or_default().push((row.get("id"), earlier(row)));
    }
    let messages = rows.iter().map(|row| {
        let (id, message): (i64, _) = (row.get("id"), message(row));
        let line = lines.entry(message.subject.clone()).or_default();
        line.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        let before = line.iter().filter(|(earlier, _)| *earlier < id);
        let before = before.map(|(_, earlier)| earlier.clone()).collect();
        line.retain(|(_, earlier)| earlier.kind != message.kind);
        line.push((id, earlier(row)));
        Message { before, ..message }
    });
    Ok(messages.collect())
}

fn earlier(row: &PgRow) -> Earlier {
    let sent_at: Option<jiff_sqlx::Timestamp> = row.get("sent_at");
    Earlier {
        id: row.get("event_id"),
        kind: row.get("kind"),
        sent_at: sent_at.map(jiff_sqlx::Timestamp::to_jiff),
    }
}

async fn forget_old(db: &Db, carrier: &Carrier) -> anyhow::Result<()> {
    sqlx::query(
        "delete from outbox where sent_at < now() - $1::interval
         and (settled_at is not null or sent_at < now() - $2::interval)",
    )
    .bind(KEPT)
    .bind(KEPT_UNSETTLED)
    .execute(db)
    .await?;
    if let Carrier::RabbitMq(broker) = carrier {
        broker.forget_old().await?;
    }
    // An inbox row must outlive every possible second delivery of its event.
    sqlx::query("delete from inbox where handled_at < now() - 4 * $1::interval")
        .bind(KEPT)
        .execute(db)
        .await?;
    Ok(())
}
