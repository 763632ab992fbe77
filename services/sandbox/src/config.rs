use anyhow::ensure;
use serde::{Deserialize, Serialize};

/// `[sandbox]`
#[derive(Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the merchant's server proves itself with; at least 24 bytes.
    #[serde(skip_serializing)]
    pub secret_key: String,
    /// Signs webhooks; at least 24 bytes.
    #[serde(skip_serializing)]
    pub webhook_secret: String,
    /// Where webhooks go; the house's own public address unless told.
    pub webhook_url: String,
    /// How long the stalling card keeps a caller waiting after it took effect.
    pub stall_ms: u64,
    /// How long answers under a key and events that were sent are kept. A write that comes again
    /// under its key after that is a new one.
    pub kept_days: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            secret_key: String::new(),
            webhook_secret: String::new(),
            webhook_url: String::new(),
            stall_ms: 12_000,
            kept_days: 30,
        }
    }
}

/// Anyone could guess less.
const SHORTEST_SECRET: usize = 24;

impl Config {
    pub(crate) fn checked(mut self, public_url: &str) -> anyhow::Result<Self> {
        ensure!(
            self.secret_key.len() >= SHORTEST_SECRET,
            "set sandbox.secret_key (TIPPLE__SANDBOX__SECRET_KEY) to {SHORTEST_SECRET} random \
             bytes or more"
        );
        ensure!(
            self.webhook_secret.len() >= SHORTEST_SECRET,
            "set sandbox.webhook_secret (TIPPLE__SANDBOX__WEBHOOK_SECRET) to {SHORTEST_SECRET} \
             random bytes or more"
        );
        ensure!(self.kept_days >= 7, "sandbox.kept_days must be at least 7");
        if self.webhook_url.is_empty() {
            self.webhook_url = format!("{public_url}/v1/payments/webhooks/sandbox");
        }
        Ok(self)
    }
}
