use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, bail};
use config::{Config, Environment, File, FileFormat};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use wire::{HouseKey, SigningKey, VerifyingKey};

/// Everything that can be set, from `tipple.toml` and `TIPPLE__SECTION__KEY` variables. Services
/// read their own sections with [`Settings::section`].
#[derive(Debug, Clone)]
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
    pub house: HouseSecret,
    pub auth: Auth,
    pub log: Log,
    /// Addresses of services that run in other processes, by name.
    pub upstreams: BTreeMap<String, String>,
    /// How often background jobs run at least, in milliseconds; each job has its own pace too.
    pub job_pace_ms: Option<u64>,
    source: Config,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host:port/name`, of a role that may create roles and schemas.
    pub url: SecretString,
    /// Connections that each service may hold.
    pub pool_size: u32,
    /// Whether starting brings the tables up to date.
    pub migrate_on_start: bool,
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
    /// 64 hexadecimal characters: the Ed25519 seed with which accounts signs access tokens. Only
    /// the process that runs accounts needs it.
    pub signing_seed: SecretString,
    /// Public keys (64 hexadecimal characters each) whose tokens hold, besides the signing key's.
    pub verifying_keys: Vec<String>,
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

#[derive(Deserialize)]
struct Top {
    listen: String,
    internal_listen: String,
    public_url: String,
    database: Database,
    house: HouseSecret,
    auth: Auth,
    log: Log,
    upstreams: BTreeMap<String, String>,
    job_pace_ms: Option<u64>,
}

const DEFAULTS: &str = r#"
listen = "127.0.0.1:8080"
internal_listen = ""
public_url = ""

[database]
url = ""
pool_size = 8
migrate_on_start = true

[house]
secret = ""

[auth]
signing_seed = ""
verifying_keys = []

[log]
format = "text"
level = "info"

[upstreams]
"#;

impl Settings {
    /// Defaults, then the file (when there is one), then the environment, then `overrides` as
    /// TOML. `DATABASE_URL` stands for `database.url`.
    pub fn load(file: Option<&Path>, overrides: &str) -> anyhow::Result<Self> {
        let files: Vec<&Path> = file.into_iter().collect();
        Self::load_files(&files, overrides)
    }

    /// The same with several files, of which a later one wins.
    pub fn load_files(files: &[&Path], overrides: &str) -> anyhow::Result<Self> {
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        for file in files {
            builder = builder.add_source(File::from(*file).format(FileFormat::Toml));
        }
        let environment = Environment::with_prefix("TIPPLE").prefix_separator("__").separator("__");
        builder = builder.add_source(environment.try_parsing(true));
        if let Ok(url) = std::env::var("DATABASE_URL") {
            builder = builder
                .add_source(File::from_str(&format!("database.url = {url:?}"), FileFormat::Toml));
        }
        builder = builder.add_source(File::from_str(overrides, FileFormat::Toml));
        let source = builder.build().context("read the settings")?;
        let top: Top = source.clone().try_deserialize().context("understand the settings")?;
        let public_url = match top.public_url.trim_end_matches('/') {
            "" => format!("http://{}", top.listen),
            url => url.to_owned(),
        };
        Ok(Self {
            listen: top.listen,
            internal_listen: top.internal_listen,
            public_url,
            database: top.database,
            house: top.house,
            auth: top.auth,
            log: top.log,
            upstreams: top.upstreams,
            job_pace_ms: top.job_pace_ms,
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

    /// Whether anything is set in a section.
    pub fn has_section(&self, name: &str) -> bool {
        self.source.get_table(name).is_ok_and(|section| !section.is_empty())
    }

    /// The key that services of the house know each other by.
    pub fn house_key(&self) -> anyhow::Result<HouseKey> {
        HouseKey::new(self.house.secret.expose_secret().as_bytes())
            .context("set house.secret (TIPPLE__HOUSE__SECRET) to 32 random bytes or more")
    }

    /// The key that signs access tokens, where this process has it.
    pub fn signing_key(&self) -> anyhow::Result<Option<SigningKey>> {
        let seed = self.auth.signing_seed.expose_secret();
        if seed.is_empty() {
            return Ok(None);
        }
        let seed = key_bytes(seed).context("auth.signing_seed")?;
        SigningKey::from_seed(&seed).map(Some)
    }

    /// The keys whose tokens hold.
    pub fn verifying_keys(&self) -> anyhow::Result<Vec<VerifyingKey>> {
        let mut keys: Vec<VerifyingKey> =
            self.signing_key()?.iter().map(|key| key.verifying_key().clone()).collect();
        for text in &self.auth.verifying_keys {
            keys.push(VerifyingKey::new(key_bytes(text).context("auth.verifying_keys")?));
        }
        if keys.is_empty() {
            bail!("set auth.signing_seed or auth.verifying_keys: without one no token can hold");
        }
        Ok(keys)
    }
}

fn key_bytes(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.context("must be 64 hexadecimal characters")
}
