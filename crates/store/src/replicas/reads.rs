use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use futures::{FutureExt, StreamExt, TryFutureExt, future::BoxFuture, stream, stream::BoxStream};
use sqlx::{
    Either, Execute, Executor, Postgres, SqlStr,
    error::BoxDynError,
    postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use wire::{Freshness, Position};

use super::{Replica, Replicas};
use crate::Db;

/// Where a service reads what may be a little old.
#[derive(Clone)]
pub struct Reads {
    primary: Db,
    /// A pool for each replica.
    pools: Arc<[Db]>,
    replicas: Arc<Replicas>,
    turn: Arc<AtomicUsize>,
}

impl Reads {
    pub(crate) fn new(primary: Db, pools: Vec<Db>, replicas: Arc<Replicas>) -> Self {
        Self { primary, pools: pools.into(), replicas, turn: Arc::default() }
    }

    /// Whether there are replicas at all.
    pub fn are_replicated(&self) -> bool {
        !self.replicas.is_empty()
    }

    /// The same, with the replicas measured from now on: before that none is read from.
    #[must_use]
    pub fn measured(self) -> Self {
        self.replicas.want();
        self
    }

    /// Where the replicas are that are not read from now, since they are measured.
    pub fn left_out(&self) -> Vec<String> {
        self.replicas.left_out()
    }

    /// How far the primary is now: whoever has come so far sees all that was committed before.
    pub async fn position(&self) -> sqlx::Result<Position> {
        let query = "select system_identifier,
                ('x' || left(pg_walfile_name(own.at), 8))::bit(32)::int4, (own.at - '0/0')::int8
            from pg_control_system(), (select pg_current_wal_insert_lsn() as at) own";
        let (cluster, timeline, at): (i64, i32, i64) =
            sqlx::query_as(query).fetch_one(&self.primary).await?;
        Ok(Position { cluster, timeline, at: at.cast_unsigned() })
    }

    /// What one request reads from, all of it from one place: a replica that is close behind and has
    /// all that whoever asks has written, else the primary. What changes something, and what nobody
    /// asked for, reads from the primary whatever is said here.
    pub fn lagging(&self) -> Lagging {
        Lagging {
            primary: self.primary.clone(),
            replica: self.choose(),
            has_failed: AtomicBool::default(),
        }
    }

    /// Each in turn of those that are good enough.
    fn choose(&self) -> Option<Chosen> {
        if self.pools.is_empty() {
            return None;
        }
        let least = self.replicas.least()?;
        let wanted = match wire::current()?.freshness {
            Freshness::Newest => return None,
            // What was written to another database is not in this one, however long one waits.
            Freshness::Since(position) if position.cluster == least.cluster => position,
            Freshness::Since(_) | Freshness::Any => least,
        };
        let is_good = |replica: &Replica| {
            replica.seen.borrow().is_some_and(|seen| seen.has(&least) && seen.has(&wanted))
        };
        let all = self.replicas.all.iter().zip(self.pools.iter());
        let good: Vec<_> = all.filter(|(replica, _)| is_good(replica)).collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed).checked_rem(good.len())?;
        let (replica, pool) = good.get(turn)?;
        Some(Chosen { replica: Arc::clone(replica), pool: (*pool).clone() })
    }
}

/// A database that may be a little behind. What is read from it may be shown to people; nothing is
/// decided by it. Whatever goes wrong at a replica is asked once more at the primary.
pub struct Lagging {
    primary: Db,
    replica: Option<Chosen>,
    /// Later statements go where the one went that failed, so that nothing seems to go backwards.
    has_failed: AtomicBool,
}

struct Chosen {
    replica: Arc<Replica>,
    pool: Db,
}

impl fmt::Debug for Lagging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lagging").finish_non_exhaustive()
    }
}

impl Lagging {
    async fn rows(&self, asked: Asked) -> sqlx::Result<Vec<PgRow>> {
        let has_failed = self.has_failed.load(Ordering::Relaxed);
        let Some(chosen) = self.replica.as_ref().filter(|_| !has_failed) else {
            return asked.rows(&self.primary).await;
        };
        match chosen.rows(asked.clone()).await {
            Err(error) if !is_a_change(&error) => {
                self.has_failed.store(true, Ordering::Relaxed);
                if is_broken(&error) {
                    chosen.replica.see(None);
                }
                tracing::debug!(%error, "a replica did not answer: the primary is asked");
                asked.rows(&self.primary).await
            }
            answered => answered,
        }
    }
}

impl Chosen {
    /// What it answers, unless it falls silent.
    async fn rows(&self, asked: Asked) -> sqlx::Result<Vec<PgRow>> {
        let mut connection = tokio::select! {
            connection = self.pool.acquire() => connection?,
            () = self.replica.is_lost() => return Err(silent()),
        };
        let answered = tokio::select! {
            answered = asked.rows(&mut *connection) => answered,
            () = self.replica.is_lost() => Err(silent()),
        };
        if answered.as_ref().is_err_and(is_broken) {
            // Not back into the pool, which would ask it whether it still works.
            drop(connection.detach());
        }
        answered
    }
}

fn silent() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the replica is silent").into()
}

/// Whether a connection, or the whole server, is of no more use.
fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        // It ends, has crashed, or starts.
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P03"))
        }
        _ => false,
    }
}

/// Whether a statement that changes something was refused: that is a mistake of ours, and is not
/// done elsewhere.
fn is_a_change(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("25006"))
}

/// A statement that can be asked twice.
#[derive(Clone)]
struct Asked {
    sql: SqlStr,
    arguments: PgArguments,
    persistent: bool,
    /// Whether one row is enough.
    one: bool,
}

impl Asked {
    fn new<'q>(mut query: impl Execute<'q, Postgres>, one: bool) -> Result<Self, BoxDynError> {
        let arguments = query.take_arguments()?.unwrap_or_default();
        Ok(Self { arguments, persistent: query.persistent(), sql: query.sql(), one })
    }

    async fn rows(self, at: impl Executor<'_, Database = Postgres>) -> sqlx::Result<Vec<PgRow>> {
        let query = sqlx::query_with(self.sql, self.arguments).persistent(self.persistent);
        if self.one {
            return Ok(query.fetch_optional(at).await?.into_iter().collect());
        }
        query.fetch_all(at).await
    }
}

impl<'c> Executor<'c> for &'c Lagging {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let asked = Asked::new(query, false);
        let rows = async move { self.rows(asked.map_err(sqlx::Error::Encode)?).await };
        let rows = rows.map_ok(|rows| stream::iter(rows.into_iter().map(Either::Right).map(Ok)));
        rows.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let asked = Asked::new(query, true);
        let rows = async move { self.rows(asked.map_err(sqlx::Error::Encode)?).await };
        rows.map_ok(|rows| rows.into_iter().next()).boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'c: 'e,
    {
        (&self.primary).prepare_with(sql, parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_with_a_server_is_told_from_what_is_wrong_with_a_question() {
        assert!(is_broken(&silent()));
        assert!(!is_broken(&sqlx::Error::PoolTimedOut), "it is busy");
        assert!(!is_broken(&sqlx::Error::RowNotFound));
        assert!(!is_a_change(&silent()));
    }
}
