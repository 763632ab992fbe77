use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{config::SHORTEST_SECRET, provider::address};

/// `[payments.paypal.<name>]`: one account at PayPal. PayPal wants to be asked before alcohol is
/// sold through it.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PayPal {
    /// Real money. PayPal's objects do not say whether they are real: its address and the keys do.
    pub live: bool,
    /// PayPal's own unless told: `https://api-m.paypal.com`, or the sandbox's where not `live`.
    pub base_url: String,
    pub client_id: String,
    #[serde(skip_serializing)]
    pub client_secret: String,
    /// PayPal's id of the webhook that points to
    /// `/v1/payments/webhooks/paypal/<name>`: a part of what is signed.
    pub webhook_id: String,
    /// The account that the money is for, thirteen letters and digits.
    pub merchant_id: String,
    /// Whether customers pay on PayPal's page, or with a card in its fields on ours.
    pub pays_with: PaysWith,
    /// Whether customers may keep what they pay with; PayPal has to have allowed the account to use its
    /// vault.
    pub saves_methods: bool,
    /// Where certificates of webhooks may lie; PayPal's own unless told. A plain name means https;
    /// `http://127.0.0.1:<port>` is for tests.
    pub cert_hosts: Vec<String>,
    /// Where its script for our page is, without a query; PayPal's own unless told.
    pub script_url: String,
    /// PEM file of the authorities whose certificates are trusted; the web's own unless told.
    pub roots_file: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaysWith {
    #[default]
    Paypal,
    Card,
}

impl PayPal {
    /// With all defaults filled in; refuses what could not work or could be guessed.
    pub(crate) fn checked(mut self, name: &str) -> anyhow::Result<Self> {
        let at = format!("payments.paypal.{name}");
        ensure!(
            self.client_secret.len() >= SHORTEST_SECRET,
            "{at}.client_secret is shorter than {SHORTEST_SECRET} bytes"
        );
        ensure!(!self.client_id.is_empty(), "{at}.client_id is not set");
        // With an empty one any webhook of any of PayPal's merchants would be ours.
        ensure!(self.webhook_id.len() >= 10, "{at}.webhook_id is not set");
        ensure!(self.merchant_id.len() == 13, "{at}.merchant_id has thirteen characters");
        let own = if self.live { "paypal.com" } else { "sandbox.paypal.com" };
        if self.base_url.is_empty() {
            self.base_url = format!("https://api-m.{own}");
        }
        if self.cert_hosts.is_empty() {
            self.cert_hosts = vec![format!("api.{own}"), format!("api-m.{own}")];
        }
        if self.script_url.is_empty() {
            self.script_url = "https://www.paypal.com/sdk/js".into();
        }
        address::check(&format!("{at}.script_url"), &self.script_url, self.live)?;
        address::check(&format!("{at}.base_url"), &self.base_url, self.live)?;
        let base = Url::parse(&self.base_url).with_context(|| format!("{at}.base_url"))?;
        let sandbox = base.host_str().is_some_and(|host| host.contains("sandbox"));
        ensure!(!(self.live && sandbox), "{at} is live and its base_url is the sandbox's");
        ensure!(
            self.live || base.host_str().is_none_or(|host| host != "api-m.paypal.com"),
            "{at} is not live and its base_url is the live one"
        );
        for host in &self.cert_hosts {
            ensure!(origin(host).is_some(), "{at}.cert_hosts: {host} is no name of a host");
        }
        Ok(self)
    }

    /// Whom PayPal's certificates name. Play money may be signed for by either.
    pub(crate) const fn certificate_names(&self) -> &'static [&'static str] {
        const LIVE: &str = "messageverificationcerts.paypal.com";
        if self.live { &[LIVE] } else { &["messageverificationcerts.sandbox.paypal.com", LIVE] }
    }
}

/// What an entry of `cert_hosts` allows: a scheme, a host and a port.
pub(crate) fn origin(entry: &str) -> Option<url::Origin> {
    if !entry.contains("://") {
        let url = Url::parse(&format!("https://{entry}/")).ok()?;
        return (url.host_str() == Some(entry)).then(|| url.origin());
    }
    let url = Url::parse(entry).ok()?;
    address::is_near(&url).then(|| url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> PayPal {
        PayPal {
            client_id: "id".into(),
            client_secret: "four and twenty bytes is".into(),
            webhook_id: "8PT597110X687430L".into(),
            merchant_id: "9VNYDCQ3ZWEZE".into(),
            ..PayPal::default()
        }
    }

    #[test]
    fn defaults_are_paypals_own_and_what_can_be_guessed_is_refused() {
        let settings = good().checked("main").unwrap();
        assert_eq!(settings.base_url, "https://api-m.sandbox.paypal.com");
        assert_eq!(settings.cert_hosts[0], "api.sandbox.paypal.com");
        let live = PayPal { live: true, ..good() }.checked("main").unwrap();
        assert_eq!(live.base_url, "https://api-m.paypal.com");
        let text = String::from;
        for bad in [
            PayPal { client_secret: text(""), ..good() },
            PayPal { client_secret: text("short"), ..good() },
            PayPal { client_id: text(""), ..good() },
            PayPal { webhook_id: text(""), ..good() },
            PayPal { merchant_id: text(""), ..good() },
            PayPal { live: true, base_url: text("https://api-m.sandbox.paypal.com"), ..good() },
            PayPal { base_url: text("https://api-m.paypal.com"), ..good() },
            PayPal { live: true, base_url: text("http://127.0.0.1:80"), ..good() },
            PayPal { base_url: text("http://paypal.example"), ..good() },
            PayPal { cert_hosts: vec![text("http://api.paypal.com")], ..good() },
            PayPal { cert_hosts: vec![text("api.paypal.com/certs")], ..good() },
            PayPal { cert_hosts: vec![text("user@api.paypal.com")], ..good() },
            PayPal { script_url: text("http://www.paypal.com/sdk/js"), ..good() },
        ] {
            assert!(bad.checked("main").is_err());
        }
    }
}
