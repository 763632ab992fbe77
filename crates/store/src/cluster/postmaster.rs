use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::bail;
use rustix::{
    io::Errno,
    process::{Pid, Signal, test_kill_process},
};
use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::time::timeout;

use super::account::Account;

/// A server that an earlier process started.
#[derive(Debug)]
pub(super) struct Running {
    pub pid: u32,
    pub port: u16,
    pgdata: PathBuf,
}

impl Running {
    /// The server that runs on a data folder.
    pub fn find(pgdata: &Path) -> anyhow::Result<Option<Self>> {
        let file = pgdata.join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&file) else { return Ok(None) };
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        let pid = lines.first().and_then(|line| line.parse().ok());
        let port = lines.get(3).and_then(|line| line.parse().ok());
        let (Some(pid), Some(port)) = (pid, port) else {
            fs::remove_file(&file)?;
            return Ok(None);
        };
        let running = Self { pid, port, pgdata: pgdata.into() };
        if running.lives() {
            return Ok(Some(running));
        }
        if Pid::from_raw(pid.cast_signed())
            .is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
        {
            // Another process has the dead server's number, and PostgreSQL would take it for the
            // server. It knows better of its own parent's number. It needs the rest of the file to
            // tell whether children of the dead server still live.
            let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
            fs::write(&file, format!("{}\n{rest}", std::process::id()))?;
        }
        Ok(None)
    }

    /// Whether the process is there and is the server of this data folder.
    pub fn lives(&self) -> bool {
        let Some(command) = command_line(self.pid) else { return false };
        let Some(program) = command.split(' ').next() else { return false };
        let folder = format!(" {} ", self.pgdata.display());
        Path::new(program).file_name().is_some_and(|name| name == "postgres")
            && (format!("{command} ").contains(&folder)
                || fs::read_link(format!("/proc/{}/cwd", self.pid))
                    .is_ok_and(|cwd| cwd == self.pgdata))
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(&self, account: Account) -> anyhow::Result<()> {
        for signal in [Signal::INT, Signal::QUIT] {
            if self.lives() {
                account.signal(self.pid, signal);
            }
            for _ in 0..300 {
                if !self.lives() {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        bail!("PostgreSQL's process {} does not stop: end it with `kill -9 {}`", self.pid, self.pid)
    }
}

fn command_line(pid: u32) -> Option<String> {
    if Path::new("/proc/self/cmdline").exists() {
        let words = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&words).replace('\0', " "));
    }
    let output = Command::new("ps").args(["-o", "args=", "-p", &pid.to_string()]).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().into())
}

/// What listens on a port.
#[derive(Debug)]
pub(super) enum Answer {
    /// A server, with its data folder.
    Ready(PathBuf),
    /// Nothing yet, or a server that starts or stops.
    NotYet,
    /// A server that does not let us in, or something else.
    Refused(sqlx::Error),
}

pub(super) async fn ask(port: u16, password: Option<&str>) -> Answer {
    match timeout(Duration::from_secs(5), data_folder(port, password)).await {
        Ok(Ok(folder)) => Answer::Ready(fs::canonicalize(&folder).unwrap_or(folder)),
        Err(_) | Ok(Err(sqlx::Error::Io(_))) => Answer::NotYet,
        Ok(Err(sqlx::Error::Database(error))) if error.code().as_deref() == Some(NOT_NOW) => {
            Answer::NotYet
        }
        Ok(Err(error)) => Answer::Refused(error),
    }
}

/// The code of a server that starts, recovers or stops.
const NOT_NOW: &str = "57P03";

async fn data_folder(port: u16, password: Option<&str>) -> sqlx::Result<PathBuf> {
    let mut options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username("postgres")
        .database("postgres")
        .ssl_mode(PgSslMode::Disable);
    if let Some(password) = password {
        options = options.password(password);
    }
    let mut connection = PgConnection::connect_with(&options).await?;
    let folder: String =
        sqlx::query_scalar("show data_directory").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(folder.into())
}
