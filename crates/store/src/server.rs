use std::{str::FromStr, sync::Arc, time::Duration};

use anyhow::{Context, bail, ensure};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use crate::{
    Schema, pool,
    replicas::{self, Reads, Replicas},
};

/// How long a statement waits for a connection: nearly as long as a request may take, for a burst
/// is better answered late than turned away.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same for one to a replica, which the primary stands in for.
const REPLICA_PATIENCE: Duration = Duration::from_secs(1);

/// How long the database may take to let somebody in who sets up the house or looks at it.
const LETS_IN: Duration = Duration::from_secs(10);
/// What the server itself looks after: it lets go of those whom it can no longer reach, and of a
/// transaction in which nothing comes any more, so that a process that is cut off holds no lock for
/// long. No transaction of ours waits so long for anything else; one that does says so.
const CUT_OFF: [(&str, &str); 4] = [
    ("idle_in_transaction_session_timeout", "20s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];

/// A PostgreSQL database that the house lives in, reached by a role that may create roles and
/// schemas.
#[derive(Clone)]
pub struct Server {
    admin: PgConnectOptions,
    /// Passwords of the services' roles are derived from this.
    secret: Vec<u8>,
    /// Connections of a pool.
    pool_size: u32,
    replicas: Arc<Replicas>,
}

/// A server that follows another one.
#[derive(Debug, Clone)]
pub struct Follower {
    pub name: String,
    /// `streaming`, where all is well.
    pub state: String,
    /// How much it has yet to do as the first did.
    pub bytes: i64,
    /// How long the last that it did took to come there.
    pub seconds: f64,
}

impl Server {
    /// `url` is `postgres://user:password@host:port/database`.
    pub fn new(url: &str, secret: &[u8], pool_size: u32) -> anyhow::Result<Self> {
        let replicas = Arc::new(Replicas::new(Vec::new(), Duration::ZERO));
        Ok(Self { admin: admin(url)?, secret: secret.into(), pool_size, replicas })
    }

    /// The same server, for pools of so many connections.
    pub fn with_pools_of(self, pool_size: u32) -> Self {
        Self { pool_size, ..self }
    }

    /// With streaming replicas of it at these addresses. One that is behind by more than `limit` is
    /// left out.
    pub fn with_replicas<'a>(
        mut self,
        urls: impl IntoIterator<Item = &'a str>,
        limit: Duration,
    ) -> anyhow::Result<Self> {
        let all: Vec<_> = urls.into_iter().map(admin).collect::<anyhow::Result<_>>()?;
        let ours = self.admin.get_database();
        for replica in &all {
            // All databases of a cluster have its number.
            ensure!(
                replica.get_database() == ours,
                "the replica at {} is one of the same database: its address names another",
                replicas::place(replica)
            );
        }
        self.replicas = Arc::new(Replicas::new(all, limit));
        Ok(self)
    }

    /// Measures how far behind the replicas are, for as long as it runs; at once where there is none.
    pub async fn keep_measuring(&self) {
        if !self.replicas.is_empty() {
            self.replicas.keep_measuring(&self.admin).await;
        }
    }

    /// Where the replicas are and how many bytes each is behind, looked at once.
    pub async fn look_at_replicas(&self) -> anyhow::Result<Vec<(String, u64)>> {
        self.replicas.look(&self.admin).await
    }

    /// Whether the database answers, and its version (`150018` is 15.18).
    pub async fn version(&self) -> anyhow::Result<i32> {
        let mut connection = self.connect().await?;
        let row = sqlx::query("select current_setting('server_version_num')::int4")
            .fetch_one(&mut connection)
            .await?;
        Ok(row.get(0))
    }

    /// Whether it only follows another server, and takes no changes.
    pub async fn is_replica(&self) -> anyhow::Result<bool> {
        let mut connection = self.connect().await?;
        Ok(sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(&mut connection).await?)
    }

    /// The servers that follow this one, as far as its role may see them.
    pub async fn followers(&self) -> anyhow::Result<Vec<Follower>> {
        let mut connection = self.connect().await?;
        let rows = sqlx::query(
            "select coalesce(application_name, '') as name, coalesce(state, 'unknown') as state,
                    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::int8 as bytes,
                    coalesce(extract(epoch from replay_lag), 0)::float8 as seconds
             from pg_stat_replication order by 1",
        )
        .fetch_all(&mut connection)
        .await?;
        let follower = |row: &sqlx::postgres::PgRow| Follower {
            name: row.get("name"),
            state: row.get("state"),
            bytes: row.get("bytes"),
            seconds: row.get("seconds"),
        };
        Ok(rows.iter().map(follower).collect())
    }

    /// A connection with the rights to set up the house; services never see it.
    pub async fn connect(&self) -> anyhow::Result<PgConnection> {
        let connected = timeout(LETS_IN, PgConnection::connect_with(&self.admin)).await;
        let Ok(connected) = connected else {
            let place = self.place();
            bail!("the database at {place} says nothing for {} s", LETS_IN.as_secs())
        };
        connected.with_context(|| format!("connect to the database at {}", self.place()))
    }

    fn place(&self) -> String {
        replicas::place(&self.admin)
    }

    /// Makes sure that the schema, its role and its tables are there and up to date.
    pub async fn prepare(&self, schema: &Schema) -> anyhow::Result<()> {
        let mut admin = self.connect().await?;
        sqlx::query("select pg_advisory_lock(hashtext('tipple.prepare'))")
            .execute(&mut admin)
            .await?;
        self.prepare_role(&mut admin, schema).await?;
        sqlx::query("create extension if not exists pg_trgm with schema public")
            .execute(&mut admin)
            .await
            .context("create the extension pg_trgm (PostgreSQL's contrib package has it)")?;
        admin.close().await?;
        let pool = PgPoolOptions::new().max_connections(1).connect_with(self.own(schema)).await?;
        schema.migrate(&pool).await?;
        pool.close().await;
        Ok(())
    }

    /// A pool that sees this schema and no other.
    pub async fn open(&self, schema: &Schema) -> anyhow::Result<PgPool> {
        pool::of(self.pool_size, PATIENCE)
            .connect_with(self.own(schema))
            .await
            .with_context(|| format!("connect to the schema {} at {}", schema.name, self.place()))
    }

    /// Where the service of this schema, whose pool is `primary`, reads what may lag.
    pub fn reads(&self, schema: &Schema, primary: &PgPool) -> Reads {
        let pools = self.replicas.addresses().map(|address| {
            pool::of(self.pool_size, REPLICA_PATIENCE)
                // One that is away keeps no process from starting.
                .connect_lazy_with(
                    self.own_at(address, schema).options([("default_transaction_read_only", "on")]),
                )
        });
        Reads::new(primary.clone(), pools.collect(), Arc::clone(&self.replicas))
    }

    async fn prepare_role(&self, admin: &mut PgConnection, schema: &Schema) -> anyhow::Result<()> {
        let (role, name, password) = (role(schema), schema.name, self.password(schema));
        // Roles belong to the whole server: another database's house may be creating the same one.
        let create = format!(
            "do $$ begin
               if not exists (select from pg_roles where rolname = '{role}') then
                 create role {role} login password '{password}';
               end if;
             exception when duplicate_object or unique_violation then null;
             end $$"
        );
        sqlx::query(AssertSqlSafe(create)).execute(&mut *admin).await?;
        if PgConnection::connect_with(&self.own(schema)).await.is_err_and(|e| wrong_password(&e)) {
            let alter = format!("alter role {role} login password '{password}'");
            sqlx::query(AssertSqlSafe(alter)).execute(&mut *admin).await?;
        }
        let exists: bool =
            sqlx::query_scalar("select exists (select from pg_namespace where nspname = $1)")
                .bind(name)
                .fetch_one(&mut *admin)
                .await?;
        if !exists {
            // A member of the role may give it a schema; a superuser needs no such membership.
            let grant = format!("grant {role} to current_user");
            let _ = sqlx::query(AssertSqlSafe(grant)).execute(&mut *admin).await;
            let schema = format!("create schema if not exists {name} authorization {role}");
            sqlx::query(AssertSqlSafe(schema)).execute(&mut *admin).await?;
        }
        Ok(())
    }

    /// How the service itself connects.
    fn own(&self, schema: &Schema) -> PgConnectOptions {
        self.own_at(&self.admin, schema)
    }

    fn own_at(&self, address: &PgConnectOptions, schema: &Schema) -> PgConnectOptions {
        address
            .clone()
            .username(&role(schema))
            .password(&self.password(schema))
            .application_name(schema.name)
            .options([("search_path", format!("{},public", schema.name))])
            .options(CUT_OFF)
    }

    fn password(&self, schema: &Schema) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("any length will do");
        mac.update(b"database role ");
        mac.update(role(schema).as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

/// How an address is connected to with the rights that it names.
fn admin(url: &str) -> anyhow::Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)
        .context("the database address must look like postgres://user:password@host/name")?
        .log_statements(tracing::log::LevelFilter::Trace)
        .log_slow_statements(tracing::log::LevelFilter::Debug, Duration::from_secs(5))
        .options([("client_min_messages", "warning")])
        .application_name("tipple"))
}

fn role(schema: &Schema) -> String {
    format!("tipple_{}", schema.name)
}

fn wrong_password(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("28P01"))
}
