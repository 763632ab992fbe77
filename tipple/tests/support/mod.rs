//! A town for tests of the whole: real processes of the binary on one fresh database, a provider
//! that runs apart from them, stores that never close under a law that never sleeps.

// Each test file uses a part of this.
#![allow(dead_code)]

pub mod fleet;
pub mod settle;
pub mod story;
pub mod street;
pub mod trade;

use std::{
    collections::BTreeMap,
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use host::{House, Settings};
use jiff::SignedDuration;
use kernel::{Actor, Clock, Id, PersonId, Role, SessionId};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};
use tipple::demo::visitor::Visitor;
use wire::{Pass, SigningKey};

pub const SECRET: &str = "a house secret for tests only, nowhere else";
/// Of every person that a test makes.
pub const PASSWORD: &str = "correct horse battery";
const SEED: [u8; 32] = [7; 32];
pub const PROVIDER_KEY: &str = "sk_test_0123456789abcdef0123456789abcdef";
pub const WEBHOOK_SECRET: &str = "whsec_test_0123456789abcdef0123456789abcdef";

/// Where the processes of one test find each other.
pub struct Town {
    pub database_url: String,
    provider: u16,
    /// The ports of the platform's processes; webhooks go to the first.
    pub ports: Vec<u16>,
    /// Address of the broker that carries events, and what its names begin with.
    broker: Option<(String, String)>,
}

/// A process for each service, which know where the others are.
pub struct Apart {
    ports: BTreeMap<&'static str, u16>,
    running: BTreeMap<&'static str, Running>,
}

/// A process that is killed when it is dropped.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Running {
    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Asks it to end, and waits until it has.
    pub async fn end(&mut self) {
        let id = Pid::from_raw(self.0.id() as i32).expect("a process");
        kill_process(id, Signal::TERM).expect("it runs");
        for _ in 0..1600 {
            if let Some(status) = self.0.try_wait().expect("a child") {
                assert!(status.success(), "{status}");
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it does not end");
    }
}

impl Apart {
    /// Ends the process of one service at once.
    pub fn kill(&mut self, name: &str) {
        self.running.remove(name).expect("a service that runs").kill();
    }
}

impl Town {
    /// A fresh database and free ports for so many processes of the platform.
    pub async fn new(processes: usize) -> Self {
        Self::on(testkit::fresh_database().await, processes)
    }

    /// The same on this database.
    pub fn on(database_url: String, processes: usize) -> Self {
        host::choose_cryptography();
        let mut ports = free_ports(processes + 1);
        let provider = ports.pop().expect("a port");
        Self { database_url, provider, ports, broker: None }
    }

    /// One whose processes somebody else has started at these ports.
    pub fn of(database_url: String, provider: u16, ports: Vec<u16>) -> Self {
        host::choose_cryptography();
        Self { database_url, provider, ports, broker: None }
    }

    /// The same with a broker that carries events.
    pub fn by_rabbitmq(self, url: &str) -> Self {
        let name = format!("test_{}", Id::<Self>::new().uuid().simple());
        Self { broker: Some((url.to_owned(), name)), ..self }
    }

    pub const fn has_broker(&self) -> bool {
        self.broker.is_some()
    }

    /// Empties every queue at the broker, and says how many events were in that of `service`.
    pub async fn purge(&self, service: &str) -> u32 {
        let (url, name) = self.broker.as_ref().expect("a broker");
        let queue = |service: &str| format!("{name}.{service}.v1");
        let lost = testkit::purge(url, &[queue(service)]).await;
        let followers = tipple::PARTS.iter().filter(|part| !part.follows.is_empty());
        testkit::purge(url, &followers.map(|part| queue(part.name)).collect::<Vec<_>>()).await;
        lost
    }

    pub fn base(&self, process: usize) -> String {
        format!("http://127.0.0.1:{}", self.ports[process])
    }

    pub fn provider_base(&self) -> String {
        format!("http://127.0.0.1:{}", self.provider)
    }

    /// Starts the payment provider.
    pub async fn start_provider(&self) -> Running {
        let running = self.spawn(self.provider, &["sandbox"]);
        self.await_listening(self.provider).await;
        running
    }

    /// Starts a process for each service; the gateway's listens where [`Town::base`] says.
    pub async fn start_apart(&self) -> Apart {
        let names: Vec<&str> =
            tipple::PARTS.iter().map(|part| part.name).filter(|name| *name != "sandbox").collect();
        let mut ports: BTreeMap<&str, u16> =
            names.iter().copied().zip(free_ports(names.len())).collect();
        ports.insert("gateway", self.ports[0]);
        let mut apart = Apart { ports, running: BTreeMap::new() };
        for name in &names {
            self.begin(&mut apart, name);
        }
        for name in names {
            self.await_listening(apart.ports[name]).await;
        }
        self.await_ready().await;
        apart
    }

    /// Starts one of them again, after [`Apart::kill`].
    pub async fn start_again(&self, apart: &mut Apart, name: &'static str) {
        self.begin(apart, name);
        self.await_listening(apart.ports[name]).await;
    }

    fn begin(&self, apart: &mut Apart, name: &'static str) {
        let upstreams = apart.ports.iter().map(|(name, port)| {
            let variable = format!("TIPPLE__UPSTREAMS__{}", name.to_uppercase());
            (variable, format!("http://127.0.0.1:{port}"))
        });
        let running = self.spawn_with(apart.ports[name], &[name], &upstreams.collect::<Vec<_>>());
        apart.running.insert(name, running);
    }

    /// Starts one process with the whole platform but the provider.
    pub async fn start(&self, process: usize) -> Running {
        self.start_with(process, &[]).await
    }

    /// The same with more settings, as environment variables.
    pub async fn start_with(&self, process: usize, more: &[(String, String)]) -> Running {
        let names: Vec<&str> =
            tipple::PARTS.iter().map(|part| part.name).filter(|name| *name != "sandbox").collect();
        let running = self.spawn_with(self.ports[process], &names, more);
        self.await_listening(self.ports[process]).await;
        running
    }

    /// Starts one process with these services at a port of its own.
    pub async fn start_at(
        &self,
        port: u16,
        services: &[&str],
        more: &[(String, String)],
    ) -> Running {
        let running = self.spawn_with(port, services, more);
        self.await_listening(port).await;
        running
    }

    /// Starts one process with these services alone.
    pub async fn start_services(&self, services: &[&str], more: &[(String, String)]) -> Running {
        let running = self.spawn_with(self.ports[0], services, more);
        self.await_listening(self.ports[0]).await;
        running
    }

    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("DATABASE_URL", self.database_url.clone()),
            ("TIPPLE__DATABASE__POOL_SIZE", "6".into()),
            ("TIPPLE__HOUSE__SECRET", SECRET.into()),
            ("TIPPLE__AUTH__VERIFYING_KEYS", format!("[{:?}]", hex::encode(public_key()))),
            // This machine may be busy with other tests.
            ("TIPPLE__AUTH__BLIND_AFTER_SECONDS", "120".into()),
            ("TIPPLE__ACCOUNTS__SECRET", format!("accounts: {SECRET}")),
            ("TIPPLE__PUBLIC_URL", self.base(0)),
            ("TIPPLE__UPSTREAMS__SANDBOX", self.provider_base()),
            ("TIPPLE__LOG__LEVEL", std::env::var("TEST_LOG").unwrap_or_else(|_| "error".into())),
            ("TIPPLE__PAYMENTS__SANDBOX__BASE_URL", format!("{}/sandbox", self.provider_base())),
            ("TIPPLE__PAYMENTS__SANDBOX__SECRET_KEY", PROVIDER_KEY.into()),
            ("TIPPLE__PAYMENTS__SANDBOX__WEBHOOK_SECRET", WEBHOOK_SECRET.into()),
            ("TIPPLE__SANDBOX__SECRET_KEY", PROVIDER_KEY.into()),
            ("TIPPLE__SANDBOX__WEBHOOK_SECRET", WEBHOOK_SECRET.into()),
            (
                "TIPPLE__SANDBOX__WEBHOOK_URL",
                format!("{}/v1/payments/webhooks/sandbox", self.base(0)),
            ),
            // One machine plays five hundred.
            ("TIPPLE__GATEWAY__ADDRESS_PER_SECOND", "0".into()),
            ("TIPPLE__GATEWAY__TOKEN_PER_SECOND", "0".into()),
            ("TIPPLE__GATEWAY__ADDRESS_AT_ONCE", "0".into()),
            ("TIPPLE__GATEWAY__ADDRESS_CONNECTIONS", "0".into()),
            ("TIPPLE__GATEWAY__MOST_AT_ONCE", "2000".into()),
        ];
        if let Some((url, name)) = self.broker.clone() {
            settings.extend([
                ("TIPPLE__EVENTS__RABBITMQ_URL", url),
                ("TIPPLE__EVENTS__RABBITMQ_NAME", name),
                ("TIPPLE__EVENTS__SWEEP_SECONDS", "1".into()),
            ]);
        }
        settings
    }

    /// The same house in this process, for what only the binary's own commands do.
    pub fn house(&self) -> House {
        let overrides =
            format!("[database]\nurl = {:?}\n[house]\nsecret = {SECRET:?}\n", self.database_url);
        let settings = Settings::load(None, &overrides).expect("settings");
        House {
            settings: Arc::new(settings),
            clock: Clock::system(),
            parts: tipple::PARTS,
            stand_ins: BTreeMap::new(),
        }
    }

    fn spawn(&self, port: u16, services: &[&str]) -> Running {
        self.spawn_with(port, services, &[])
    }

    fn spawn_with(&self, port: u16, services: &[&str], more: &[(String, String)]) -> Running {
        let child = Command::new(env!("CARGO_BIN_EXE_tipple"))
            .arg("serve")
            .args(services)
            .envs(self.settings())
            .envs(more.iter().cloned())
            .env("TIPPLE__LISTEN", format!("127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        Running(child)
    }

    /// Until every service reaches what it needs, accounts' news among it.
    async fn await_ready(&self) {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        for _ in 0..1200 {
            let answer = http.get(format!("{}/readyz", self.base(0))).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the house is never ready");
    }

    async fn await_listening(&self, port: u16) {
        for _ in 0..1200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("nothing listens on port {port}");
    }

    /// Someone with a token, at the given process.
    pub fn visitor(&self, process: usize, person: PersonId, roles: Vec<Role>) -> Visitor {
        let token = token(person, roles);
        Visitor::at(&self.base(process)).with_token(&token, &person.to_string())
    }

    /// A connection with all rights, to look behind the scenes.
    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.database_url).await.expect("the database")
    }
}

/// The key of the tokens that tests make, whatever accounts signs with.
fn signing_key() -> SigningKey {
    SigningKey::from_seed(&SEED).expect("a key")
}

fn public_key() -> [u8; 32] {
    signing_key().verifying_key().bytes
}

/// A token that holds for longer than any test.
pub fn token(person: PersonId, roles: Vec<Role>) -> String {
    let key = signing_key();
    let now = Clock::system().now();
    let actor = Actor { person, roles };
    let pass = Pass { actor, session: SessionId::new(), version: 1, scopes: None };
    key.sign(&pass, now, SignedDuration::from_hours(2)).expect("a token").token
}

pub fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> =
        (0..count).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    listeners.iter().map(|listener| listener.local_addr().expect("an address").port()).collect()
}
