//! `tipple postgres -- COMMAND…`: runs a command beside a throw-away PostgreSQL server.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitCode, ExitStatus},
    time::Duration,
};

use anyhow::Context;
use rustix::{
    fs::{FlockOperation, flock},
    process::{Pid, Signal, kill_process},
};
use store::cluster::{self, Cluster, Options};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

/// Tells the tests where they may create databases.
const ADDRESS: &str = "TIPPLE_TEST_DATABASE_URL";

/// Where it is on the disk, and in the memory.
const ON_DISK: &str = "target/postgres";
const IN_MEMORY: &str = "/dev/shm";
/// As much has to be free there: each test has a database of some ten megabytes for as long as it takes.
const ROOM: u64 = 6 << 30;

/// Starts an empty server in a folder of its own below `folder`, runs the command with its address
/// in the environment, stops and deletes the server, and answers as the command did. Port 0 takes
/// a free one.
pub async fn run(
    folder: Option<PathBuf>,
    port: u16,
    command: Vec<String>,
) -> anyhow::Result<ExitCode> {
    let place = Place::take(&folder.unwrap_or_else(somewhere)).await?;
    let outcome = beside_cluster(&place.folder, port, &command).await;
    place.leave().await?;
    outcome
}

/// In the memory, where that has room. Tests make and delete databases by the thousand, and there a file
/// system would spend a third of the machine's time on finding numbers for their files.
fn somewhere() -> PathBuf {
    let room = rustix::fs::statvfs(IN_MEMORY).map(|there| there.f_bavail * there.f_frsize);
    if room.is_ok_and(|room| room >= ROOM) {
        let user = rustix::process::getuid().as_raw();
        return Path::new(IN_MEMORY).join(format!("tipple-postgres-{user}"));
    }
    ON_DISK.into()
}

async fn beside_cluster(folder: &Path, port: u16, command: &[String]) -> anyhow::Result<ExitCode> {
    let (program, arguments) = command.split_first().context("no command was given")?;
    let mut stops = Stops::listen()?;
    let options = Options { throw_away: true, ..Options::default() };
    let cluster = tokio::select! {
        cluster = Cluster::start(folder, port, &options) => cluster?,
        code = stops.next() => return Ok(ExitCode::from(code)),
    };
    let mut command = Command::new(program);
    command.args(arguments).env(ADDRESS, cluster.url("postgres"));
    let ended = match command.spawn().with_context(|| format!("run {program}")) {
        Ok(child) => stops.wait(child).await,
        Err(error) => Err(error),
    };
    cluster.stop().await?;
    Ok(exit_code(ended?))
}

/// A cluster's folder, and the lock that says that its process still lives.
struct Place {
    folder: PathBuf,
    lock: PathBuf,
    _held: File,
}

impl Place {
    /// Takes a new folder, and deletes those whose process was killed.
    async fn take(parent: &Path) -> anyhow::Result<Self> {
        let parent = std::path::absolute(parent)?;
        fs::create_dir_all(&parent).with_context(|| format!("create {}", parent.display()))?;
        let gate = open(&parent.join("gate"))?;
        let held = gate.try_clone()?;
        tokio::task::spawn_blocking(move || flock(held, FlockOperation::LockExclusive)).await??;
        for entry in fs::read_dir(&parent)? {
            let lock = entry?.path();
            let left = lock.extension().is_some_and(|end| end == "lock")
                && flock(open(&lock)?, FlockOperation::NonBlockingLockExclusive).is_ok();
            if left {
                cluster::discard(&lock.with_extension("")).await?;
                fs::remove_file(&lock)?;
            }
        }
        let folder = parent.join(std::process::id().to_string());
        let lock = folder.with_extension("lock");
        let held = open(&lock)?;
        flock(&held, FlockOperation::NonBlockingLockExclusive)
            .with_context(|| format!("{} is in use", folder.display()))?;
        Ok(Self { folder, lock, _held: held })
    }

    /// Stops what may still run there, and deletes it.
    async fn leave(self) -> anyhow::Result<()> {
        cluster::discard(&self.folder).await?;
        fs::remove_file(&self.lock).with_context(|| format!("delete {}", self.lock.display()))
    }
}

fn open(file: &Path) -> anyhow::Result<File> {
    let file_options = OpenOptions::new().write(true).create(true).truncate(false).open(file);
    file_options.with_context(|| format!("write to {}", file.display()))
}

/// The signals that ask this process to stop.
struct Stops {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

impl Stops {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one, and answers the exit code that a shell would give.
    async fn next(&mut self) -> u8 {
        let number = tokio::select! {
            _ = self.interrupt.recv() => 2,
            _ = self.terminate.recv() => 15,
            _ = self.hang_up.recv() => 1,
        };
        128 + number
    }

    /// Waits for the command, and passes on a wish to stop. The terminal sends Ctrl-C to both, so
    /// the command has time to follow it by itself.
    async fn wait(&mut self, mut child: Child) -> anyhow::Result<ExitStatus> {
        loop {
            tokio::select! {
                status = child.wait() => return Ok(status?),
                _ = self.interrupt.recv() => {
                    let patience = tokio::time::timeout(Duration::from_secs(10), child.wait());
                    if let Ok(status) = patience.await {
                        return Ok(status?);
                    }
                }
                _ = self.terminate.recv() => {}
                _ = self.hang_up.recv() => {}
            }
            if let Some(pid) = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed())) {
                let _ = kill_process(pid, Signal::TERM);
            }
        }
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
