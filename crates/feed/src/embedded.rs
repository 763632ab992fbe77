use std::{collections::HashMap, sync::Arc, time::Duration};

use serde_json::Value;
use sqlx::{Row, postgres::PgRow};
use store::{Db, Tx};
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    DeadLetter, Follower, Unattended,
    carrier::{Message, message},
    follower,
    patience::{QUESTIONS, within},
    rabbitmq::waiting,
};

/// Queues as rows of one table.
#[derive(Clone)]
pub struct Embedded {
    db: Db,
    /// Wakes the consumers of this process as soon as something is published in it.
    wake: Arc<std::sync::Mutex<HashMap<String, Arc<Notify>>>>,
    /// Messages that may be in hand at once: each keeps a connection, and publishing must always
    /// find one.
    hands: Arc<Semaphore>,
    /// Beside a broker: whether what is over is written down in `handled`.
    remembers: bool,
}

/// What the workers of one queue take in turns.
struct Turns<'a> {
    hands: &'a Semaphore,
    /// Whoever has nothing to do looks by the clock, one at a time.
    clock: Mutex<()>,
}

/// After so many failures, which take about half an hour, an event becomes a dead letter: longer
/// than it takes to bring back a service that a follower needs.
const MOST_ATTEMPTS: i32 = 36;
/// Consumers of one queue in one process; subjects are handled side by side, each in order.
const WORKERS: usize = 2;
/// Its transaction waits for the follower, for longer than the server lets others wait.
const BEGIN: &str = "begin; set local idle_in_transaction_session_timeout = '30s'";
/// Connections that are kept for publishing and looking.
const SPARED: usize = 2;
/// How often a queue is looked at when nobody wakes its consumer: for other processes' events.
const PAUSE: Duration = Duration::from_millis(250);

impl Embedded {
    /// `db` is a pool on [`crate::carrier_schema`].
    pub fn new(db: Db) -> Self {
        let connections = db.options().get_max_connections() as usize;
        let hands = Semaphore::new(connections.saturating_sub(SPARED).max(1));
        Self { db, wake: Arc::default(), hands: Arc::new(hands), remembers: false }
    }

    /// The same tables as the waiting room of another carrier, which has to know what is over.
    pub(crate) fn beside_a_broker(db: Db) -> Self {
        Self { remembers: true, ..Self::new(db) }
    }

    pub(crate) async fn declare(&self, queue: &str, kinds: &[&str]) -> anyhow::Result<()> {
        sqlx::query(
            "insert into binding (queue, kind) select $1, unnest($2::text[]) on conflict do nothing",
        )
        .bind(queue)
        .bind(kinds)
        .execute(&self.db)
        .await?;
        Ok(())
    }

    pub(crate) async fn declare_only(&self, queue: &str, kinds: &[&str]) -> anyhow::Result<()> {
        self.declare(queue, kinds).await?;
        sqlx::query("delete from binding where queue = $1 and kind <> all($2)")
            .bind(queue)
            .bind(kinds)
            .execute(&self.db)
            .await?;
        Ok(())
    }

    pub(crate) async fn publish(&self, messages: &[Message]) -> anyhow::Result<()> {
        let ids: Vec<Uuid> = messages.iter().map(|message| message.event_id).collect();
        let kinds: Vec<&str> = messages.iter().map(|message| message.kind.as_str()).collect();
        let subjects: Vec<&str> = messages.iter().map(|message| message.subject.as_str()).collect();
        let bodies: Vec<&Value> = messages.iter().map(|message| &message.body).collect();
        let queues: Vec<String> = sqlx::query_scalar(
            "insert into message (queue, event_id, kind, subject, body, due_at)
             select binding.queue, e.id, e.kind, e.subject, e.body,
                    greatest(now(), (select due_at from message earlier
                                     where earlier.queue = binding.queue
                                       and earlier.subject = e.subject and dead_at is null
                                     order by seq desc limit 1))
             from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[])
                  with ordinality as e (id, kind, subject, body, place)
             join binding on binding.kind = e.kind
             order by e.place
             on conflict (queue, event_id) do nothing
             returning queue",
        )
        .bind(ids)
        .bind(kinds)
        .bind(subjects)
        .bind(bodies)
        .fetch_all(&self.db)
        .await?;
        for queue in queues {
            self.ring(&queue);
        }
        Ok(())
    }

    /// Wakes the workers of a queue in this process.
    pub(crate) fn ring(&self, queue: &str) {
        self.bell(queue).notify_waiters();
    }

    fn bell(&self, queue: &str) -> Arc<Notify> {
        let mut bells = self.wake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(bells.entry(queue.to_owned()).or_default())
    }

    pub(crate) async fn consume(
        &self,
        queue: &'static str,
        followers: Arc<Vec<Follower>>,
        stop: CancellationToken,
    ) {
        self.consume_by(&Semaphore::new(WORKERS), queue, followers, stop).await;
    }

    /// The same with so many hands, which others may use too.
    pub(crate) async fn consume_by(
        &self,
        hands: &Semaphore,
        queue: &'static str,
        followers: Arc<Vec<Follower>>,
        stop: CancellationToken,
    ) {
        let turns = Turns { hands, clock: Mutex::new(()) };
        let workers = (0..WORKERS).map(|_| self.work(&turns, queue, &followers, &stop));
        futures::future::join_all(workers).await;
    }

    async fn work(
        &self,
        turns: &Turns<'_>,
        queue: &str,
        followers: &[Follower],
        stop: &CancellationToken,
    ) {
        let (bell, mut by_clock) = (self.bell(queue), false);
        while !stop.is_cancelled() {
            let rung = bell.notified();
            let handling = async {
                if !within(QUESTIONS, "look", self.is_due(queue, followers)).await? {
                    return Ok::<_, anyhow::Error>(false);
                }
                if std::mem::take(&mut by_clock) {
                    self.ring(queue);
                }
                let _hands = (turns.hands.acquire().await?, self.hands.acquire().await?);
                within(follower::IN_HAND, "handle", self.handle_next(queue, followers)).await
            };
            match handling.await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(queue, error = format!("{error:#}"), "the queue waits");
                }
            }
            let waits = async {
                let _mine = turns.clock.lock().await;
                tokio::time::sleep(PAUSE).await;
            };
            by_clock = tokio::select! {
                () = rung => false,
                () = waits => true,
                () = stop.cancelled() => return,
            };
        }
    }

    /// Whether there is something to handle; looking costs one short statement. What is wanted but has no
    /// follower here is left to a process that has one: that of a newer version, which wants more.
    async fn is_due(&self, queue: &str, followers: &[Follower]) -> sqlx::Result<bool> {
        sqlx::query_scalar(
            "select exists (select from message m
                            where queue = $1 and dead_at is null and after is null
                              and due_at <= now()
                              and (kind = any($2)
                                   or not exists (select from binding b
                                                  where b.queue = $1 and b.kind = m.kind)))",
        )
        .bind(queue)
        .bind(kinds_of(followers))
        .fetch_one(&self.db)
        .await
    }

    /// Takes the first message whose subject has none before it, under a lock that lasts until
    /// it is handled; `false` when there is none.
    async fn handle_next(&self, queue: &str, followers: &[Follower]) -> anyhow::Result<bool> {
        let mut tx = self.db.begin_with(BEGIN).await?;
        let row = sqlx::query(
            "select seq, event_id, kind, subject, body, attempts from message m
             where queue = $1 and dead_at is null and after is null and due_at <= now()
               and seq = (select seq from message first
                          where first.queue = m.queue and first.subject = m.subject
                            and first.dead_at is null and first.after is null
                          order by seq limit 1)
               and (kind = any($2) or not exists (select from binding b
                                                  where b.queue = $1 and b.kind = m.kind))
             order by due_at, seq limit 1
             for update skip locked",
        )
        .bind(queue)
        .bind(kinds_of(followers))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(false) };
        let seq: i64 = row.get("seq");
        let message = message(&row);
        let over = match follower::handle(followers, &message, follower::PATIENCE).await {
            Ok(()) => {
                sqlx::query("delete from message where seq = $1")
                    .bind(seq)
                    .execute(&mut *tx)
                    .await?;
                true
            }
            Err(error) => failed(&mut tx, queue, &row, format!("{error:#}")).await?,
        };
        let over = over && self.remembers;
        if over {
            waiting::remember(&mut *tx, queue, message.event_id).await?;
        }
        tx.commit().await?;
        if over && waiting::call(&self.db, queue, message.event_id).await? {
            self.ring(queue);
        }
        Ok(true)
    }

    /// Lets go of what waits for an event that a broker was to bring: both are sent again, in order.
    pub(crate) async fn forget_the_broker(&self) -> sqlx::Result<()> {
        sqlx::query("delete from message where after is not null and dead_at is null")
            .execute(&self.db)
            .await
            .map(drop)
    }

    pub(crate) async fn dead_letters(
        &self,
        queue: Option<&str>,
        after: i64,
        limit: i64,
    ) -> anyhow::Result<Vec<DeadLetter>> {
        let rows = sqlx::query(
            "select * from message
             where dead_at is not null and seq > $1 and ($2::text is null or queue = $2)
             order by seq limit $3",
        )
        .bind(after)
        .bind(queue)
        .bind(limit)
        .fetch_all(&self.db)
        .await?;
        let letters = rows.iter().map(|row| DeadLetter {
            seq: row.get("seq"),
            queue: row.get("queue"),
            kind: row.get("kind"),
            subject: row.get("subject"),
            attempts: row.get("attempts"),
            error: row.get::<Option<String>, _>("error").unwrap_or_default(),
            dead_at: row.get::<jiff_sqlx::Timestamp, _>("dead_at").to_jiff(),
            body: row.get("body"),
        });
        Ok(letters.collect())
    }

    pub(crate) async fn unattended(&self) -> sqlx::Result<Vec<Unattended>> {
        let rows = sqlx::query(
            "select queue, kind, count(*) as many from message
             where dead_at is null and after is null and attempts = 0
               and due_at < now() - interval '1 minute'
             group by queue, kind order by many desc",
        )
        .fetch_all(&self.db)
        .await?;
        let unattended = rows.iter().map(|row| Unattended {
            queue: row.get("queue"),
            kind: row.get("kind"),
            many: row.get("many"),
        });
        Ok(unattended.collect())
    }

    pub(crate) async fn replay(&self, seq: i64) -> anyhow::Result<bool> {
        let done = sqlx::query(
            "update message set dead_at = null, attempts = 0, due_at = now(), after = null
             where seq = $1 and dead_at is not null",
        )
        .bind(seq)
        .execute(&self.db)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(crate) async fn rewrite(&self, seq: i64, body: &Value) -> anyhow::Result<()> {
        sqlx::query(
            "update message set body = $2, error = 'cut since then'
             where seq = $1 and dead_at is not null",
        )
        .bind(seq)
        .bind(body)
        .execute(&self.db)
        .await?;
        Ok(())
    }

    pub(crate) async fn discard(&self, seq: i64) -> anyhow::Result<()> {
        sqlx::query("delete from message where seq = $1 and dead_at is not null")
            .bind(seq)
            .execute(&self.db)
            .await?;
        Ok(())
    }
}

/// Puts a message off with all that wait for it, or away as a dead letter: then it answers `true`, for
/// nobody waits for that one.
async fn failed(tx: &mut Tx<'_>, queue: &str, row: &PgRow, error: String) -> sqlx::Result<bool> {
    let (seq, attempts): (i64, i32) = (row.get("seq"), row.get("attempts"));
    let (kind, subject): (&str, &str) = (row.get("kind"), row.get("subject"));
    if attempts + 1 >= MOST_ATTEMPTS {
        tracing::error!(queue, kind, subject, error, "an event is a dead letter now");
        sqlx::query(
            "update message set attempts = attempts + 1, error = $2, dead_at = now() where seq = $1",
        )
        .bind(seq)
        .bind(error)
        .execute(&mut **tx)
        .await?;
        return Ok(true);
    }
    tracing::warn!(queue, kind, subject, error, "an event will come again");
    sqlx::query(
        "update message set
             due_at = clock_timestamp() + least(60, 0.25 * 2 ^ $4::int) * interval '1 second',
             attempts = attempts + (seq = $1)::int,
             error = case when seq = $1 then $5 else error end
         where queue = $2 and subject = $3 and dead_at is null and after is null and seq >= $1",
    )
    .bind(seq)
    .bind(queue)
    .bind(subject)
    .bind(attempts)
    .bind(error)
    .execute(&mut **tx)
    .await?;
    Ok(false)
}

fn kinds_of(followers: &[Follower]) -> Vec<&'static str> {
    followers.iter().map(Follower::kind).collect()
}
