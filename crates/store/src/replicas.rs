//! Streaming replicas of the house's database: how far behind each is, and what is read from them.

mod course;
mod reads;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use futures::future::join_all;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use wire::Position;

use course::Course;
pub use reads::{Lagging, Reads};

/// How often everybody is looked at, and how long one look may take: who says nothing for so long is
/// silent.
const EVERY: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(1);

/// How soon one is looked at again with which something was wrong.
const AGAIN: Duration = Duration::from_secs(1);

/// Where a server is in which log: nowhere, if it is not what was asked for. The name of a file of the log
/// begins with its timeline.
const OF_PRIMARY: &str = "select system_identifier,
        ('x' || left(pg_walfile_name(own.at), 8))::bit(32)::int4, (own.at - '0/0')::int8
    from pg_control_system() left join
        (select pg_current_wal_flush_lsn() as at where not pg_is_in_recovery()) own on true";
/// A replica knows at once which timeline it receives, and tells a superuser or a member of
/// pg_read_all_stats; and everybody after its next restartpoint.
const OF_REPLICA: &str = "select system_identifier,
        greatest(c.timeline_id, r.min_recovery_end_timeline, w.received_tli),
        case when pg_is_in_recovery() then (pg_last_wal_replay_lsn() - '0/0')::int8 end
    from pg_control_system(), pg_control_checkpoint() c, pg_control_recovery() r
        left join pg_stat_wal_receiver w on true";

/// The replicas of a database.
pub(crate) struct Replicas {
    all: Vec<Arc<Replica>>,
    course: Mutex<Course>,
    /// Whether anybody has wanted to know how far they are.
    wanted: watch::Sender<bool>,
    /// One that is behind by more is left out.
    limit: Duration,
}

struct Replica {
    options: PgConnectOptions,
    /// How far it was when it last said so; nothing while it does not answer.
    seen: watch::Sender<Option<Position>>,
    /// Whether it was read from when that was last told; nothing was told yet of a new one.
    told: Mutex<Option<bool>>,
}

impl Replica {
    fn new(options: PgConnectOptions) -> Self {
        Self { options, seen: watch::Sender::new(None), told: Mutex::default() }
    }

    fn place(&self) -> String {
        place(&self.options)
    }

    fn see(&self, position: Option<Position>) {
        self.seen.send_replace(position);
    }

    /// Resolves once it does not answer.
    async fn is_lost(&self) {
        let _ = self.seen.subscribe().wait_for(Option::is_none).await;
    }

    fn tell(&self, is_read: bool, why: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before = told.replace(is_read);
        let replica = self.place();
        match (before, is_read) {
            (Some(true) | None, false) => {
                tracing::warn!(replica, why, "is left out: the primary is read in its place");
            }
            (Some(false) | None, true) => tracing::info!(replica, "is read from"),
            (Some(true), true) | (Some(false), false) => {}
        }
    }
}

pub(crate) fn place(options: &PgConnectOptions) -> String {
    format!("{}:{}", options.get_host(), options.get_port())
}

impl Replicas {
    pub fn new(all: Vec<PgConnectOptions>, limit: Duration) -> Self {
        let all = all.into_iter().map(|options| Arc::new(Replica::new(options))).collect();
        Self { all, course: Mutex::default(), wanted: watch::Sender::new(false), limit }
    }

    /// Has them measured from now on.
    pub fn want(&self) {
        self.wanted.send_replace(true);
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn addresses(&self) -> impl Iterator<Item = &PgConnectOptions> {
        self.all.iter().map(|replica| &replica.options)
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a replica has to have so as to be read from; nothing is known before the primary was seen.
    fn least(&self) -> Option<Position> {
        self.course().least(Instant::now(), self.limit)
    }

    /// Where those are that are not read from now.
    pub fn left_out(&self) -> Vec<String> {
        let least = self.least();
        let is_out = |replica: &&Arc<Replica>| {
            let seen = *replica.seen.borrow();
            least.zip(seen).is_none_or(|(least, seen)| !seen.has(&least))
        };
        self.all.iter().filter(is_out).map(|replica| replica.place()).collect()
    }

    /// Measures how far everybody is, for as long as it runs, once anybody wants to know.
    pub async fn keep_measuring(&self, primary: &PgConnectOptions) {
        let _ = self.wanted.subscribe().wait_for(|wanted| *wanted).await;
        let of_replicas = self.all.iter().map(|replica| async move {
            loop {
                let Err(error) = self.follow(replica).await;
                replica.see(None);
                replica.tell(false, &format!("{error:#}"));
                sleep(AGAIN).await;
            }
        });
        let of_primary = async {
            loop {
                let Err(error) = self.follow_primary(primary).await;
                tracing::debug!(error = format!("{error:#}"), "the primary says not how far it is");
                sleep(EVERY).await;
            }
        };
        tokio::join!(of_primary, join_all(of_replicas));
    }

    async fn follow_primary(&self, primary: &PgConnectOptions) -> anyhow::Result<Never> {
        let mut connection = connect(primary).await?;
        loop {
            let position = look(&mut connection, OF_PRIMARY).await?;
            let position = position.context("it is a replica itself")?;
            self.course().mark(Instant::now(), position, self.limit);
            sleep(EVERY).await;
        }
    }

    async fn follow(&self, replica: &Replica) -> anyhow::Result<Never> {
        let mut connection = connect(&replica.options).await?;
        loop {
            let position = look(&mut connection, OF_REPLICA).await?.context("it is no replica")?;
            if let Some(newest) = self.course().newest() {
                follows(&position, &newest)?;
                replica.see(Some(position));
            }
            let now = Instant::now();
            let (least, is_long) = {
                let course = self.course();
                (course.least(now, self.limit), course.is_as_long_as(now, self.limit))
            };
            match least.map(|least| position.has(&least)) {
                Some(true) => replica.tell(true, ""),
                // Whoever has just begun to look wants more than it has to have.
                Some(false) if is_long => replica.tell(false, "it lags"),
                _ => {}
            }
            sleep(EVERY).await;
        }
    }

    /// How far each is behind, once; in bytes of the log.
    pub async fn look(&self, primary: &PgConnectOptions) -> anyhow::Result<Vec<(String, u64)>> {
        let mut connection = connect(primary).await?;
        let newest = look(&mut connection, OF_PRIMARY).await?;
        let newest = newest.context("the primary is a replica itself")?;
        let looked = self.all.iter().map(|replica| async move {
            let place = replica.place();
            let looking = async {
                let position = look(&mut connect(&replica.options).await?, OF_REPLICA).await?;
                let position = position.context("it is no replica")?;
                follows(&position, &newest).map(|()| position)
            };
            let position = looking.await.with_context(|| format!("the replica at {place}"))?;
            Ok((place, newest.at.saturating_sub(position.at)))
        });
        join_all(looked).await.into_iter().collect()
    }
}

/// Whether one is a replica of the primary as it is now.
fn follows(replica: &Position, primary: &Position) -> anyhow::Result<()> {
    ensure!(replica.cluster == primary.cluster, "it is a replica of another database");
    ensure!(
        replica.timeline == primary.timeline,
        "it follows another primary: timeline {}, not {}",
        replica.timeline,
        primary.timeline
    );
    Ok(())
}

/// What only ever ends with an error.
enum Never {}

async fn connect(options: &PgConnectOptions) -> anyhow::Result<PgConnection> {
    match timeout(PATIENCE, PgConnection::connect_with(options)).await {
        Ok(connected) => Ok(connected?),
        Err(_) => bail!("it does not answer"),
    }
}

async fn look(
    connection: &mut PgConnection,
    query: &'static str,
) -> anyhow::Result<Option<Position>> {
    let asked = sqlx::query_as(query).fetch_one(connection);
    let Ok(found) = timeout(PATIENCE, asked).await else { bail!("it is silent") };
    let (cluster, timeline, at): (i64, Option<i32>, Option<i64>) = found?;
    let position =
        |(timeline, at): (i32, i64)| Position { cluster, timeline, at: at.cast_unsigned() };
    Ok(timeline.zip(at).map(position))
}
