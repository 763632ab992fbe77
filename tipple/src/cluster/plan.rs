//! Who runs in which process, at which port, and by which settings and secrets.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use kernel::random_token;

use crate::{PARTS, demo::home::CITY};

/// Processes of each service.
const OF_EACH: u16 = 2;
/// Connections that one service may hold in one process, and the carrier twice as many: all of them share the
/// 400 of the server.
const POOL_SIZE: u32 = 5;
/// Ports that a cluster takes from the first one on.
const PORTS: u16 = 50;

/// One process of the house.
#[derive(Debug, Clone)]
pub struct Process {
    /// `orders-1`
    pub name: String,
    pub service: &'static str,
    pub port: u16,
}

/// The demo's, where the cluster has it.
#[derive(Debug, Clone)]
pub struct City {
    /// How far its clock runs ahead, so that its stores are open.
    pub ahead_seconds: i64,
}

const PEOPLE: &str = r#"
# Nobody in the demo has a second factor.
[accounts]
second_factor = "nobody"
unlimited_addresses = ["127.0.0.1", "::1"]

"#;

/// A cluster's folder and its ports: all else follows from these.
#[derive(Debug, Clone)]
pub struct Plan {
    folder: PathBuf,
    port: u16,
}

impl Plan {
    pub fn new(folder: &Path, port: u16) -> anyhow::Result<Self> {
        ensure!(
            (1024..=u16::MAX - PORTS).contains(&port),
            "the first of {PORTS} ports must be between 1024 and {}",
            u16::MAX - PORTS
        );
        Ok(Self { folder: folder.to_owned(), port })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// One file for each process.
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// The number of each process, in a file of its name.
    pub fn numbers(&self) -> PathBuf {
        self.folder.join("run")
    }

    pub fn settings_file(&self) -> PathBuf {
        self.folder.join("tipple.toml")
    }

    pub fn secrets(&self) -> PathBuf {
        self.folder.join("secrets")
    }

    pub const fn primary(&self) -> u16 {
        self.port + 3
    }

    pub const fn replica(&self) -> u16 {
        self.port + 4
    }

    pub const fn redis(&self) -> u16 {
        self.port + 5
    }

    /// The first of the broker's three.
    pub const fn rabbitmq(&self) -> u16 {
        self.port + 6
    }

    pub fn gateways(&self) -> Vec<Process> {
        (0..OF_EACH).map(|number| process("gateway", number, self.port + number)).collect()
    }

    /// The public addresses.
    pub fn addresses(&self) -> Vec<String> {
        self.gateways().iter().map(|gateway| address(gateway.port)).collect()
    }

    /// The payment provider, which is not the house's and of which there is one; and two processes of each
    /// service.
    pub fn services(&self) -> Vec<Process> {
        let mut all = vec![process("sandbox", 0, self.port + 2)];
        let services = PARTS.iter().filter(|part| !matches!(part.name, "gateway" | "sandbox"));
        for (port, part) in (self.port + 10..).step_by(usize::from(OF_EACH)).zip(services) {
            all.extend((0..OF_EACH).map(|number| process(part.name, number, port + number)));
        }
        all
    }

    /// Writes the settings that all processes share. There is no secret in them.
    pub fn write_settings(&self, city: Option<&City>, letters: &Path) -> anyhow::Result<()> {
        let file = self.settings_file();
        let text = self.settings(city, letters);
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))
    }

    fn settings(&self, city: Option<&City>, letters: &Path) -> String {
        let all = [self.gateways(), self.services()].concat();
        let upstreams = PARTS.iter().map(|part| {
            let of_it = all.iter().filter(|process| process.service == part.name);
            let at: Vec<String> = of_it.map(|process| address(process.port)).collect();
            format!("{} = {at:?}\n", part.name)
        });
        let (public, provider) = (address(self.port), address(self.port + 2));
        let (ahead_seconds, city) = match city {
            Some(City { ahead_seconds }) => (*ahead_seconds, [CITY, PEOPLE].concat()),
            None => (0, String::new()),
        };
        // As JSON, which writes text as TOML does.
        let letters = serde_json::json!(letters);
        format!(
            "# Written at each start of the cluster: what you change here is lost. Variables of its\n\
             # environment (TIPPLE__SECTION__KEY) reach every process. Secrets are in {}.\n\
             public_url = \"{public}\"\nclock_ahead_seconds = {ahead_seconds}\n\n\
             [database]\npool_size = {POOL_SIZE}\nmigrate_on_start = false\n\n\
             [log]\nformat = \"json\"\n\n\
             {city}[notifications]\nchannels = [\"folder\"]\n\n\
             [notifications.folder]\npath = {letters}\n\n\
             [payments.sandbox]\nbase_url = \"{provider}/sandbox\"\n\n\
             [sandbox]\nwebhook_url = \"{public}/v1/payments/webhooks/sandbox\"\n\n\
             [upstreams]\n{}",
            self.secrets().display(),
            upstreams.collect::<String>(),
        )
    }

    /// Writes each secret into a file of its own, which nobody else may read. Those that what is stored
    /// depends on are made once.
    pub fn write_secrets(&self, passwords: &Passwords) -> anyhow::Result<()> {
        let folder = self.secrets();
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("create {}", folder.display()))?;
        for once in ["house.secret", "accounts.secret"] {
            self.made_once(once, random_token)?;
        }
        let key = self.made_once("sandbox.secret_key", || format!("sk_{}", random_token()))?;
        let webhook = self.made_once("sandbox.webhook_secret", random_token)?;
        let Passwords { redis, rabbitmq, postgres } = passwords;
        let (redis_port, rabbitmq_port) = (self.redis(), self.rabbitmq());
        for (name, text) in [
            ("payments.sandbox.secret_key", key),
            ("payments.sandbox.webhook_secret", webhook),
            ("database.url", self.database_url(passwords)),
            ("database.replicas", database_at(self.replica(), postgres)),
            ("redis.url", format!("redis://:{redis}@127.0.0.1:{redis_port}/0")),
            (
                "events.rabbitmq_url",
                format!("amqp://tipple:{rabbitmq}@127.0.0.1:{rabbitmq_port}/%2f"),
            ),
        ] {
            write_secret(&folder.join(name), &text)?;
        }
        Ok(())
    }

    pub fn database_url(&self, passwords: &Passwords) -> String {
        database_at(self.primary(), &passwords.postgres)
    }

    /// PostgreSQL's stays with its data; the others are new at each start.
    pub fn passwords(&self) -> Passwords {
        let url = fs::read_to_string(self.secrets().join("database.url")).unwrap_or_default();
        let before = url.split_once("//postgres:").and_then(|(_, rest)| rest.split_once('@'));
        let postgres = before.map_or_else(random_token, |(password, _)| password.to_owned());
        Passwords { redis: random_token(), rabbitmq: random_token(), postgres }
    }

    fn made_once(&self, name: &str, make: impl FnOnce() -> String) -> anyhow::Result<String> {
        let file = self.secrets().join(name);
        if let Ok(text) = fs::read_to_string(&file) {
            return Ok(text);
        }
        let text = make();
        write_secret(&file, &text)?;
        Ok(text)
    }
}

/// Of what the services need beside them.
pub struct Passwords {
    pub redis: String,
    pub rabbitmq: String,
    pub postgres: String,
}

/// Writes a file that nobody else may read.
pub fn write_secret(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(file);
    opened
        .and_then(|mut opened| opened.write_all(text.as_bytes()))
        .with_context(|| format!("write {}", file.display()))
}

fn process(service: &'static str, number: u16, port: u16) -> Process {
    Process { name: format!("{service}-{}", number + 1), service, port }
}

fn database_at(port: u16, password: &str) -> String {
    format!("postgres://postgres:{password}@127.0.0.1:{port}/{}", store::cluster::DATABASE)
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_process_has_a_port_of_its_own() {
        let plan = Plan::new(Path::new("/x"), 7300).unwrap();
        let mut ports: Vec<u16> = [plan.gateways(), plan.services()]
            .concat()
            .iter()
            .map(|process| process.port)
            .collect();
        ports.extend([plan.primary(), plan.replica(), plan.redis()]);
        ports.extend(plan.rabbitmq()..plan.rabbitmq() + 3);
        let distinct: BTreeSet<u16> = ports.iter().copied().collect();
        assert_eq!(distinct.len(), ports.len(), "{ports:?}");
        assert!(distinct.range(7300..7300 + PORTS).count() == ports.len(), "{ports:?}");
        assert!(Plan::new(Path::new("/x"), 65_500).is_err());
    }

    #[test]
    fn its_settings_are_understood_and_say_where_two_of_each_are() {
        let plan = Plan::new(Path::new("/x"), 7300).unwrap();
        let letters = Path::new("/x/\"mail\"");
        let bare = host::Settings::load_all(&[], None, &plan.settings(None, letters)).unwrap();
        assert_eq!(bare.clock_ahead_seconds, 0);
        let text = plan.settings(Some(&City { ahead_seconds: 3600 }), letters);
        let settings = host::Settings::load_all(&[], None, &text).unwrap();
        crate::settings::check(&settings).unwrap();
        assert_eq!(settings.clock_ahead_seconds, 3600);
        assert_eq!(settings.upstreams["orders"].0.len(), 2);
        assert_eq!(settings.upstreams["sandbox"].0.len(), 1);
        assert_eq!(settings.upstreams.len(), PARTS.len());
    }
}
