//! What a provider says of itself, and its keys: fetched when needed, kept for a while.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{DecodingKey, Header, jwk::Jwk};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::token;
use crate::providers::{
    Failure, TokenFault,
    outward::{self, Outward},
};

/// How long a provider's word about itself holds.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// The shortest time between two looks for keys that we do not know: anyone can make up the name
/// of a key.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// The most keys of one provider that are looked at.
const MOST_KEYS: usize = 64;

/// The discovery document (OpenID Connect Discovery 1.0, RFC 8414), less what we do not use.
#[derive(Deserialize)]
pub struct Discovery {
    issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub userinfo_endpoint: Option<String>,
    pub revocation_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl Discovery {
    /// Whether we may prove ourselves in a header, which is what holds where nothing is said.
    pub fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|way| way == "client_secret_basic"))
    }
}

/// A key set (RFC 7517). What cannot be read as a key is no key of ours.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// What is known of one provider.
#[derive(Default)]
pub struct Known {
    discovery: Mutex<Option<(Arc<Discovery>, Timestamp)>>,
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    all: Vec<Jwk>,
    fetched_at: Option<Timestamp>,
    /// When we last looked for a key that was not among them.
    missed_at: Option<Timestamp>,
}

impl Known {
    pub async fn discovery(
        &self,
        outward: &Outward,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Arc<Discovery>, Failure> {
        let mut kept = self.discovery.lock().await;
        if let Some((discovery, at)) = kept.as_ref()
            && is_fresh(*at, now)
        {
            return Ok(Arc::clone(discovery));
        }
        let text = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let url = Url::parse(&text).map_err(|_| Failure::Misconfigured("issuer"))?;
        let discovery: Discovery = outward::fetch(outward.get(url)).await?;
        // To the letter, as OpenID Connect Discovery 4.3 demands.
        if discovery.issuer != issuer {
            return Err(Failure::Misconfigured("discovery is about another issuer"));
        }
        let discovery = Arc::new(discovery);
        *kept = Some((Arc::clone(&discovery), now));
        Ok(discovery)
    }

    /// The key that a token says it is signed with. One that we do not know may be new: keys are
    /// fetched again, though not for everyone who makes up a name.
    pub async fn key(
        &self,
        outward: &Outward,
        uri: Url,
        header: &Header,
        now: Timestamp,
    ) -> Result<DecodingKey, Failure> {
        let mut keys = self.keys.lock().await;
        let fresh = keys.fetched_at.is_some_and(|at| is_fresh(at, now));
        if fresh {
            if let Some(key) = token::pick(&keys.all, header) {
                return Ok(key);
            }
            if keys.missed_at.is_some_and(|at| now >= at && now.duration_since(at) < LOOK_AGAIN) {
                return Err(TokenFault::UnknownKey.into());
            }
            keys.missed_at = Some(now);
        }
        let set: KeySet = outward::fetch(outward.get(uri)).await?;
        let read = set.keys.into_iter().take(MOST_KEYS);
        keys.all = read.filter_map(|key| serde_json::from_value(key).ok()).collect();
        keys.fetched_at = Some(now);
        token::pick(&keys.all, header).ok_or(TokenFault::UnknownKey.into())
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now >= at && now.duration_since(at) < KEPT
}
