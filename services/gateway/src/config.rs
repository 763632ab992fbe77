use std::net::IpAddr;

use anyhow::{Context as _, ensure};
use axum::http::Uri;
use host::Strangers;
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

    /// Requests per second from one address (one /64 network of IPv6) and of one person, and how
    /// many at once above that; 0 stands for no limit. Counted in each process, or by all gateways
    /// together while there is Redis.
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
    /// How often a person may ask for everything there is of them, per minute; 0 stands for
    /// no limit.
    pub export_per_minute: u32,
    /// Connections that one address (one /64 network of IPv6) may have open at once at this process;
    /// 0 stands for any number. Not kept behind proxies, whose connections are everybody's.
    pub address_connections: usize,
    /// Addresses without limits: load generators and monitoring.
    pub unlimited_addresses: Vec<IpAddr>,

    /// Requests that may be under way at once; more are turned away with 503, what matters less
    /// before it is that many: see [`crate::places::Class`].
    pub most_at_once: usize,
    /// How many of them may be of one address (one /64 network of IPv6), bodies that are on their way
    /// among them; 0 stands for any number.
    pub address_at_once: usize,
    /// Live streams that may be open at once, and how many of them by one person; 0 stands for any
    /// number.
    pub most_streams: usize,
    pub person_streams: usize,
    /// Seconds until a service must have begun to answer; no request takes longer than 25.
    pub answer_seconds: u64,
    /// Milliseconds that a page may wait for all that it shows before it is sent: what has not come
    /// by then its browser asks for itself.
    pub page_ms: u64,
    /// Seconds that a client may pause while it sends a body, and that a small one may take.
    pub body_pause_seconds: u64,

    /// Web pages of these origins may call the API: `https://shop.example`.
    pub allowed_origins: Vec<String>,
    /// Whether pages served by this machine, on any port, may call it too: for development.
    pub allow_localhost: bool,

    pub map: Map,
    pub help: Help,
}

/// `[gateway.help]`: whom people can ask where the pages do not help them on; nobody where both are
/// empty.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Help {
    pub email: String,
    pub phone: String,
}

/// `[gateway.map]`: whose map the pages show beneath what is the house's own.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Map {
    /// The address of a style for MapLibre; a map without roads where it is empty.
    pub style_url: String,
    /// Further origins that the style names for its tiles, signs and letters.
    pub style_hosts: Vec<String>,
    /// For Google's map in place of a style: a key for its JavaScript interface, and the id of a
    /// map.
    pub google_key: String,
    pub google_map_id: String,
}

impl Config {
    /// Refuses a map that could not be shown, and help that could not be reached.
    pub fn check(&self) -> anyhow::Result<()> {
        self.help.check()?;
        let map = &self.map;
        map.style_origins()?;
        ensure!(
            map.google_key.is_empty() == map.google_map_id.is_empty(),
            "gateway.map.google_key and gateway.map.google_map_id are set together, or neither"
        );
        ensure!(
            map.style_url.is_empty() || map.google_key.is_empty(),
            "gateway.map shows a style or Google's map, not both: empty style_url or google_key"
        );
        ensure!(
            map.style_hosts.is_empty() || !map.style_url.is_empty(),
            "gateway.map.style_hosts goes with a style_url"
        );
        Ok(())
    }

    /// What holds where strangers connect themselves: behind proxies none does.
    pub fn strangers(&self) -> Option<Strangers> {
        let most_each = Some(self.address_connections).filter(|most| *most > 0);
        let known = self.unlimited_addresses.clone();
        (self.proxies_in_front == 0)
            .then(|| Strangers { most_each: most_each.unwrap_or(usize::MAX), known })
    }
}

impl Help {
    fn check(&self) -> anyhow::Result<()> {
        let Self { email, phone } = self;
        // Both become links: nothing may stand in them that means something there.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
        let sides = email.split_once('@');
        let whole = |side: &str| !side.is_empty() && side.chars().all(plain);
        ensure!(
            email.is_empty() || sides.is_some_and(|(name, host)| whole(name) && whole(host)),
            "gateway.help.email must look like help@shop.example"
        );
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        let rest = phone.strip_prefix('+').unwrap_or(phone).chars();
        let dialled = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')');
        ensure!(
            phone.is_empty() || ((3..=15).contains(&digits) && rest.clone().all(dialled)),
            "gateway.help.phone must look like +1 515 555 0100"
        );
        Ok(())
    }
}

impl Map {
    pub fn google(&self) -> bool {
        !self.google_key.is_empty()
    }

    /// Where the style and what it names come from.
    pub fn style_origins(&self) -> anyhow::Result<Vec<String>> {
        let style = Some(&self.style_url).filter(|url| !url.is_empty());
        let mut origins = Vec::new();
        for address in style.into_iter().chain(&self.style_hosts) {
            let origin = origin(address).with_context(|| format!("gateway.map: {address:?}"))?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Ok(origins)
    }
}

/// The origin of an address that browsers are sent to: over TLS, unless it is this machine's own.
fn origin(address: &str) -> anyhow::Result<String> {
    let uri: Uri = address.parse().context("is not an address")?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        anyhow::bail!("is not a whole address, such as https://tiles.example/style.json")
    };
    let near = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
    ensure!(scheme == "https" || (scheme == "http" && near), "must begin with https://");
    // It becomes a part of the policy, where other characters mean something.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    ensure!(authority.as_str().chars().all(plain), "has a host that is none");
    Ok(format!("{scheme}://{authority}"))
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
            address_connections: 256,
            unlimited_addresses: Vec::new(),
            most_at_once: 512,
            address_at_once: 64,
            most_streams: 2048,
            person_streams: 16,
            answer_seconds: 25,
            page_ms: 1000,
            body_pause_seconds: 10,
            allowed_origins: Vec::new(),
            allow_localhost: false,
            map: Map::default(),
            help: Help::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(map: Map) -> Result<(), String> {
        let config = Config { map, ..Config::default() };
        config.check().map_err(|error| format!("{error:#}"))
    }

    fn style(url: &str) -> Map {
        Map { style_url: url.into(), ..Map::default() }
    }

    #[test]
    fn a_map_comes_over_tls_or_from_near() {
        for url in
            ["", "https://tiles.example/style.json", "http://127.0.0.1:8081/s", "http://[::1]/"]
        {
            assert_eq!(checked(style(url)), Ok(()), "{url}");
        }
        for url in
            ["http://tiles.example/", "/style.json", "tiles.example", "https://a;b/", "ftp://a/"]
        {
            assert!(checked(style(url)).is_err(), "{url}");
        }
    }

    #[test]
    fn whoever_helps_can_be_reached() {
        let checked = |email: &str, phone: &str| {
            let help = Help { email: email.into(), phone: phone.into() };
            Config { help, ..Config::default() }.check().is_ok()
        };
        assert!(checked("", ""));
        assert!(checked("help+orders@shop.example", "+1 (515) 555-0100"));
        assert!(checked("", "112"));
        for email in ["help", "@shop.example", "help@", "a@b@c", "a b@c", "a@b?cc=d", "<a@b>"] {
            assert!(!checked(email, ""), "{email}");
        }
        for phone in ["12", "+", "555 HELP", "1+2345", "12345678901234567", "12;ext=3"] {
            assert!(!checked("", phone), "{phone}");
        }
    }

    #[test]
    fn a_map_is_of_one_maker() {
        let google = |key: &str, id: &str| Map {
            google_key: key.into(),
            google_map_id: id.into(),
            ..Map::default()
        };
        assert_eq!(checked(google("k", "i")), Ok(()));
        assert!(checked(google("k", "")).is_err());
        assert!(checked(google("", "i")).is_err());
        let both = Map { style_url: "https://tiles.example/".into(), ..google("k", "i") };
        assert!(checked(both).is_err());
        let hosts = Map { style_hosts: vec!["https://a.example".into()], ..Map::default() };
        assert!(checked(hosts).is_err());
    }
}
