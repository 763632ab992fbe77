use anyhow::ensure;
use serde::{Deserialize, Serialize};

use crate::{
    config::SHORTEST_SECRET,
    provider::{
        address,
        webhook_secret::{self, WebhookSecret},
    },
};

/// `[payments.stripe.<name>]`
#[derive(Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stripe {
    /// Without a trailing slash.
    pub base_url: String,
    /// `sk_…`, or better a restricted key `rk_…` that may write Payment Intents, Checkout Sessions
    /// and refunds, and read charges and disputes.
    #[serde(skip_serializing)]
    pub secret_key: String,
    /// `pk_…`: what names the account to Stripe's script in the browser; no secret.
    pub publishable_key: String,
    /// What may sign webhooks, `whsec_…`; while one is being changed there are two.
    pub webhook_secrets: Vec<WebhookSecret>,
    /// The version of the API that answers are read in.
    pub api_version: String,
    /// `acct_…` where the key is a platform's and acts for this connected account.
    pub account: String,
    /// Whether real money is meant.
    pub live: bool,
    pub page: Page,
    /// Whether customers may keep cards for later; a restricted key then has to be allowed to write
    /// customers and payment methods.
    pub saves_methods: bool,
    /// Where its script for our page is; without a query.
    pub script_url: String,
}

/// Where the customer pays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// In Stripe's fields within our own checkout page.
    #[default]
    Element,
    /// On Stripe's page.
    Redirect,
}

impl Default for Stripe {
    fn default() -> Self {
        Self {
            base_url: "https://api.stripe.com".into(),
            secret_key: String::new(),
            publishable_key: String::new(),
            webhook_secrets: Vec::new(),
            api_version: "2023-08-16".into(),
            account: String::new(),
            live: false,
            page: Page::Element,
            saves_methods: false,
            script_url: "https://js.stripe.com/v3/".into(),
        }
    }
}

impl Stripe {
    pub fn check(&self, name: &str) -> anyhow::Result<()> {
        let at = format!("payments.stripe.{name}");
        let of_mode = if self.live { ["sk_live_", "rk_live_"] } else { ["sk_test_", "rk_test_"] };
        ensure!(
            self.secret_key.len() >= SHORTEST_SECRET
                && of_mode.iter().any(|prefix| self.secret_key.starts_with(prefix)),
            "{at}.secret_key must be a key of Stripe that begins with {} or {}, as {at}.live says",
            of_mode[0],
            of_mode[1]
        );
        let public = if self.live { "pk_live_" } else { "pk_test_" };
        ensure!(
            self.publishable_key.starts_with(public)
                || (self.page == Page::Redirect && self.publishable_key.is_empty()),
            "{at}.publishable_key must begin with {public}"
        );
        webhook_secret::check(&self.webhook_secrets, &at)?;
        ensure!(
            self.account.is_empty() || self.account.starts_with("acct_"),
            "{at}.account must be empty or begin with acct_"
        );
        ensure!(!self.api_version.is_empty(), "{at}.api_version must not be empty");
        // With a real key too: on this machine nobody is on the way.
        address::check(&format!("{at}.base_url"), &self.base_url, false)?;
        ensure!(!self.base_url.ends_with('/'), "{at}.base_url must not end with a slash");
        address::check(&format!("{at}.script_url"), &self.script_url, self.live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Stripe {
        let secret = "whsec_four_and_twenty_bytes".into();
        Stripe {
            secret_key: "sk_test_four_and_twenty_bytes".into(),
            publishable_key: "pk_test_x".into(),
            webhook_secrets: vec![WebhookSecret { secret, until: None }],
            ..Stripe::default()
        }
    }

    #[test]
    fn nobody_starts_with_keys_that_are_short_or_of_the_other_mode() {
        good().check("us").unwrap();
        let secrets = |secret: &str, until| vec![WebhookSecret { secret: secret.into(), until }];
        let long = "whsec_four_and_twenty_bytes";
        for bad in [
            Stripe { secret_key: String::new(), ..good() },
            Stripe { secret_key: "sk_test_short".into(), ..good() },
            Stripe { secret_key: "sk_live_four_and_twenty_bytes".into(), ..good() },
            Stripe { live: true, ..good() },
            Stripe { publishable_key: String::new(), ..good() },
            Stripe { publishable_key: "pk_live_x".into(), ..good() },
            Stripe { webhook_secrets: Vec::new(), ..good() },
            Stripe { webhook_secrets: secrets("", None), ..good() },
            Stripe { webhook_secrets: secrets("whsec_", None), ..good() },
            Stripe { webhook_secrets: secrets(long, Some(jiff::Timestamp::MAX)), ..good() },
            Stripe { base_url: "http://api.stripe.com".into(), ..good() },
            Stripe { account: "us".into(), ..good() },
            Stripe { script_url: "http://js.stripe.com/v3/".into(), ..good() },
        ] {
            bad.check("us").unwrap_err();
        }
    }
}
