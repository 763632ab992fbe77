//! PostgreSQL of a cluster: a primary, and a replica that follows it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sqlx::Connection as _;
use store::cluster::{self, Cluster, Options};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    keeper::{Pause, tell_number, told},
    plan::{Passwords, Plan},
};

/// How much the primary keeps for a replica that is away.
const KEPT_FOR_REPLICAS: &str = "512MB";

/// A server that is kept running.
pub struct Kept {
    stop: CancellationToken,
    kept: JoinHandle<anyhow::Result<()>>,
}

#[derive(Clone)]
struct Place {
    name: &'static str,
    folder: PathBuf,
    port: u16,
    options: Options,
    number: PathBuf,
}

/// Starts the primary.
pub async fn primary(plan: &Plan, passwords: &Passwords) -> anyhow::Result<Kept> {
    let options = Options { password: Some(passwords.postgres.clone()), ..Options::default() };
    let place = Place::of(plan, "postgres-primary", plan.primary(), options);
    let server = place.start().await?;
    let mut connection = sqlx::PgConnection::connect(&server.url("postgres")).await?;
    let keep = format!("alter system set wal_keep_size = '{KEPT_FOR_REPLICAS}'");
    sqlx::query(sqlx::AssertSqlSafe(keep)).execute(&mut connection).await?;
    sqlx::query("select pg_reload_conf()").execute(&mut connection).await?;
    connection.close().await?;
    Ok(place.keep(plan, server))
}

/// Makes a copy of the primary as it is now, and starts it.
pub async fn replica(plan: &Plan, passwords: &Passwords) -> anyhow::Result<Kept> {
    let (copy_of, password) = (Some(plan.primary()), Some(passwords.postgres.clone()));
    let options = Options { copy_of, password, ..Options::default() };
    let place = Place::of(plan, "postgres-replica", plan.replica(), options);
    cluster::discard(&place.folder).await.context("delete the old replica")?;
    let server = place.start().await?;
    Ok(place.keep(plan, server))
}

impl Place {
    fn of(plan: &Plan, name: &'static str, port: u16, options: Options) -> Self {
        let (folder, number) = (plan.folder().join(name), plan.numbers().join(name));
        Self { name, folder, port, options, number }
    }

    async fn start(&self) -> anyhow::Result<Cluster> {
        cluster::stop_left(&self.folder).await?;
        let started = Cluster::start(&self.folder, self.port, &self.options).await;
        let server = started.with_context(|| format!("start {}", self.name))?;
        tell_number(&self.number, server.process());
        Ok(server)
    }

    fn keep(self, plan: &Plan, server: Cluster) -> Kept {
        show_log(&server, &plan.logs().join(format!("{}.log", self.name)));
        let stop = CancellationToken::new();
        let kept = tokio::spawn(self.keep_up(server, stop.clone()));
        Kept { stop, kept }
    }

    async fn keep_up(self, first: Cluster, stop: CancellationToken) -> anyhow::Result<()> {
        let (mut running, mut pause) = (Some(first), Pause::new());
        loop {
            if let Some(mut server) = running.take() {
                pause.begins();
                if stop.run_until_cancelled(server.ended()).await.is_none() {
                    let _ = std::fs::remove_file(&self.number);
                    return server.stop().await;
                }
                told(self.name, None);
            }
            if stop.run_until_cancelled(tokio::time::sleep(pause.take())).await.is_none() {
                return Ok(());
            }
            match self.start().await {
                Ok(server) => running = Some(server),
                Err(error) => self.cannot_start(&error).await,
            }
        }
    }

    /// A replica that does not come back is copied anew; a primary's data is never deleted.
    async fn cannot_start(&self, error: &anyhow::Error) {
        println!("  {} cannot start: {error:#}", self.name);
        if self.options.copy_of.is_some() {
            let _ = cluster::discard(&self.folder).await;
        }
    }
}

impl Kept {
    /// Ends the server, and waits until it has.
    pub async fn end(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.kept.await?
    }
}

/// The server writes its log where its user may; it is shown among the others.
fn show_log(server: &Cluster, link: &Path) {
    let _ = std::fs::remove_file(link);
    let _ = std::os::unix::fs::symlink(server.folder().join("server.log"), link);
}
