use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// `[gateway]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Services that are reachable from outside, under `/v1/<name>` (the sandbox under
    /// `/sandbox`).
    pub services: Vec<String>,
    /// Services without which the house still counts as ready.
    pub ready_without: Vec<String>,
    /// How many reverse proxies stand before this one: so many addresses at the end of
    /// `X-Forwarded-For` are believed, and none when it is 0.
    pub proxies_in_front: usize,

    /// The largest body, and the largest for paths that end in one of `large_body_suffixes`.
    pub body_limit_kib: usize,
    pub large_body_limit_kib: usize,
    pub large_body_suffixes: Vec<String>,
    /// The most that all header lines of a request may weigh, and how many there may be.
    pub header_limit_bytes: usize,
    pub header_limit_count: usize,
    /// The longest path with its query.
    pub target_limit_bytes: usize,

    /// Requests per second from one address (one /64 network of IPv6) and with one token, and how
    /// many at once above that; 0 stands for no limit.
    pub address_per_second: u32,
    pub address_burst: u32,
    pub token_per_second: u32,
    pub token_burst: u32,
    /// The same for paths that begin with one of `webhook_paths`: providers send in bursts from
    /// few addresses.
    pub webhook_per_second: u32,
    pub webhook_burst: u32,
    pub webhook_paths: Vec<String>,
    /// The same for these paths, where every try costs a password's hash and may be a guess.
    pub password_per_second: u32,
    pub password_burst: u32,
    pub password_paths: Vec<String>,
    /// How often a person may ask for everything there is of them, per minute, in each process; 0
    /// stands for no limit.
    pub export_per_minute: u32,
    /// Addresses without limits: load generators and monitoring.
    pub unlimited_addresses: Vec<IpAddr>,

    /// Requests that may be under way at once; more are turned away with 503.
    pub most_at_once: usize,
    /// Live streams that may be open at once.
    pub most_streams: usize,
    /// Seconds until a service must have begun to answer.
    pub answer_seconds: u64,
    /// Seconds that a client may pause while it sends a body.
    pub body_pause_seconds: u64,

    /// Web pages of these origins may call the API: `https://shop.example`.
    pub allowed_origins: Vec<String>,
    /// Whether pages served by this machine, on any port, may call it too: for development.
    pub allow_localhost: bool,
}

impl Default for Config {
    fn default() -> Self {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Self {
            services: texts(&crate::SERVICES),
            ready_without: texts(&["insight", "notifications", "sandbox"]),
            proxies_in_front: 0,
            body_limit_kib: 256,
            large_body_limit_kib: 2 * 1024,
            large_body_suffixes: texts(&[".csv"]),
            header_limit_bytes: 16 * 1024,
            header_limit_count: 64,
            target_limit_bytes: 8 * 1024,
            address_per_second: 50,
            address_burst: 200,
            token_per_second: 20,
            token_burst: 100,
            webhook_per_second: 200,
            webhook_burst: 1000,
            webhook_paths: texts(&["/v1/payments/webhooks/"]),
            password_per_second: 1,
            password_burst: 20,
            password_paths: texts(&[
                "/v1/accounts/sign-in",
                "/v1/accounts/sign-in/second-factor",
                "/v1/accounts/sign-up",
                "/v1/accounts/sign-up/confirm",
                "/v1/accounts/password/reset",
                "/v1/accounts/password/reset/confirm",
                "/v1/accounts/password/change",
                "/v1/accounts/email/change",
                "/v1/accounts/me/erasure",
            ]),
            export_per_minute: 3,
            unlimited_addresses: Vec::new(),
            most_at_once: 512,
            most_streams: 2048,
            answer_seconds: 30,
            body_pause_seconds: 10,
            allowed_origins: Vec::new(),
            allow_localhost: false,
        }
    }
}
