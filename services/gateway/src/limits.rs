//! How much one asker may ask: sizes of the request's head, requests per second.

mod shared;

use std::{
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use cache::Redis;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use kernel::PersonId;
use wire::Problem;

use self::shared::Shared;
use crate::{App, Config, places::is_webhook};

/// Counts what each address and each person asks for: for all gateways together where there is
/// Redis and while it answers, else in this process.
pub struct Limits {
    addresses: Option<Limit>,
    tokens: Option<Limit>,
    webhooks: Option<Limit>,
    passwords: Option<Limit>,
    exports: Option<Limit>,
    /// Askers are counted by a keyed hash, so that nobody finds tokens in our memory.
    hasher: RandomState,
    shared: Option<Shared>,
}

/// So many at once, and one more each time that an interval has gone by.
pub struct Limit {
    name: &'static str,
    burst: u32,
    every_micros: u64,
    here: DefaultKeyedRateLimiter<u64>,
}

/// One more of what a limit is for, by whom.
pub type Counted<'a> = (&'a Limit, Vec<u8>);

impl Limits {
    /// `redis` with the house's secret, where there is any.
    pub fn new(config: &Config, redis: Option<(Redis, &[u8])>) -> anyhow::Result<Self> {
        let second = Duration::from_secs(1);
        let a_second = |name, count, burst| Limit::new(name, (count, second), burst);
        let exports = config.export_per_minute;
        Ok(Self {
            addresses: a_second("address", config.address_per_second, config.address_burst),
            tokens: a_second("token", config.token_per_second, config.token_burst),
            webhooks: a_second("webhook", config.webhook_per_second, config.webhook_burst),
            passwords: a_second("password", config.password_per_second, config.password_burst),
            exports: Limit::new("export", (exports, Duration::from_mins(1)), exports),
            hasher: RandomState::new(),
            shared: redis.map(|(redis, secret)| Shared::new(redis, secret)).transpose()?,
        })
    }

    /// What one request counts for.
    pub fn of<B>(&self, config: &Config, request: &Request<B>, asker: &Asker) -> Vec<Counted<'_>> {
        if asker.unlimited {
            return Vec::new();
        }
        let (path, network) = (request.uri().path(), bytes(asker.network));
        if is_webhook(&config.webhook_paths, path) {
            return self.webhooks.iter().map(|limit| (limit, network.clone())).collect();
        }
        let password = config.password_paths.iter().any(|password| path == password);
        let passwords = self.passwords.iter().filter(|_| password);
        let networks = self.addresses.iter().chain(passwords);
        let mut counted: Vec<_> = networks.map(|limit| (limit, network.clone())).collect();
        // However many tokens somebody has; what holds for nobody is counted as it is.
        let person = asker.person.map(|person| person.uuid().as_bytes().to_vec());
        let token = || Some(token(request.headers())?.to_vec());
        counted.extend(self.tokens.as_ref().zip(person.or_else(token)));
        counted
    }

    /// Counts that a person wants everything there is of them.
    pub async fn count_export(&self, person: PersonId) -> Result<(), Problem> {
        let person = person.uuid().as_bytes().to_vec();
        let exports = self.exports.as_ref().map(|limit| (limit, person));
        self.count(exports.as_slice()).await
    }

    /// Counts one for each in turn; 429 where that is one too many.
    pub async fn count(&self, counted: &[Counted<'_>]) -> Result<(), Problem> {
        if let (Some(shared), false) = (&self.shared, counted.is_empty())
            && let Ok(wait) = shared.count(counted).await
        {
            return if wait == 0 { Ok(()) } else { Err(too_many(Duration::from_micros(wait))) };
        }
        self.count_here(counted)
    }

    /// The same without asking anybody: other processes do not hear of it.
    pub fn count_here(&self, counted: &[Counted<'_>]) -> Result<(), Problem> {
        for (limit, asker) in counted {
            let key = self.hasher.hash_one(asker);
            limit
                .here
                .check_key(&key)
                .map_err(|until| too_many(until.wait_time_from(limit.here.clock().now())))?;
        }
        Ok(())
    }

    /// Forgets who has been quiet long enough.
    pub fn tidy(&self) {
        let limits =
            [&self.addresses, &self.tokens, &self.webhooks, &self.passwords, &self.exports];
        limits.into_iter().flatten().for_each(|limit| limit.here.retain_recent());
    }
}

impl Limit {
    /// None where there is none to keep.
    fn new(name: &'static str, (count, period): (u32, Duration), burst: u32) -> Option<Self> {
        let count = NonZeroU32::new(count)?;
        let burst = NonZeroU32::new(burst).unwrap_or(count);
        let every = period / count.get();
        let quota = Quota::with_period(every)?.allow_burst(burst);
        let every_micros = every.as_micros() as u64;
        let here = RateLimiter::keyed(quota);
        Some(Self { name, burst: burst.get(), every_micros, here })
    }
}

pub fn too_many(wait: Duration) -> Problem {
    let seconds = wait.as_secs() + 1;
    let detail = format!("Too many requests. Try again in {seconds} s.");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", detail)
        .with_retry_after(seconds)
}

/// Whoever asks, as far as limits go.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    /// Their address, or all of their network.
    pub network: IpAddr,
    /// Whom their token speaks for, where they bring one that holds.
    pub person: Option<PersonId>,
    /// Whether their address is one without limits.
    pub unlimited: bool,
}

impl Asker {
    pub fn of<B>(app: &App, request: &Request<B>) -> Self {
        let address = address_of(request, app.config.proxies_in_front);
        let held = || app.verifier.pass(std::str::from_utf8(token(request.headers())?).ok()?).ok();
        Self {
            network: host::network(address),
            person: held().map(|pass| pass.actor.person),
            unlimited: app.config.unlimited_addresses.contains(&address),
        }
    }
}

/// The token as services read it, however its scheme and the space before it are written.
fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes().trim_ascii();
    let scheme = value.iter().position(|byte| *byte == b' ').unwrap_or(0);
    Some(value[scheme..].trim_ascii())
}

/// Whoever asks, as far as can be known: the peer, or what the proxies in front say of it.
pub fn address_of<B>(request: &Request<B>, proxies_in_front: usize) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.ip());
    let Some(back) = proxies_in_front.checked_sub(1) else { return peer.to_canonical() };
    let named: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let named = named.into_iter().rev().nth(back).and_then(|text| text.trim().parse().ok());
    named.unwrap_or(peer).to_canonical()
}

fn bytes(network: IpAddr) -> Vec<u8> {
    match network {
        IpAddr::V4(network) => network.octets().to_vec(),
        IpAddr::V6(network) => network.octets().to_vec(),
    }
}

/// 414 or 431 where the request's head is too large.
pub fn head_fits(config: &Config, target: &str, headers: &HeaderMap) -> Result<(), Problem> {
    if target.len() > config.target_limit_bytes {
        let detail = format!("The path may have {} bytes.", config.target_limit_bytes);
        return Err(Problem::new(StatusCode::URI_TOO_LONG, "path-too-long", detail));
    }
    let weight: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers.len() > config.header_limit_count || weight > config.header_limit_bytes {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let detail = format!(
            "There may be {} headers of {} bytes in all.",
            config.header_limit_count, config.header_limit_bytes
        );
        return Err(Problem::new(status, "headers-too-large", detail));
    }
    Ok(())
}
