//! How much one asker may ask: sizes of the request's head, requests per second.

use std::{
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use kernel::PersonId;
use wire::Problem;

use crate::Config;

/// Counts what each address and each token asks for, in this process.
pub struct Limits {
    addresses: Option<DefaultKeyedRateLimiter<IpAddr>>,
    tokens: Option<DefaultKeyedRateLimiter<u64>>,
    webhooks: Option<DefaultKeyedRateLimiter<IpAddr>>,
    passwords: Option<DefaultKeyedRateLimiter<IpAddr>>,
    exports: Option<DefaultKeyedRateLimiter<PersonId>>,
    /// Tokens are counted by a keyed hash, so that nobody finds them in our memory.
    hasher: RandomState,
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        Self {
            addresses: quota(config.address_per_second, config.address_burst)
                .map(RateLimiter::keyed),
            tokens: quota(config.token_per_second, config.token_burst).map(RateLimiter::keyed),
            webhooks: quota(config.webhook_per_second, config.webhook_burst)
                .map(RateLimiter::keyed),
            passwords: quota(config.password_per_second, config.password_burst)
                .map(RateLimiter::keyed),
            exports: NonZeroU32::new(config.export_per_minute)
                .map(Quota::per_minute)
                .map(RateLimiter::keyed),
            hasher: RandomState::new(),
        }
    }

    /// Counts one request; 429 where that is one too many.
    pub fn count<B>(
        &self,
        config: &Config,
        request: &Request<B>,
        address: IpAddr,
    ) -> Result<(), Problem> {
        if config.unlimited_addresses.contains(&address) {
            return Ok(());
        }
        let (path, network) = (request.uri().path(), network(address));
        if config.webhook_paths.iter().any(|prefix| path.starts_with(prefix)) {
            return counted(self.webhooks.as_ref(), &network);
        }
        counted(self.addresses.as_ref(), &network)?;
        if config.password_paths.iter().any(|password| path == password) {
            counted(self.passwords.as_ref(), &network)?;
        }
        match request.headers().get(header::AUTHORIZATION) {
            Some(value) => counted(self.tokens.as_ref(), &self.hasher.hash_one(token(value))),
            None => Ok(()),
        }
    }

    /// Counts that a person wants everything there is of them.
    pub fn count_export(&self, person: PersonId) -> Result<(), Problem> {
        counted(self.exports.as_ref(), &person)
    }

    /// Forgets who has been quiet long enough.
    pub fn tidy(&self) {
        let networks = self.addresses.iter().chain(&self.webhooks).chain(&self.passwords);
        networks.for_each(RateLimiter::retain_recent);
        self.tokens.iter().for_each(RateLimiter::retain_recent);
        self.exports.iter().for_each(RateLimiter::retain_recent);
    }
}

/// The token as services read it, however its scheme and the space before it are written.
fn token(value: &HeaderValue) -> &[u8] {
    let value = value.as_bytes().trim_ascii();
    let scheme = value.iter().position(|byte| *byte == b' ').unwrap_or(0);
    value[scheme..].trim_ascii()
}

fn quota(per_second: u32, burst: u32) -> Option<Quota> {
    let per_second = NonZeroU32::new(per_second)?;
    Some(Quota::per_second(per_second).allow_burst(NonZeroU32::new(burst).unwrap_or(per_second)))
}

fn counted<K: std::hash::Hash + Eq + Clone>(
    limiter: Option<&DefaultKeyedRateLimiter<K>>,
    key: &K,
) -> Result<(), Problem> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(key).map_err(|until| {
        let wait: Duration = until.wait_time_from(limiter.clock().now());
        let seconds = wait.as_secs() + 1;
        let detail = format!("Too many requests. Try again in {seconds} s.");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", detail)
            .with_retry_after(seconds)
    })
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

/// One customer of a provider has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => {
            let first = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(first))
        }
        v4 @ IpAddr::V4(_) => v4,
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
