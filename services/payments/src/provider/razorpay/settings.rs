use anyhow::ensure;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{component, config::SHORTEST_SECRET};

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
    /// What signs its webhooks, chosen by us there; another one than the key's.
    #[serde(skip_serializing)]
    pub webhook_secret: String,
    /// The one before it: events from before the change are signed with it still.
    #[serde(skip_serializing)]
    pub old_webhook_secret: String,
    /// Until when that counts; Razorpay repeats itself for a day.
    pub old_webhook_secret_until: Option<Timestamp>,
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
            webhook_secret: String::new(),
            old_webhook_secret: String::new(),
            old_webhook_secret_until: None,
            account_id: String::new(),
            live: false,
            saves_methods: false,
            script_url: "https://checkout.razorpay.com/v1/checkout.js".into(),
        }
    }
}

impl Razorpay {
    /// What signs webhooks at `now`.
    pub fn webhook_secrets(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        let old = self.old_webhook_secret_until.filter(|until| now < *until);
        let old = old.map(|_| self.old_webhook_secret.as_str());
        std::iter::once(self.webhook_secret.as_str()).chain(old)
    }

    /// With an empty secret anyone could sign a webhook; with the other kind of key play money
    /// would count.
    pub fn check(&self, name: &str) -> anyhow::Result<()> {
        let section = format!("payments.razorpay.{name}");
        for (secret, what) in
            [(&self.key_secret, "key_secret"), (&self.webhook_secret, "webhook_secret")]
        {
            ensure!(
                secret.len() >= SHORTEST_SECRET,
                "{section}.{what} must have {SHORTEST_SECRET} bytes or more"
            );
        }
        ensure!(
            self.key_secret != self.webhook_secret,
            "{section}.webhook_secret must be another one than key_secret"
        );
        ensure!(
            self.old_webhook_secret_until.is_none()
                || self.old_webhook_secret.len() >= SHORTEST_SECRET,
            "{section}.old_webhook_secret must have {SHORTEST_SECRET} bytes or more while it counts"
        );
        let prefix = if self.live { "rzp_live_" } else { "rzp_test_" };
        ensure!(
            self.key_id.starts_with(prefix),
            "{section}.key_id must begin with {prefix} where live is {}",
            self.live
        );
        ensure!(self.account_id.starts_with("acc_"), "{section}.account_id must be acc_…");
        component::check_script(&section, &self.script_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Razorpay {
        Razorpay {
            key_id: "rzp_test_1".into(),
            key_secret: "k".repeat(24),
            webhook_secret: "w".repeat(24),
            account_id: "acc_1".into(),
            ..Razorpay::default()
        }
    }

    #[test]
    fn nobody_starts_with_secrets_that_can_be_guessed_or_keys_of_the_other_kind() {
        assert!(good().check("in").is_ok());
        for bad in [
            Razorpay { key_secret: String::new(), ..good() },
            Razorpay { webhook_secret: String::new(), ..good() },
            Razorpay { webhook_secret: "w".repeat(23), ..good() },
            Razorpay { webhook_secret: good().key_secret, ..good() },
            Razorpay { live: true, ..good() },
            Razorpay { key_id: "rzp_live_1".into(), ..good() },
            Razorpay { account_id: String::new(), ..good() },
            Razorpay { script_url: "http://checkout.razorpay.com/v1/checkout.js".into(), ..good() },
            Razorpay { old_webhook_secret_until: Some(Timestamp::MAX), ..good() },
        ] {
            assert!(bad.check("in").is_err());
        }
    }

    #[test]
    fn an_old_secret_counts_until_then() {
        let until = Timestamp::from_second(1_000).unwrap();
        let old_webhook_secret = "o".repeat(24);
        let both = Razorpay { old_webhook_secret, old_webhook_secret_until: Some(until), ..good() };
        let at = |second| both.webhook_secrets(Timestamp::from_second(second).unwrap()).count();
        assert_eq!((at(999), at(1_000)), (2, 1));
    }
}
