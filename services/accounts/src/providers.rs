//! Signing in by a provider: how each is asked, what is believed of its answers, and whose account
//! an identity opens.
//!
//! An app *begins* a flow, and keeps its secret. The browser goes to the provider and comes *back*
//! with a state, which finds the flow's row; what the provider says is kept there. The app then
//! *redeems* the flow with the secret and with the ticket from the address that the browser was
//! sent to. So neither a state that is put under someone's browser nor a stolen address opens
//! anything.

pub mod apple;
pub mod arrival;
mod facebook;
mod failure;
pub mod leaving;
pub mod linking;
mod openid;
mod outward;
pub mod return_path;
mod settings;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::ensure;
use garde::rules::email::parse_email;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use self::outward::Outward;
pub use self::{
    facebook::Facebook,
    failure::{Failure, TokenFault},
    openid::OpenId,
    settings::{Kind, ProviderSettings},
};
use crate::{Config, profile};

/// The longest name that is kept of one, in characters.
const LONGEST_NAME: usize = 100;

/// The providers that are set, by name.
#[derive(Clone, Default)]
pub struct Providers(Arc<BTreeMap<String, Provider>>);

/// One provider.
#[derive(Clone)]
pub struct Provider {
    pub name: String,
    pub display_name: String,
    pub kind: Kind,
    pub way: Way,
    /// For all answers that one step of a sign-in needs.
    patience: Duration,
}

/// How it is spoken to.
#[derive(Clone)]
pub enum Way {
    OpenId(OpenId),
    Facebook(Facebook),
}

/// What is secret between the beginning of a flow and the browser's coming back.
pub struct Begun {
    /// In the address; only its hash is kept.
    pub state: String,
    /// In the address and in the identity token.
    pub nonce: String,
    /// What PKCE proves that it is us who began (RFC 7636).
    pub verifier: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
}

/// What the browser brought back.
#[derive(Debug, Default)]
pub struct Back {
    pub code: String,
    /// Which provider says so (RFC 9207).
    pub issuer: Option<String>,
    /// What Apple tells of a person, the first time only and unsigned.
    pub user: Option<String>,
}

/// Who a provider says that someone is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's own name for the person.
    pub subject: String,
    /// In lower case.
    pub email: Option<String>,
    /// Whether the provider has verified that address, and is believed.
    pub email_vouched: bool,
    /// Untrusted text, cleaned; may be empty.
    pub given_name: String,
    pub family_name: String,
    /// What revokes our access there.
    #[serde(skip)]
    pub refresh_token: Option<SecretString>,
}

impl Providers {
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        ensure!(
            (1..=8_000).contains(&config.provider_patience_ms),
            "accounts.provider_patience_ms must be between 1 and 8000"
        );
        let patience = Duration::from_millis(config.provider_patience_ms);
        let outward = Outward::new(patience)?;
        let open = |(name, set): (&String, &ProviderSettings)| {
            settings::open(name, set, &outward).map(|provider| (name.clone(), provider))
        };
        let providers = config.providers.iter().map(open).collect::<anyhow::Result<_>>()?;
        Ok(Self(Arc::new(providers)))
    }

    pub fn find(&self, name: &str) -> Option<&Provider> {
        self.0.get(name)
    }

    pub fn all(&self) -> impl Iterator<Item = &Provider> {
        self.0.values()
    }
}

impl Provider {
    /// Where the browser goes to say who its person is.
    pub async fn address(&self, begun: &Begun, now: Timestamp) -> Result<Url, Failure> {
        match &self.way {
            Way::OpenId(openid) => self.in_time(openid.address(begun, now)).await,
            Way::Facebook(facebook) => facebook.address(begun),
        }
    }

    /// Who has come back.
    pub async fn identify(
        &self,
        back: &Back,
        begun: &Begun,
        now: Timestamp,
    ) -> Result<Identity, Failure> {
        match &self.way {
            Way::OpenId(openid) => self.in_time(openid.identify(back, begun, now)).await,
            Way::Facebook(facebook) => self.in_time(facebook.identify(back, begun)).await,
        }
    }

    /// A provider that is slow, or others who wait for it too, keep nobody for long.
    async fn in_time<T>(
        &self,
        answer: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let answer = tokio::time::timeout(self.patience, answer).await;
        answer.unwrap_or(Err(Failure::Unavailable("the answers took too long")))
    }
}

/// An address that can be kept, in lower case.
fn clean_email(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    let fits = text.len() <= 254 && text.is_ascii() && parse_email(text).is_ok();
    fits.then(|| text.to_lowercase())
}

/// A name as a provider gave it, less what no name has in it; empty when nothing is left.
fn clean_name(text: Option<&str>) -> String {
    let visible = text.unwrap_or_default().chars().filter(|c| !c.is_control() && !is_hidden(*c));
    let name: String = visible.take(LONGEST_NAME).collect();
    let name = name.trim();
    if profile::name(name, &()).is_ok() { name.to_owned() } else { String::new() }
}

/// Marks that turn around or hide what is written beside them.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Given and family name of someone of whom only the whole name is known.
fn split_name(whole: &str) -> (&str, &str) {
    whole.trim().rsplit_once(' ').unwrap_or((whole, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_and_nothing_else() {
        assert_eq!(clean_name(Some(" Ann ")), "Ann");
        assert_eq!(clean_name(Some("An\u{0}n\u{202e}")), "Ann");
        assert_eq!(clean_name(Some("\u{200b} \u{7}")), "");
        assert_eq!(clean_name(None), "");
        assert_eq!(clean_name(Some(&"é".repeat(500))).chars().count(), LONGEST_NAME);
        assert_eq!(split_name("Ann Mary Lee"), ("Ann Mary", "Lee"));
        assert_eq!(split_name("Ann"), ("Ann", ""));
    }

    #[test]
    fn an_address_is_one() {
        assert_eq!(clean_email(Some("Ann@Example.com")).as_deref(), Some("ann@example.com"));
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in ["", "ann", "ann@", "a\u{0}@example.com", "änn@example.com", &long] {
            assert_eq!(clean_email(Some(bad)), None, "{bad}");
        }
    }
}
