use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, ensure};
use cache::Redis;
use config::{Config, ConfigError, File, FileFormat, Map, Source, Value};
use feed::Broker;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use tracing_subscriber::EnvFilter;
use wire::{HouseKey, VerifyingKey};

/// Everything that can be set, from `tipple.toml`, the files of a folder of secrets and
/// `TIPPLE__SECTION__KEY` variables. Services read their own sections with [`Settings::section`]. There is no `Debug`: it holds secrets.
#[derive(Clone)]
pub struct Settings {
    /// Where the public address listens.
    pub listen: String,
    /// Where this process answers other processes' calls; nothing listens when empty. Never to be
    /// reachable from outside.
    pub internal_listen: String,
    /// The address that customers and payment providers use, without a trailing slash; `listen`
    /// unless told.
    pub public_url: String,
    pub database: Database,
    pub events: Events,
    pub house: HouseSecret,
    pub auth: Auth,
    pub log: Log,
    pub redis: RedisAddress,
    pub cache: CacheTimes,
    /// Addresses of services that run in other processes, by name.
    pub upstreams: BTreeMap<String, Addresses>,
    /// How long this process says that it is about to end before it takes no more requests, in
    /// milliseconds.
    pub leave_notice_ms: u64,
    /// How often background jobs run at least, in milliseconds; each job has its own pace too.
    pub job_pace_ms: Option<u64>,
    /// How far this house's clock runs ahead of the machine's, in seconds: for demonstrations.
    pub clock_ahead_seconds: i64,
    source: Config,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host:port/name`, of a role that may create roles and schemas.
    pub url: SecretString,
    /// Connections that each service may hold, 2 to 500.
    pub pool_size: u32,
    /// Whether starting brings the tables up to date.
    pub migrate_on_start: bool,
    /// Addresses of streaming replicas, like `url`, for what may be a little old.
    #[serde(deserialize_with = "several_secrets")]
    pub replicas: Vec<SecretString>,
    /// A replica that is behind by more milliseconds is left out, 500 to 60000.
    pub replica_lag_ms: u64,
}

/// `[events]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// `amqp://user:password@host:5672/%2f` of a RabbitMQ broker that carries the events; PostgreSQL
    /// does when empty.
    pub rabbitmq_url: SecretString,
    /// What the names of its exchange and queues begin with: letters, digits, `-`, `_`.
    pub rabbitmq_name: String,
    /// Seconds after which an event that a service has not handled counts as lost by the broker, 1 to
    /// 3600.
    pub sweep_seconds: u64,
}

/// `[house]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseSecret {
    /// Shared by all processes of one house; at least 32 bytes.
    pub secret: SecretString,
}

/// `[auth]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Public keys (64 hexadecimal characters each) whose tokens hold besides those that accounts
    /// tells of.
    pub verifying_keys: Vec<String>,
    /// A process that has heard nothing from accounts for so many seconds knows no longer whose
    /// tokens hold, and refuses all; 2 to 300.
    pub blind_after_seconds: u64,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `text` for people, `json` for a log store.
    pub format: String,
    /// As in `info,sqlx=warn`.
    pub level: String,
}

/// `[redis]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisAddress {
    /// `redis://user:password@host:port/0`, or `rediss://` with TLS; there is no Redis when empty.
    pub url: SecretString,
    /// What all keys begin with: another for each house that shares a Redis.
    pub prefix: String,
    /// Milliseconds that an answer is waited for, 5 to 5000; then nobody asks for a while.
    pub patience_ms: u64,
}

/// `[cache]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheTimes {
    /// Milliseconds that an answer that all get alike is given again without being asked for;
    /// nothing is kept with 0.
    pub fresh_ms: u64,
    /// Milliseconds, 60000 at most, until which it may still be given while it is asked for anew.
    pub stale_ms: u64,
    /// How much each service keeps in each process.
    pub most_mib: u64,
}

#[derive(Deserialize)]
struct Top {
    listen: String,
    internal_listen: String,
    public_url: String,
    database: Database,
    events: Events,
    house: HouseSecret,
    auth: Auth,
    log: Log,
    upstreams: BTreeMap<String, Addresses>,
    leave_notice_ms: u64,
    redis: RedisAddress,
    cache: CacheTimes,
    job_pace_ms: Option<u64>,
    clock_ahead_seconds: i64,
}

/// The processes of one service: one address, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "OneOrSeveral")]
pub struct Addresses(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

/// A list of them, or a text with blanks between, which a file of secrets or a variable can hold.
fn several_secrets<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SecretString>, D::Error> {
    Ok(match OneOrSeveral::deserialize(from)? {
        OneOrSeveral::One(text) => text.split_whitespace().map(SecretString::from).collect(),
        OneOrSeveral::Several(texts) => texts.into_iter().map(SecretString::from).collect(),
    })
}

impl From<OneOrSeveral> for Addresses {
    fn from(addresses: OneOrSeveral) -> Self {
        match addresses {
            OneOrSeveral::One(address) => Self(vec![address]),
            OneOrSeveral::Several(addresses) => Self(addresses),
        }
    }
}

impl Addresses {
    fn check(&self, service: &str) -> anyhow::Result<()> {
        ensure!(!self.0.is_empty(), "upstreams.{service} has no address");
        for (place, address) in self.0.iter().enumerate() {
            let bare = address.split_once("://").is_some_and(|(scheme, host)| {
                matches!(scheme, "http" | "https") && !host.trim_end_matches('/').contains('/')
            });
            ensure!(bare, "upstreams.{service}: {address:?} must look like http://host:port");
            let again = self.0[..place].contains(address);
            ensure!(!again, "upstreams.{service} names {address} twice");
        }
        Ok(())
    }
}

/// The names in [`Top`].
const OWN: [&str; 14] = [
    "listen",
    "internal_listen",
    "public_url",
    "database",
    "events",
    "house",
    "auth",
    "log",
    "redis",
    "cache",
    "upstreams",
    "leave_notice_ms",
    "job_pace_ms",
    "clock_ahead_seconds",
];

/// What holds where nothing is set, less the services' own sections.
pub const DEFAULTS: &str = r#"
listen = "127.0.0.1:8080"
internal_listen = ""
public_url = ""
leave_notice_ms = 2000
clock_ahead_seconds = 0

[database]
url = ""
pool_size = 4
migrate_on_start = true
replicas = []
replica_lag_ms = 5000

[events]
rabbitmq_url = ""
rabbitmq_name = "tipple"
sweep_seconds = 20

[house]
secret = ""

[auth]
verifying_keys = []
blind_after_seconds = 15

[log]
format = "text"
level = "info"

[redis]
url = ""
prefix = "tipple"
patience_ms = 50

[cache]
fresh_ms = 2000
stale_ms = 10000
most_mib = 32

[upstreams]
"#;

impl Events {
    /// The broker that carries events; none where PostgreSQL does.
    pub fn broker(&self) -> Option<Broker> {
        let url = self.rabbitmq_url.expose_secret();
        (!url.is_empty()).then(|| Broker {
            url: url.to_owned(),
            name: self.rabbitmq_name.clone(),
            sweep_after: Duration::from_secs(self.sweep_seconds),
        })
    }
}

impl Top {
    fn check(&self) -> anyhow::Result<()> {
        let port = self.listen.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        ensure!(matches!(port, Some(Ok(_))), "listen must look like `127.0.0.1:8080`");
        let pool = self.database.pool_size;
        ensure!((2..=500).contains(&pool), "database.pool_size must be between 2 and 500");
        let lag = self.database.replica_lag_ms;
        ensure!(
            (500..=60_000).contains(&lag),
            "database.replica_lag_ms must be between 500 and 60000"
        );
        let name = &self.events.rabbitmq_name;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        ensure!(
            (1..=60).contains(&name.len()) && name.chars().all(is_plain),
            "events.rabbitmq_name must have 1 to 60 letters, digits, `-` or `_`"
        );
        let sweep = self.events.sweep_seconds;
        ensure!((1..=3600).contains(&sweep), "events.sweep_seconds must be between 1 and 3600");
        let format = self.log.format.as_str();
        ensure!(matches!(format, "text" | "json"), "log.format must be `text` or `json`");
        let blind = self.auth.blind_after_seconds;
        ensure!((2..=300).contains(&blind), "auth.blind_after_seconds must be between 2 and 300");
        ensure!(self.leave_notice_ms <= 60_000, "leave_notice_ms must be at most 60000");
        let ahead = self.clock_ahead_seconds;
        ensure!((0..=604_800).contains(&ahead), "clock_ahead_seconds must be between 0 and a week");
        self.upstreams.iter().try_for_each(|(service, addresses)| addresses.check(service))?;
        let patience = self.redis.patience_ms;
        ensure!((5..=5000).contains(&patience), "redis.patience_ms must be between 5 and 5000");
        let prefix = self.redis.prefix.as_str();
        ensure!(
            !prefix.is_empty() && !prefix.contains(['{', '}']),
            "redis.prefix must not be empty and has no braces"
        );
        let CacheTimes { fresh_ms, stale_ms, .. } = self.cache;
        ensure!(
            fresh_ms <= stale_ms && stale_ms <= 60_000,
            "cache.fresh_ms must be at most cache.stale_ms, and that at most 60000"
        );
        let level = EnvFilter::try_new(&self.log.level);
        level.context("log.level must look like `info` or `info,sqlx=warn`").map(drop)
    }
}

impl Settings {
    /// How long whoever has written brings back how far the database was: until every replica that is
    /// read from has it, and nobody keeps an answer from before any more.
    pub fn position_life(&self) -> Duration {
        /// Measuring takes a moment too.
        const SLACK: u64 = 5000;
        Duration::from_millis(self.database.replica_lag_ms + self.cache.stale_ms + SLACK)
    }

    /// Defaults, then the file (when there is one), then the secrets' files, then the environment,
    /// then `overrides` as TOML. `DATABASE_URL` stands for `database.url`.
    pub fn load(file: Option<&Path>, overrides: &str) -> anyhow::Result<Self> {
        let files: Vec<&Path> = file.into_iter().collect();
        Self::load_files(&files, overrides)
    }

    /// The same with several files, of which a later one wins.
    pub fn load_files(files: &[&Path], overrides: &str) -> anyhow::Result<Self> {
        Self::load_all(files, secrets_folder(), overrides)
    }

    /// The same with this folder of secrets, or none.
    pub fn load_all(
        files: &[&Path],
        secrets: Option<PathBuf>,
        overrides: &str,
    ) -> anyhow::Result<Self> {
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        for file in files {
            builder = builder.add_source(File::from(*file).format(FileFormat::Toml));
        }
        if let Some(folder) = secrets {
            builder = builder.add_source(SecretFiles(folder));
        }
        builder = builder.add_source(Variables);
        if let Ok(url) = std::env::var("DATABASE_URL") {
            builder = builder
                // As JSON, which writes text as TOML does.
                .add_source(File::from_str(
                    &format!("database.url = {}", serde_json::json!(url)),
                    FileFormat::Toml,
                ));
        }
        builder = builder.add_source(File::from_str(overrides, FileFormat::Toml));
        let source = builder.build().context("read the settings")?;
        let top: Top = source.clone().try_deserialize().context("understand the settings")?;
        top.check()?;
        let public_url = match top.public_url.trim_end_matches('/') {
            "" => format!("http://{}", top.listen),
            url => url.to_owned(),
        };
        Ok(Self {
            listen: top.listen,
            internal_listen: top.internal_listen,
            public_url,
            database: top.database,
            events: top.events,
            house: top.house,
            auth: top.auth,
            log: top.log,
            redis: top.redis,
            cache: top.cache,
            upstreams: top.upstreams,
            leave_notice_ms: top.leave_notice_ms,
            job_pace_ms: top.job_pace_ms,
            clock_ahead_seconds: top.clock_ahead_seconds,
            source,
        })
    }

    /// The section of one service, with its own defaults where nothing is set.
    pub fn section<T: DeserializeOwned + Default>(&self, name: &str) -> anyhow::Result<T> {
        match self.source.get::<T>(name) {
            Ok(section) => Ok(section),
            Err(config::ConfigError::NotFound(_)) => Ok(T::default()),
            Err(error) => Err(error).with_context(|| format!("understand the section [{name}]")),
        }
    }

    /// Refuses what nobody would read: a key or section whose name is neither ours nor among
    /// `sections`. Within a section its reader refuses what it does not know.
    pub fn refuse_unknown(&self, sections: &[&str]) -> anyhow::Result<()> {
        for name in self.source.cache.clone().into_table()?.keys() {
            ensure!(
                OWN.contains(&name.as_str()) || sections.contains(&name.as_str()),
                "nobody reads the setting `{name}`: see tipple.example.toml"
            );
        }
        Ok(())
    }

    /// Whether anything is set in a section.
    pub fn has_section(&self, name: &str) -> bool {
        self.source.get_table(name).is_ok_and(|section| !section.is_empty())
    }

    /// The house's Redis, where one is named; it need not answer.
    pub async fn connect_redis(&self) -> anyhow::Result<Option<Redis>> {
        let url = self.redis.url.expose_secret();
        if url.is_empty() {
            return Ok(None);
        }
        let patience = Duration::from_millis(self.redis.patience_ms);
        Redis::open(url, &self.redis.prefix, patience).await.map(Some)
    }

    /// The key that services of the house know each other by.
    pub fn house_key(&self) -> anyhow::Result<HouseKey> {
        HouseKey::new(self.house.secret.expose_secret().as_bytes())
            .context("set house.secret (TIPPLE__HOUSE__SECRET) to 32 random bytes or more")
    }

    /// The keys whose tokens hold whatever accounts says.
    pub fn fixed_keys(&self) -> anyhow::Result<Vec<VerifyingKey>> {
        let keys = self.auth.verifying_keys.iter();
        keys.map(|text| Ok(VerifyingKey::new(key_bytes(text).context("auth.verifying_keys")?)))
            .collect()
    }
}

/// The folder whose files are secrets, where the environment names one in `TIPPLE_SECRETS`.
pub fn secrets_folder() -> Option<PathBuf> {
    std::env::var_os("TIPPLE_SECRETS").filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// A folder with a file for each secret, as orchestrators mount them: `house.secret` holds the text of
/// `secret` in `[house]`. Names that begin with a dot are the orchestrator's own.
#[derive(Debug, Clone)]
struct SecretFiles(PathBuf);

impl Source for SecretFiles {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let cannot = |what: &Path, error: std::io::Error| {
            ConfigError::Message(format!("cannot read {}: {error}", what.display()))
        };
        let mut found = Map::new();
        for entry in std::fs::read_dir(&self.0).map_err(|error| cannot(&self.0, error))? {
            let file = entry.map_err(|error| cannot(&self.0, error))?.path();
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with('.') || !file.is_file() {
                continue;
            }
            let text = std::fs::read_to_string(&file).map_err(|error| cannot(&file, error))?;
            let origin = file.display().to_string();
            let text = text.trim_end_matches(['\r', '\n']);
            found.insert(name.to_lowercase(), Value::new(Some(&origin), text));
        }
        Ok(found)
    }
}

/// `TIPPLE__SECTION__KEY` variables. A value is text, which settings that are numbers or switches
/// read as such: a secret of digits stays what it is. One in brackets is a list, as in TOML.
#[derive(Debug, Clone)]
struct Variables;

impl Source for Variables {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(Self)
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let mut found = Map::new();
        for (name, text) in std::env::vars_os() {
            let (Some(name), Some(text)) = (name.to_str(), text.to_str()) else { continue };
            let Some(path) = name.strip_prefix("TIPPLE__") else { continue };
            let origin = format!("the variable {name}");
            let value = if text.starts_with('[') {
                let list: Vec<String> =
                    toml::from_str::<BTreeMap<String, _>>(&format!("list = {text}"))
                        .ok()
                        .and_then(|mut table| table.remove("list"))
                        .ok_or_else(|| {
                            ConfigError::Message(format!("{origin} is not a list of texts"))
                        })?;
                Value::new(Some(&origin), list)
            } else {
                Value::new(Some(&origin), text)
            };
            found.insert(path.to_lowercase().replace("__", "."), value);
        }
        Ok(found)
    }
}

fn key_bytes(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.context("must be 64 hexadecimal characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_reads_is_noticed() {
        let settings = Settings::load(None, "[order]\nhold_minutes = 5").unwrap();
        assert!(settings.refuse_unknown(&["orders"]).is_err());
        assert!(settings.refuse_unknown(&["order"]).is_ok());
    }

    #[test]
    fn a_service_has_one_address_or_several() {
        let of =
            |toml: &str| Settings::load(None, toml).map(|found| found.upstreams["orders"].0.len());
        assert_eq!(of("[upstreams]\norders = \"http://a:1\"").unwrap(), 1);
        assert_eq!(of("[upstreams]\norders = [\"http://a:1\", \"https://b:2/\"]").unwrap(), 2);
        for wrong in
            ["[]", "[\"http://a:1\", \"http://a:1\"]", "\"a:1\"", "\"http://a:1/x\"", "[1]"]
        {
            assert!(of(&format!("[upstreams]\norders = {wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn replicas_are_a_list_or_a_text_with_blanks() {
        for (text, many) in [
            ("[]", 0),
            ("\"\"", 0),
            ("[\"postgres://a/b\"]", 1),
            ("\"postgres://a/b\\n postgres://c/d\"", 2),
        ] {
            let settings = Settings::load(None, &format!("[database]\nreplicas = {text}")).unwrap();
            assert_eq!(settings.database.replicas.len(), many, "{text}");
        }
    }

    #[test]
    fn a_secret_may_be_a_file() {
        let folder = std::env::temp_dir().join(format!("tipple-secrets-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("house.secret"), "[0123456789]\n").unwrap();
        std::fs::write(folder.join(".data"), "none").unwrap();
        let found = SecretFiles(folder.clone()).collect().unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found["house.secret"].clone().into_string().unwrap(), "[0123456789]");
        assert!(SecretFiles(folder).collect().is_err(), "a folder that is not there is told");
    }

    #[test]
    fn a_value_that_means_nothing_is_refused() {
        for wrong in [
            "[log]\nlevel = \"sqlx=loud\"",
            "[log]\nformat = \"xml\"",
            "listen = \"8080\"",
            "[database]\npool_size = 0",
            "[database]\npool = 3",
            "[database]\nreplicas = [[\"postgres://a/b\"]]",
            "[database]\nreplica_lag_ms = 100",
            "[events]\nrabbitmq_name = \"a.b\"",
            "[events]\nsweep_seconds = 0",
            "[redis]\npatience_ms = 0",
            "[redis]\nprefix = \"{a}\"",
            "[cache]\nfresh_ms = 2\nstale_ms = 1",
            "[cache]\nstale_ms = 60001",
            "clock_ahead_seconds = -1",
        ] {
            assert!(Settings::load(None, wrong).is_err(), "{wrong}");
        }
    }
}
