//! RabbitMQ for tests: the broker that `scripts/rabbitmq` started for all of them, one of a test's own
//! to kill, and a way to it that can be cut.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use kernel::Id;
use lapin::{Connection, ConnectionProperties, options::QueuePurgeOptions};
use tokio::{
    io::{AsyncBufReadExt, BufReader, copy, copy_bidirectional, sink},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::watch,
};

/// The address of the broker of all tests. Where there is none the test says that it is skipped; where
/// changes are checked there has to be one.
pub fn broker() -> Option<String> {
    let url = std::env::var("TIPPLE_TEST_AMQP_URL").ok();
    if url.is_none() {
        let is_checked = std::env::var("CI").is_ok_and(|ci| !ci.is_empty());
        assert!(!is_checked, "there is no RabbitMQ: run the tests with scripts/rabbitmq");
        eprintln!("skipped: there is no RabbitMQ; `make test` and scripts/rabbitmq start one");
    }
    url
}

/// Empties these queues, and says how many messages were lost.
pub async fn purge(url: &str, queues: &[String]) -> u32 {
    let connection = Connection::connect(url, ConnectionProperties::default());
    let connection = connection.await.expect("the broker");
    let channel = connection.create_channel().await.expect("a channel");
    let mut lost = 0;
    for queue in queues {
        let purged = channel.queue_purge(queue.as_str().into(), QueuePurgeOptions::default());
        lost += purged.await.expect("a queue");
    }
    connection.close(200, "purged".into()).await.expect("closed");
    lost
}

/// A broker of a test's own, which does not run until it is started.
pub struct OwnBroker {
    port: u16,
    folder: PathBuf,
    /// Ends the broker when it is dropped: it waits for what this process says.
    running: Option<Child>,
}

impl OwnBroker {
    /// None where there is no RabbitMQ.
    pub fn new() -> Option<Self> {
        broker()?;
        let folder = std::env::temp_dir().join(format!("rabbitmq-{}", Id::<Self>::new()));
        Some(Self { port: free_ports(), folder, running: None })
    }

    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// Starts it, with what it had before.
    pub async fn start(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/rabbitmq");
        let mut child = Command::new(script)
            .arg("--folder")
            .arg(&self.folder)
            .args(["--port", &self.port.to_string()])
            .args(["sh", "-c", "echo ready; cat >/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/rabbitmq");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let line = output.lines().next_line().await.expect("its output");
        assert_eq!(line.as_deref(), Some("ready"), "the broker does not start");
        self.running = Some(child);
    }

    /// Lets it be short of room on its disk, or no longer.
    pub async fn is_short_of_room(&self, is_short: bool) {
        let limit = if is_short { "100000GB" } else { "50MB" };
        let done = Command::new(control())
            .args(["-n", &format!("tipple-{}@localhost", self.port)])
            .args(["set_disk_free_limit", limit])
            .env("HOME", &self.folder)
            .env("RABBITMQ_CONF_ENV_FILE", self.folder.join("none"))
            .env("ERL_EPMD_PORT", (self.port + 2).to_string())
            .stdout(Stdio::null())
            .status();
        assert!(done.await.expect("rabbitmqctl").success(), "it does not take the limit");
    }

    /// Kills it, at once.
    pub async fn kill(&mut self) {
        let pid = std::fs::read_to_string(self.folder.join("pid")).expect("its number");
        let kill = Command::new("kill").args(["-KILL", pid.trim()]).status().await;
        assert!(kill.expect("kill").success(), "it was not there to be killed");
        self.stop().await;
    }

    /// Waits until nothing of it runs any more.
    pub async fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            drop(child.stdin.take());
            child.wait().await.expect("its end");
        }
    }
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        drop(self.running.take());
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program that tells a broker what to do. Debian's in the PATH is for its own service only.
fn control() -> &'static Path {
    let packaged = Path::new("/usr/lib/rabbitmq/bin/rabbitmqctl");
    if packaged.exists() { packaged } else { Path::new("rabbitmqctl") }
}

/// The first of three ports that are free, below those that systems give to connections.
fn free_ports() -> u16 {
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let bytes = Id::<OwnBroker>::new().uuid().into_bytes();
    let first = 10_000 + u16::from_be_bytes([bytes[14], bytes[15]]) % 9_000;
    (first..first + 900)
        .step_by(3)
        .find(|port| (*port..port + 3).all(|port| is_free(&port)))
        .expect("free ports")
}

/// A way to a broker that can be cut, and before that swallow what goes by it.
pub struct Way {
    pub address: SocketAddr,
    state: watch::Sender<State>,
}

#[derive(Default)]
struct State {
    cuts: u32,
    swallows: bool,
}

impl Way {
    /// To a broker on this machine.
    pub async fn to(port: u16) -> Self {
        Self::from(0, port).await
    }

    /// From this port to a broker on this machine.
    pub async fn from(here: u16, port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", here)).await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        let (state, told) = watch::channel(State::default());
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                tokio::spawn(carry(here, port, told.clone()));
            }
        });
        Self { address, state }
    }

    /// Cuts every connection; new ones come through.
    pub fn cut(&self) {
        self.state.send_modify(|state| *state = State { cuts: state.cuts + 1, swallows: false });
    }

    /// Takes what comes by its connections, and brings it nowhere, until they are cut.
    pub fn swallow(&self) {
        self.state.send_modify(|state| state.swallows = true);
    }
}

/// Brings one connection through until it is cut.
async fn carry(mut here: TcpStream, port: u16, mut told: watch::Receiver<State>) {
    let Ok(mut there) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut swallowing, cuts) = (told.clone(), told.borrow().cuts);
    let carrying = async {
        tokio::select! {
            _ = copy_bidirectional(&mut here, &mut there) => return,
            _ = swallowing.wait_for(|state| state.swallows) => {}
        }
        let _ = copy(&mut here, &mut sink()).await;
    };
    tokio::select! {
        () = carrying => {}
        _ = told.wait_for(|state| state.cuts > cuts) => {}
    }
}
