//! The database's side: every commit of the process is noted, and one can be made to wait.

use std::time::Duration;

use anyhow::Context;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::sync::Mutex;

/// Prepares a database that has all tables.
pub async fn prepare(database_url: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(database_url).await?;
    connection.execute(include_str!("commits.sql")).await.context("commits.sql")?;
    Ok(connection.close().await?)
}

/// The one that `commits.sql` waits for.
const LOCK: i64 = 7_031_975;
/// How often it is looked whether a commit waits.
const PACE: Duration = Duration::from_millis(25);

const WAITING: &str = "from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())
    and classid = 0 and objid = 7031975";

pub struct Commits {
    pub db: PgPool,
    /// Holds the lock, for locks are their session's.
    holder: Mutex<PgConnection>,
}

impl Commits {
    /// On a database that was prepared.
    pub async fn on(database_url: &str) -> anyhow::Result<Self> {
        let db = sqlx::postgres::PgPoolOptions::new().max_connections(4);
        let db = db.connect(database_url).await?;
        let holder = Mutex::new(PgConnection::connect(database_url).await?);
        Ok(Self { db, holder })
    }

    /// Forgets what has been noted. What flows before left to be looked at is looked at no more: it
    /// would be seen as a step of the next one.
    pub async fn clear(&self) -> sqlx::Result<()> {
        let mut tx = self.unnoted().await?;
        let clear = "delete from kill_points.wrote; delete from kill_points.committed;
            delete from kill_points.before;
            insert into kill_points.before
            select id from payments.payment order by id desc limit 1;
            update payments.payment set look_at = null where look_at is not null";
        tx.execute(clear).await?;
        tx.commit().await
    }

    /// What is written in it is nobody's commit.
    async fn unnoted(&self) -> sqlx::Result<sqlx::PgTransaction<'static>> {
        let mut tx = self.db.begin().await?;
        tx.execute("set local session_replication_role = replica").await?;
        Ok(tx)
    }

    /// All commits since then, in their order.
    pub async fn noted(&self) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar("select what from kill_points.committed order by id")
            .fetch_all(&self.db)
            .await
    }

    /// From now on the nth commit that looks like this waits; any, where `nth` is none.
    pub async fn stop_at(&self, pattern: &str, nth: Option<i64>) -> sqlx::Result<()> {
        let mut holder = self.holder.lock().await;
        sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut *holder).await?;
        sqlx::query("insert into kill_points.stop (pattern, nth) values ($1, $2)")
            .bind(pattern)
            .bind(nth)
            .execute(&mut *holder)
            .await?;
        Ok(())
    }

    /// Waits until a commit waits.
    pub async fn held(&self) -> sqlx::Result<()> {
        while !self.is_held().await? {
            tokio::time::sleep(PACE).await;
        }
        Ok(())
    }

    async fn is_held(&self) -> sqlx::Result<bool> {
        let query = format!("select exists (select {WAITING})");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&self.db).await
    }

    /// No commit waits any more. Those that did are lost with their connection, or go through.
    pub async fn release(&self, kept: bool) -> sqlx::Result<()> {
        let mut holder = self.holder.lock().await;
        holder.execute("delete from kill_points.stop").await?;
        if !kept {
            let lose = format!("select pg_terminate_backend(pid) {WAITING}");
            holder.execute(sqlx::AssertSqlSafe(lose)).await?;
            while self.is_held().await? {
                tokio::time::sleep(PACE).await;
            }
        }
        holder.execute("select pg_advisory_unlock_all()").await?;
        drop(holder);
        while self.is_held().await? {
            tokio::time::sleep(PACE).await;
        }
        Ok(())
    }

    /// The day's look for disputes at this provider is due, and those of flows before ended too long ago
    /// to be looked at.
    pub async fn look_for_disputes(&self, provider: &str) -> sqlx::Result<()> {
        let mut tx = self.unnoted().await?;
        tx.execute("update payments.dispute set ended_at = 'epoch' where ended_at is not null")
            .await?;
        sqlx::query("update payments.dispute_look set due_at = now() where provider = $1")
            .bind(provider)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// How the payment of this flow stands, and what its order wants: `authorised/capture`.
    pub async fn state(&self) -> sqlx::Result<String> {
        sqlx::query_scalar("select kill_points.state()").fetch_one(&self.db).await
    }
}
