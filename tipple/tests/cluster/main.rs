//! A cluster as `tipple cluster` runs it: it answers as one process does, and whatever is killed in it, every
//! order that was taken comes to its end, once.
//!
//! `TIPPLE_ROULETTE_SECONDS` says for how long processes are killed, and `TIPPLE_ROULETTE_SEED` repeats a run.

mod looks;
mod roulette;
#[path = "../support/mod.rs"]
mod support;

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use kernel::PersonId;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use sqlx::Connection;
use support::{
    SECRET, Town,
    story::{House, assert_equal, story},
};

/// The gap in service after a death.
const GAP: Duration = Duration::from_secs(2);
/// Whose twin was killed so short a time ago is left alone: there are two of each, not three.
const TWINS: Duration = Duration::from_secs(8);

/// A cluster that runs, in a folder of its own.
struct Running {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Running {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("tipple-cluster-{}", PersonId::new()));
        let port = fifty_free_ports();
        let town = Town::of(String::new(), port + 2, vec![port, port + 1]);
        // What the test's own people, stores and tokens need; where things are the cluster knows itself.
        let settings = town.settings().into_iter().filter(|(name, _)| {
            let own = ["DATABASE_URL", "TIPPLE__PUBLIC_URL", "TIPPLE__LOG__LEVEL"];
            !own.contains(name) && !name.contains("UPSTREAMS") && !name.contains("SANDBOX")
        });
        let child = Command::new(env!("CARGO_BIN_EXE_tipple"))
            .args(["cluster", "--bare", "--port", &port.to_string(), "--data"])
            .arg(&folder)
            .env_remove("DATABASE_URL")
            .envs(settings)
            .env("TIPPLE__DATABASE__POOL_SIZE", "5")
            .env("TIPPLE__LOG__LEVEL", "warn")
            .env("TIPPLE__LEAVE_NOTICE_MS", "700")
            .env("TIPPLE__EVENTS__SWEEP_SECONDS", "2")
            .env("TIPPLE__PAYMENTS__POLL_OPEN_SECONDS", "3")
            .env("TIPPLE__ORDERS__PLACING_LEASE_SECONDS", "8")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        Self { child, folder, port }
    }

    /// Waits until it says that it runs, and shows all that it says.
    async fn is_ready(&mut self) {
        let mut said = self.child.stdout.take().expect("what it says");
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let (mut text, mut tell, mut piece) = (String::new(), Some(tell), [0; 4096]);
            while let Ok(length @ 1..) = said.read(&mut piece) {
                let piece = String::from_utf8_lossy(&piece[..length]);
                eprint!("{piece}");
                text.push_str(&piece);
                if text.contains("Ctrl-C")
                    && let Some(tell) = tell.take()
                {
                    let _ = tell.send(());
                }
            }
        });
        told.await.expect("it runs");
    }

    fn number(&self, name: &str) -> Option<Pid> {
        let text = fs::read_to_string(self.folder.join("run").join(name)).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    }

    /// Ends one process and all that it started, at once.
    fn kill(&self, name: &str) -> bool {
        self.number(name).is_some_and(|process| kill_process_group(process, Signal::KILL).is_ok())
    }

    fn secret(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join("secrets").join(name)).expect("a secret")
    }

    /// The cluster as tests see a town.
    fn town(&self) -> Town {
        Town::of(self.secret("database.url"), self.port + 2, vec![self.port, self.port + 1])
    }

    /// Nothing of it listens to other machines, and nobody gets into its database without a password.
    async fn is_closed(&self) {
        let ports = self.port..self.port + 50;
        let mut open = Vec::new();
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let table = fs::read_to_string(table).unwrap_or_default();
            for line in table.lines().skip(1) {
                let [_, here, _, state] = line.split_whitespace().collect::<Vec<_>>()[..4] else {
                    continue;
                };
                let (address, port) = here.split_once(':').expect("an address");
                let port = u16::from_str_radix(port, 16).expect("a port");
                // 0A is listening, and zeros are every address.
                if state == "0A" && ports.contains(&port) && address.chars().all(|it| it == '0') {
                    open.push(port);
                }
            }
        }
        assert_eq!(open, [0; 0], "listen to everybody");
        for port in [self.port + 3, self.port + 4] {
            let stranger = format!("postgres://postgres@127.0.0.1:{port}/tipple");
            assert!(sqlx::PgConnection::connect(&stranger).await.is_err(), "{port}");
        }
    }

    /// What a doctor says, and whether all is well.
    fn doctor(&self) -> (bool, String) {
        let told = Command::new(env!("CARGO_BIN_EXE_tipple"))
            .arg("doctor")
            .env_remove("DATABASE_URL")
            .env("TIPPLE__HOUSE__SECRET", SECRET)
            .env("TIPPLE__ACCOUNTS__SECRET", format!("accounts: {SECRET}"))
            .env("TIPPLE_CONFIG", self.folder.join("tipple.toml"))
            .env("TIPPLE_SECRETS", self.folder.join("secrets"))
            .output()
            .expect("the binary runs");
        (told.status.success(), String::from_utf8_lossy(&told.stdout).into_owned())
    }

    async fn doctor_is_content(&self) {
        let mut said = String::new();
        for _ in 0..60 {
            let (well, told) = self.doctor();
            if well {
                return;
            }
            said = told;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("the doctor finds something:\n{said}");
    }

    /// Whether services that show people lists have connections to the replica.
    async fn replica_was_read(&self) {
        let address = self.secret("database.replicas");
        let mut replica = sqlx::PgConnection::connect(&address).await.expect("the replica");
        let query =
            "select distinct usename::text from pg_stat_activity where usename ~ '^tipple_'";
        let readers: Vec<String> =
            sqlx::query_scalar(query).fetch_all(&mut replica).await.expect("an answer");
        for reader in ["tipple_catalogue", "tipple_orders"] {
            assert!(readers.iter().any(|name| name == reader), "{readers:?}");
        }
    }

    /// Asks it to end, and looks for what it left.
    async fn end(&mut self) {
        let number = Pid::from_raw(self.child.id() as i32).expect("a process");
        kill_process(number, Signal::TERM).expect("it runs");
        for _ in 0..1200 {
            if let Some(status) = self.child.try_wait().expect("a child") {
                assert!(status.success(), "{status}");
                let mark = format!("TIPPLE_CLUSTER={}", self.folder.display());
                assert_eq!(with_mark(&mark), [""; 0], "are left");
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let number = Pid::from_raw(self.child.id() as i32).expect("a process");
            let _ = kill_process(number, Signal::TERM);
            let _ = self.child.wait();
        }
        // As root the database's folder may be elsewhere, behind a link.
        for place in ["postgres-primary", "postgres-replica"] {
            if let Ok(elsewhere) = fs::read_link(self.folder.join(place)) {
                let _ = fs::remove_dir_all(elsewhere);
            }
        }
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The command lines of processes that have this in their environment.
fn with_mark(mark: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    let marked = all.filter(|process| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    });
    marked.map(|one| fs::read_to_string(one.join("cmdline")).unwrap_or_default()).collect()
}

/// The first of fifty ports of which none is taken, below those that systems give to connections.
fn fifty_free_ports() -> u16 {
    let free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    for _ in 0..100 {
        let first = 20_000 + u16::from_le_bytes(kernel::random_bytes::<2>()) % 240 * 50;
        if (first..first + 50).all(free) {
            return first;
        }
    }
    panic!("no fifty ports in a row are free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_answers_as_one_process_does_and_outlives_whatever_is_killed() {
    if testkit::broker().is_none() {
        return;
    }
    let mut cluster = Running::start();
    let together = async { story(House::together(Town::new(1).await).await).await };
    let (together, ()) = tokio::join!(together, cluster.is_ready());
    assert_equal(&together, &story(House::of(cluster.town())).await);
    cluster.replica_was_read().await;
    cluster.is_closed().await;
    cluster.doctor_is_content().await;
    roulette::roulette(&cluster).await;
    cluster.doctor_is_content().await;
    cluster.end().await;
    let (well, told) = cluster.doctor();
    assert!(!well && told.contains("WRONG database"), "{told}");
}

/// Where things are the cluster decides itself.
#[test]
fn a_cluster_has_a_settings_file_of_its_own() {
    let told = Command::new(env!("CARGO_BIN_EXE_tipple"))
        .args(["cluster", "--data"])
        .arg(Path::new("/nonexistent/folder"))
        .env("TIPPLE_CONFIG", "tipple.example.toml")
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&told.stderr);
    assert!(!told.status.success() && said.contains("a settings file of its own"), "{said}");
}
