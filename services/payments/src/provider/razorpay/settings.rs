use anyhow::ensure;
use serde::{Deserialize, Serialize};

use crate::{
    config::SHORTEST_SECRET,
    provider::{
        address,
        webhook_secret::{self, WebhookSecret},
    },
};

/// `[payments.razorpay.<name>]`: one account at Razorpay.
#[derive(Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Razorpay {
    /// Without a trailing slash.
    pub base_url: String,
    /// `rzp_live_…` or `rzp_test_…`: no secret.
    pub key_id: String,
    #[serde(skip_serializing)]
    pub key_secret: String,
    /// What signs its webhooks, chosen by us there; other ones than the key's. Events from before a
    /// change are signed with the old one still, and Razorpay repeats them for a day (documentation
    /// “Webhooks: frequently asked questions”).
    pub webhook_secrets: Vec<WebhookSecret>,
    /// `acc_…`, as its webhooks name us.
    pub account_id: String,
    /// Whether real money is meant.
    pub live: bool,
    /// Whether customers may save cards in Razorpay's window; Razorpay has to have allowed it.
    pub saves_methods: bool,
    /// Where its script for our page is; without a query.
    pub script_url: String,
}

impl Default for Razorpay {
    fn default() -> Self {
        Self {
            base_url: "https://api.razorpay.com".into(),
            key_id: String::new(),
            key_secret: String::new(),
            webhook_secrets: Vec::new(),
            account_id: String::new(),
            live: false,
            saves_methods: false,
            script_url: "https://checkout.razorpay.com/v1/checkout.js".into(),
        }
    }
}

impl Razorpay {
    /// With an empty secret anyone could sign a webhook; with the other kind of key play money
    /// would count.
    pub fn check(&self, name: &str) -> anyhow::Result<()> {
        let section = format!("payments.razorpay.{name}");
        ensure!(
            self.key_secret.len() >= SHORTEST_SECRET,
            "{section}.key_secret must have {SHORTEST_SECRET} bytes or more"
        );
        webhook_secret::check(&self.webhook_secrets, &section)?;
        ensure!(
            self.webhook_secrets.iter().all(|one| one.secret != self.key_secret),
            "{section}.webhook_secrets must be other ones than key_secret"
        );
        let prefix = if self.live { "rzp_live_" } else { "rzp_test_" };
        ensure!(
            self.key_id.starts_with(prefix),
            "{section}.key_id must begin with {prefix} where live is {}",
            self.live
        );
        ensure!(self.account_id.starts_with("acc_"), "{section}.account_id must be acc_…");
        address::check(&format!("{section}.base_url"), &self.base_url, self.live)?;
        ensure!(!self.base_url.ends_with('/'), "{section}.base_url must not end with a slash");
        address::check(&format!("{section}.script_url"), &self.script_url, self.live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(secret: String) -> Vec<WebhookSecret> {
        vec![WebhookSecret { secret, until: None }]
    }

    fn good() -> Razorpay {
        Razorpay {
            key_id: "rzp_test_1".into(),
            key_secret: "k".repeat(24),
            webhook_secrets: secrets("w".repeat(24)),
            account_id: "acc_1".into(),
            ..Razorpay::default()
        }
    }

    #[test]
    fn nobody_starts_with_secrets_that_can_be_guessed_or_keys_of_the_other_kind() {
        assert!(good().check("in").is_ok());
        for bad in [
            Razorpay { key_secret: String::new(), ..good() },
            Razorpay { webhook_secrets: Vec::new(), ..good() },
            Razorpay { webhook_secrets: secrets("w".repeat(23)), ..good() },
            Razorpay { webhook_secrets: secrets(good().key_secret), ..good() },
            Razorpay { live: true, ..good() },
            Razorpay { key_id: "rzp_live_1".into(), ..good() },
            Razorpay { account_id: String::new(), ..good() },
            Razorpay { base_url: "http://api.razorpay.com".into(), ..good() },
            Razorpay { base_url: "https://api.razorpay.com/".into(), ..good() },
            Razorpay { base_url: String::new(), ..good() },
            Razorpay { script_url: "http://checkout.razorpay.com/v1/checkout.js".into(), ..good() },
        ] {
            assert!(bad.check("in").is_err());
        }
    }
}
