//! A private PostgreSQL cluster: found programs, an own data folder, an own port, loopback only.
//!
//! Every local user may connect to it, unless it has a password: it is for demonstrations, development and
//! tests.

mod account;
mod ground;
mod place;
mod postmaster;
mod programs;
mod trouble;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::bail;
use rustix::process::Signal;
use sqlx::{AssertSqlSafe, Connection};
use tokio::{process::Child, task::spawn_blocking, time::timeout};

use account::Account;
use ground::Ground;
use place::Place;
use postmaster::Running;

/// The database that [`Cluster::start`] creates.
pub const DATABASE: &str = "tipple";

/// The settings that the sentences about trouble point to.
const PROGRAMS_SETTING: &str = "TIPPLE_POSTGRES_BIN";
const PORT_SETTING: &str = "TIPPLE_POSTGRES_PORT";
const FOLDER_SETTING: &str = "TIPPLE_DATA";

/// What a cluster is for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The folder with the server programs; when none is named, the environment's
    /// `TIPPLE_POSTGRES_BIN`, and without that the usual places.
    pub programs: Option<PathBuf>,
    /// Nothing needs to survive a crash of the machine: for tests.
    pub throw_away: bool,
    /// The port of the cluster on this machine that a new one is a copy of, and follows.
    pub copy_of: Option<u16>,
    /// What whoever connects has to know; data that is there already keeps the one that it was made with.
    /// It stands in addresses: letters and digits.
    pub password: Option<String>,
}

/// A running cluster. When dropped it is asked to stop, if this process started it.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    account: Account,
    password: Option<String>,
    /// None: an earlier process started it.
    server: Option<Child>,
}

impl Cluster {
    /// Starts the cluster that lives in `folder`, or joins the one that already runs there; makes
    /// it on first use. Port 0 takes a free one.
    pub async fn start(folder: &Path, port: u16, options: &Options) -> anyhow::Result<Self> {
        let (wanted, given) = (std::path::absolute(folder)?, options.clone());
        let ground = spawn_blocking(move || Ground::prepare(&wanted, port, &given)).await??;
        let mut cluster = match ground.join().await? {
            Some(cluster) => cluster,
            None => ground.launch(options.throw_away).await?,
        };
        // One that follows another takes no statement that changes something.
        if options.copy_of.is_none()
            && let Err(error) = cluster.create_database().await
        {
            let _ = cluster.end().await;
            return Err(error);
        }
        Ok(cluster)
    }

    /// The address of a database, with all rights.
    pub fn url(&self, database: &str) -> String {
        let password = self.password.iter().map(|password| format!(":{password}"));
        let user = ["postgres".to_owned()].into_iter().chain(password).collect::<String>();
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// Where it listens: not what was wanted if that was 0, or if it already ran elsewhere.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its files are: elsewhere than wanted if the server's user could not go there.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether this process started it, and [`Cluster::stop`] will end it.
    pub fn is_own(&self) -> bool {
        self.server.is_some()
    }

    /// The number of the server's process, if this process started it.
    pub fn process(&self) -> Option<u32> {
        self.server.as_ref().and_then(Child::id)
    }

    /// Resolves when the server has ended by itself; never, if another process started it.
    pub async fn ended(&mut self) {
        match &mut self.server {
            Some(server) => drop(server.wait().await),
            None => std::future::pending().await,
        }
    }

    /// What went wrong on this server, as a sentence that says what to do if its disk is full.
    pub fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let said = std::fs::read(self.folder.join("server.log")).unwrap_or_default();
        trouble::of_disk(&String::from_utf8_lossy(&said), &self.folder).unwrap_or(error)
    }

    /// Ends the server, if this process started it, and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.end().await
    }

    async fn end(&mut self) -> anyhow::Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        for (signal, patience) in [(Signal::INT, 60), (Signal::QUIT, 30), (Signal::KILL, 10)] {
            self.signal(&server, signal);
            if let Ok(status) = timeout(Duration::from_secs(patience), server.wait()).await {
                status?;
                return Ok(());
            }
            tracing::warn!("PostgreSQL did not stop within {patience} seconds");
        }
        bail!("PostgreSQL's process {} does not stop: end it", server.id().unwrap_or_default())
    }

    fn signal(&self, server: &Child, signal: Signal) {
        if let Some(process) = server.id() {
            self.account.signal(process, signal);
        }
    }

    async fn create_database(&self) -> anyhow::Result<()> {
        let mut connection = sqlx::PgConnection::connect(&self.url("postgres")).await?;
        let exists: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                .bind(DATABASE)
                .fetch_one(&mut connection)
                .await?;
        if !exists {
            sqlx::query(AssertSqlSafe(format!("create database {DATABASE}")))
                .execute(&mut connection)
                .await
                .map_err(|error| trouble::explain(&error.to_string(), &self.folder, self.port))?;
        }
        connection.close().await?;
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            self.signal(server, Signal::INT);
        }
    }
}

/// Stops a server that an ended process left running in `folder`, if there is one.
pub async fn stop_left(folder: &Path) -> anyhow::Result<()> {
    if let Some(place) = Place::existing(&std::path::absolute(folder)?)? {
        let _lock = stop_at(&place).await?;
    }
    Ok(())
}

/// The same, and deletes the folder.
pub async fn discard(folder: &Path) -> anyhow::Result<()> {
    let wanted = std::path::absolute(folder)?;
    let Some(place) = Place::existing(&wanted)? else { return Ok(()) };
    let _lock = stop_at(&place).await?;
    place.delete(&wanted)
}

/// The lock keeps others from starting one there until it is dropped.
async fn stop_at(place: &Place) -> anyhow::Result<std::fs::File> {
    let locked = place.clone();
    let lock = spawn_blocking(move || locked.lock()).await??;
    if let Some(running) = Running::find(&place.pgdata())? {
        running.stop(Account::choose(&place.pgdata())?).await?;
    }
    Ok(lock)
}
