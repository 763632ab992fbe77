use std::collections::BTreeMap;

use anyhow::ensure;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{providers::ProviderSettings, secret::Vault};

/// `[accounts]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What seals signing keys and second factors, and keys the hashes of codes and documents: 32
    /// random bytes or more, the same in every process that runs accounts.
    #[serde(skip_serializing)]
    pub secret: SecretString,
    /// How long an access token holds, 1 to 60.
    pub access_token_minutes: i64,
    /// Days after which the key that signs access tokens is changed, 1 to 365.
    pub key_days: i64,
    /// Days that a session lasts without being used, and in all.
    pub session_idle_days: i64,
    pub session_days: i64,
    /// Seconds in which a spent refresh token gives its successor once more, for tabs of one browser
    /// that refresh at the same time; 0 to 10.
    pub refresh_grace_seconds: i64,
    /// Whose roles need a second factor.
    pub second_factor: SecondFactor,
    /// Minutes that a code or link holds; and days that an invitation does.
    pub code_minutes: i64,
    pub invitation_days: i64,
    /// Argon2id memory in KiB, rounds and lanes. The defaults are OWASP's second choice (19 MiB,
    /// 2 rounds, 1 lane).
    pub argon2_memory_kib: u32,
    pub argon2_rounds: u32,
    pub argon2_lanes: u32,
    /// How many passwords are hashed at once: each takes a core and that much memory.
    pub argon2_at_once: usize,
    /// How long one answer of a sign-in provider may take, in milliseconds; a sign-in needs up to
    /// four.
    pub provider_patience_ms: u64,
    /// The providers that people may sign in at, by the name that is in their addresses.
    pub providers: BTreeMap<String, ProviderSettings>,
}

/// Who must show a second factor before a role of theirs is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Support, operators and auditors.
    Operators,
    /// Those, and everyone who works at a store.
    Staff,
    /// Nobody: for a demo and for tests.
    Nobody,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            secret: SecretString::default(),
            access_token_minutes: 10,
            key_days: 30,
            session_idle_days: 30,
            session_days: 180,
            refresh_grace_seconds: 5,
            second_factor: SecondFactor::Operators,
            code_minutes: 20,
            invitation_days: 7,
            argon2_memory_kib: 19 * 1024,
            argon2_rounds: 2,
            argon2_lanes: 1,
            argon2_at_once: 4,
            provider_patience_ms: 5_000,
            providers: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Refuses a weak secret and numbers that make no sense.
    pub fn check(&self) -> anyhow::Result<()> {
        Vault::new(&self.secret)?;
        let within = |name: &str, value: i64, least: i64, most: i64| {
            ensure!(
                (least..=most).contains(&value),
                "accounts.{name} must be between {least} and {most}"
            );
            Ok(())
        };
        within("access_token_minutes", self.access_token_minutes, 1, 60)?;
        within("key_days", self.key_days, 1, 365)?;
        within("session_idle_days", self.session_idle_days, 1, 365)?;
        within("session_days", self.session_days, self.session_idle_days, 3650)?;
        within("refresh_grace_seconds", self.refresh_grace_seconds, 0, 10)?;
        within("code_minutes", self.code_minutes, 5, 120)?;
        within("invitation_days", self.invitation_days, 1, 90)
    }
}
