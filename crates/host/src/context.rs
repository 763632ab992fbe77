use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context as _;
use cache::{Bell, Cache, Redis, Times};
use feed::Carrier;
use kernel::Clock;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::{Db, Reads};
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi;
use wire::{Client, HouseKey, Upstream, Verifier};

use crate::{Live, Settings};

/// How long what never changes is kept.
const UNCHANGING: Duration = Duration::from_mins(1);

/// What a service gets to start with.
#[derive(Clone)]
pub struct Context {
    /// The service's own name.
    pub name: &'static str,
    pub clock: Clock,
    pub settings: Arc<Settings>,
    /// The service's own schema.
    pub db: Db,
    /// Where the service reads what may be a little old. Nothing is decided by what comes from there.
    pub reads: Reads,
    pub carrier: Carrier,
    /// What processes of the house share, where the settings name it. It may be away at any moment.
    pub redis: Option<Redis>,
    /// By which those who wait for news look at once; those of other processes too, where there is Redis.
    pub bell: Bell,
    pub verifier: Verifier,
    pub directory: Directory,
    /// Cancelled when this process is about to end: whoever is asked for long says so and ends.
    pub leaving: CancellationToken,
    pub(crate) house: HouseKey,
    pub(crate) open_api: fn() -> OpenApi,
}

impl Context {
    /// The service's own section of the settings.
    pub fn config<T: DeserializeOwned + Default>(&self) -> anyhow::Result<T> {
        self.settings.section(self.name)
    }

    /// A cache of answers as bytes, as old as the settings let them be; shared where there is Redis.
    pub fn answers(&self) -> Cache {
        let settings = &self.settings.cache;
        let times = Times::new(
            Duration::from_millis(settings.fresh_ms),
            Duration::from_millis(settings.stale_ms),
        );
        self.cache(self.name, times)
    }

    /// A cache of what never changes under its key, and so has to be forgotten by nobody.
    pub fn unchanging(&self) -> Cache {
        let settings = &self.settings.cache;
        let life = if settings.fresh_ms == 0 { Duration::ZERO } else { UNCHANGING };
        self.cache(&format!("{}.unchanging", self.name), Times::exactly(life))
    }

    /// What an older or newer program keeps, which describes the service otherwise, is never read.
    fn cache(&self, namespace: &str, times: Times) -> Cache {
        let described = serde_json::to_vec(&(self.open_api)()).unwrap_or_default();
        let shape = hex::encode(&Sha256::digest(described)[..8]);
        let most_bytes = self.settings.cache.most_mib.saturating_mul(1024 * 1024);
        Cache::of_bytes(self.redis.as_ref(), (namespace, &shape), times, most_bytes)
    }

    /// The live streams of one kind of thing of the service.
    pub fn live(&self, of: &'static str) -> Live {
        let (bell, verifier) = (self.bell.clone(), self.verifier.clone());
        let alone = self.redis.is_none() && self.directory.is_whole();
        Live { of, bell, alone, verifier, leaving: self.leaving.clone() }
    }

    /// A client that speaks to another service.
    pub fn client(&self, service: &'static str) -> anyhow::Result<Client> {
        let upstream = self.directory.upstream(service)?;
        Ok(Client::new(upstream, service, self.name, self.house.clone(), self.clock.clone()))
    }
}

/// Where every service of the house is.
#[derive(Clone, Default)]
pub struct Directory {
    upstreams: Arc<BTreeMap<String, Upstream>>,
}

impl Directory {
    pub fn new(upstreams: BTreeMap<String, Upstream>) -> Self {
        Self { upstreams: Arc::new(upstreams) }
    }

    /// All that are known, by service.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Upstream)> {
        self.upstreams.iter()
    }

    /// Whether all that is known runs in this process.
    fn is_whole(&self) -> bool {
        self.upstreams.values().all(|upstream| !matches!(upstream, Upstream::Remote(_)))
    }

    pub fn upstream(&self, service: &str) -> anyhow::Result<Upstream> {
        self.upstreams.get(service).cloned().with_context(|| {
            format!("nobody knows where {service} is: run it here or set upstreams.{service}")
        })
    }
}
