use std::{
    fs,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::Duration,
};

use kernel::Id;
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::cluster::{Cluster, DATABASE, Options};

/// A PostgreSQL server of the test's own, and a streaming replica of it.
pub struct Replicated {
    folder: PathBuf,
    primary: Cluster,
    replica: Cluster,
    frozen: Mutex<Vec<Pid>>,
}

impl Drop for Replicated {
    fn drop(&mut self) {
        self.thaw_replica();
        for server in [&self.replica, &self.primary] {
            signal(postmaster(server), Signal::KILL);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Replicated {
    /// Starts both; that of a test which is killed stays in the folder for temporary files.
    pub async fn start() -> Self {
        let name = Id::<Self>::new().uuid().simple();
        let folder = std::env::temp_dir().join(format!("tipple-replicated-{name}"));
        let primary = start(&folder.join("primary"), 0).await;
        copy(&primary, &folder.join("replica")).await;
        let replica = start(&folder.join("replica"), 0).await;
        Self { folder, primary, replica, frozen: Mutex::default() }
    }

    /// The address of the database, with all rights.
    pub fn primary_url(&self) -> String {
        self.primary.url(DATABASE)
    }

    /// The same at the replica.
    pub fn replica_url(&self) -> String {
        self.replica.url(DATABASE)
    }

    /// Lets nothing new appear at the replica, until it goes on.
    pub async fn pause(&self) {
        self.at_replica("select pg_wal_replay_pause()").await;
        // What is asked for happens before the next record is replayed.
        for _ in 0..600 {
            let state = "select pg_get_wal_replay_pause_state()";
            let state: String = sqlx::query_scalar(state)
                .fetch_one(&mut self.connection().await)
                .await
                .expect("state");
            if state == "paused" {
                return;
            }
            // It notices when something comes.
            let mut primary =
                PgConnection::connect(&self.primary_url()).await.expect("the primary");
            let _ = sqlx::query("select pg_switch_wal()").execute(&mut primary).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the replica does not pause");
    }

    pub async fn go_on(&self) {
        self.at_replica("select pg_wal_replay_resume()").await;
    }

    async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.replica_url()).await.expect("the replica")
    }

    async fn at_replica(&self, query: &'static str) {
        let mut connection = self.connection().await;
        sqlx::query(AssertSqlSafe(query)).execute(&mut connection).await.expect("an answer");
    }

    /// Ends the replica and all its processes, as a power cut would.
    pub async fn kill_replica(&self) {
        for process in self.processes(Signal::KILL).await {
            signal(process, Signal::KILL);
        }
    }

    /// Starts it again where it was.
    pub async fn restart_replica(&mut self) {
        let port = self.replica.port();
        self.replica = start(&self.folder.join("replica"), port).await;
    }

    /// Lets it do nothing, though its connections stay.
    pub async fn freeze_replica(&self) {
        let all = self.processes(Signal::STOP).await;
        all.iter().for_each(|process| signal(*process, Signal::STOP));
        self.frozen.lock().expect("nobody panicked").extend(all);
    }

    pub fn thaw_replica(&self) {
        let frozen = std::mem::take(&mut *self.frozen.lock().expect("nobody panicked"));
        frozen.into_iter().for_each(|process| signal(process, Signal::CONT));
    }

    /// All processes of the replica, of which the first has been sent the signal, so that there come no
    /// more.
    async fn processes(&self, first: Signal) -> Vec<Pid> {
        let mut connection = self.connection().await;
        let postmaster = postmaster(&self.replica);
        signal(postmaster, first);
        let others = sqlx::query_scalar::<_, i32>("select pid from pg_stat_activity");
        let others = others.fetch_all(&mut connection).await.unwrap_or_default();
        [postmaster].into_iter().chain(others.into_iter().filter_map(Pid::from_raw)).collect()
    }
}

fn signal(process: Pid, signal: Signal) {
    let _ = kill_process(process, signal);
}

async fn start(folder: &Path, port: u16) -> Cluster {
    let options = Options { throw_away: true, ..Options::default() };
    Cluster::start(folder, port, &options).await.expect("a server")
}

fn postmaster(cluster: &Cluster) -> Pid {
    let text = fs::read_to_string(cluster.folder().join("pgdata/postmaster.pid"));
    let pid = text.ok().and_then(|text| text.lines().next()?.parse().ok());
    // One that has ended has no file; a number that nobody has stands for it.
    Pid::from_raw(pid.unwrap_or(i32::MAX)).expect("a number")
}

/// Copies a server's data to where its replica will run.
async fn copy(primary: &Cluster, folder: &Path) {
    let mut connection = PgConnection::connect(&primary.url("postgres")).await.expect("the server");
    let programs = "select setting from pg_config where name = 'BINDIR'";
    let programs: String =
        sqlx::query_scalar(programs).fetch_one(&mut connection).await.expect("a folder");
    let owner = fs::metadata(primary.folder().join("pgdata")).expect("its data");
    let data = folder.join("pgdata");
    fs::DirBuilder::new().mode(0o755).create(folder).expect("a folder");
    fs::DirBuilder::new().mode(0o700).create(&data).expect("a folder");
    let mut copying = Command::new(Path::new(&programs).join("pg_basebackup"));
    copying.args([
        "--write-recovery-conf",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--no-sync",
    ]);
    copying.args(["--host=127.0.0.1", "--username=postgres"]);
    copying.arg(format!("--port={}", primary.port())).arg("-D").arg(&data).current_dir("/");
    if rustix::process::geteuid().is_root() {
        chown(&data, Some(owner.uid()), Some(owner.gid())).expect("its folder");
        copying.uid(owner.uid()).gid(owner.gid());
    }
    let done = tokio::task::spawn_blocking(move || copying.output()).await.expect("a copy");
    let done = done.expect("PostgreSQL's pg_basebackup");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
