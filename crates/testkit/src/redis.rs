//! A Redis for tests: the one that all share, or one of a test's own to ill-treat.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

const ADDRESS: &str = "TIPPLE_TEST_REDIS_URL";

/// The address of the Redis that all tests share. Without one the caller is to leave; it is said. Where
/// changes are checked there has to be one.
pub fn shared_redis() -> Option<String> {
    let url = std::env::var(ADDRESS).ok();
    if url.is_none() {
        let is_checked = std::env::var("CI").is_ok_and(|ci| !ci.is_empty());
        assert!(!is_checked, "there is no Redis: run the tests with scripts/redis");
        eprintln!("skipped: there is no {ADDRESS}; run it with `make test` or below scripts/redis");
    }
    url
}

/// A Redis of a test's own, on the same port for as long as it is there.
pub struct OwnRedis {
    port: u16,
    folder: PathBuf,
    child: Child,
}

impl OwnRedis {
    /// Starts one; none where tests have no Redis.
    pub async fn start() -> Option<Self> {
        shared_redis()?;
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
            let name = format!("tipple-redis-{}-{port}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).expect("a folder");
            let redis = Self { port, child: spawn(port, &folder), folder };
            if redis.answers().await {
                return Some(redis);
            }
        }
        panic!("no Redis would start");
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// `SIGKILL`.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is dead");
    }

    /// Starts it again, empty.
    pub async fn restart(&mut self) {
        self.child = spawn(self.port, &self.folder);
        assert!(self.answers().await, "Redis starts again");
    }

    /// It accepts what comes and says nothing, until it [goes on](Self::go_on).
    pub fn fall_silent(&self) {
        self.signal(Signal::STOP);
    }

    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Loses all it has.
    pub async fn flush(&self) {
        assert!(self.says("FLUSHALL", "+OK").await, "Redis forgets");
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).expect("a process");
        kill_process(pid, signal).expect("it hears");
    }

    async fn answers(&self) -> bool {
        for _ in 0..300 {
            if self.says("PING", "+PONG").await {
                return true;
            }
            sleep(Duration::from_millis(50)).await;
        }
        false
    }

    async fn says(&self, command: &str, answer: &str) -> bool {
        let asked = async {
            let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await?;
            socket.write_all(format!("{command}\r\n").as_bytes()).await?;
            let mut heard = vec![0; answer.len()];
            socket.read_exact(&mut heard).await?;
            std::io::Result::Ok(heard == answer.as_bytes())
        };
        timeout(Duration::from_secs(5), asked).await.is_ok_and(|said| said.unwrap_or(false))
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn spawn(port: u16, folder: &PathBuf) -> Child {
    Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--save", "", "--appendonly", "no"])
        .arg("--dir")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server: scripts/setup redis installs it")
}
