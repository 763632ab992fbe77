use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use kernel::Id;
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::cluster::{self, Cluster, DATABASE, Options};

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
            postmaster(server).into_iter().for_each(|process| signal(process, Signal::KILL));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Replicated {
    /// Starts both; that of a test which is killed stays in the folder for temporary files.
    pub async fn start() -> Self {
        let name = Id::<Self>::new().uuid().simple();
        let folder = std::env::temp_dir().join(format!("tipple-replicated-{name}"));
        let primary = start(&folder.join("primary"), 0, None).await;
        let replica = start(&folder.join("replica"), 0, Some(primary.port())).await;
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
                .fetch_one(&mut connect(&self.replica).await)
                .await
                .expect("state");
            if state == "paused" {
                return;
            }
            // It notices when something comes.
            let mut primary = connect(&self.primary).await;
            let _ = sqlx::query("select pg_switch_wal()").execute(&mut primary).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the replica does not pause");
    }

    pub async fn go_on(&self) {
        self.at_replica("select pg_wal_replay_resume()").await;
    }

    async fn at_replica(&self, query: &'static str) {
        let mut connection = connect(&self.replica).await;
        sqlx::query(AssertSqlSafe(query)).execute(&mut connection).await.expect("an answer");
    }

    /// Ends the replica and all its processes, as a power cut would.
    pub async fn kill_replica(&self) {
        kill(&self.replica).await;
    }

    /// Starts one that was killed again where it was.
    pub async fn restart_replica(&mut self) {
        self.replica.ended().await;
        let (port, primary) = (self.replica.port(), self.primary.port());
        self.replica = start(&self.folder.join("replica"), port, Some(primary)).await;
    }

    /// The replica takes changes from now on, and follows nobody.
    pub async fn promote_replica(&self) {
        self.at_replica("select pg_promote()").await;
    }

    /// Makes one that knows what the primary has now and nothing of what comes, to stand in for it.
    pub async fn make_spare(&self) {
        let spare = start(&self.folder.join("spare"), 0, Some(self.primary.port())).await;
        spare.stop().await.expect("it stops");
    }

    /// The primary dies, and the spare one takes its place and its address.
    pub async fn fail_over(&mut self) {
        kill(&self.primary).await;
        self.primary.ended().await;
        let port = self.primary.port();
        while TcpListener::bind(("127.0.0.1", port)).is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.primary = start(&self.folder.join("spare"), port, Some(port)).await;
        let mut connection = connect(&self.primary).await;
        let promoted = sqlx::query("select pg_promote()").execute(&mut connection).await;
        promoted.expect("it takes changes");
    }

    /// Throws away what the replica has, and copies the primary as it is now.
    pub async fn copy_replica(&mut self) {
        let port = self.replica.port();
        let folder = self.folder.join("replica");
        cluster::discard(&folder).await.expect("it stops");
        self.replica = start(&folder, port, Some(self.primary.port())).await;
    }

    /// Lets it do nothing, though its connections stay.
    pub async fn freeze_replica(&self) {
        let all = processes(&self.replica, Signal::STOP).await;
        all.iter().for_each(|process| signal(*process, Signal::STOP));
        self.frozen.lock().expect("nobody panicked").extend(all);
    }

    pub fn thaw_replica(&self) {
        let frozen = std::mem::take(&mut *self.frozen.lock().expect("nobody panicked"));
        frozen.into_iter().for_each(|process| signal(process, Signal::CONT));
    }
}

async fn connect(server: &Cluster) -> PgConnection {
    PgConnection::connect(&server.url(DATABASE)).await.expect("the server")
}

async fn kill(server: &Cluster) {
    for process in processes(server, Signal::KILL).await {
        signal(process, Signal::KILL);
    }
}

/// All processes of a server, of which the first has been sent the signal, so that there come no more.
async fn processes(server: &Cluster, first: Signal) -> Vec<Pid> {
    let mut connection = connect(server).await;
    let postmaster = postmaster(server);
    postmaster.into_iter().for_each(|process| signal(process, first));
    let others = sqlx::query_scalar::<_, i32>("select pid from pg_stat_activity");
    let others = others.fetch_all(&mut connection).await.unwrap_or_default();
    postmaster.into_iter().chain(others.into_iter().filter_map(Pid::from_raw)).collect()
}

fn signal(process: Pid, signal: Signal) {
    let _ = kill_process(process, signal);
}

async fn start(folder: &Path, port: u16, copy_of: Option<u16>) -> Cluster {
    let options = Options { throw_away: true, copy_of, ..Options::default() };
    Cluster::start(folder, port, &options).await.expect("a server")
}

/// The server's first process; one that has ended has none.
fn postmaster(server: &Cluster) -> Option<Pid> {
    server.process().and_then(|process| Pid::from_raw(process.cast_signed()))
}
