use anyhow::{Context as _, ensure};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{
    Provider, Way, apple,
    facebook::Facebook,
    openid::{ClientProof, OpenId, Party},
    outward::{Outward, secure},
};

/// What proves to a provider that we are its client.
pub type ClientSecret = SecretString;

/// How a provider is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Any OpenID provider that has a discovery document: Google is one.
    Oidc,
    Apple,
    Facebook,
}

/// `[accounts.providers.<name>]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    pub kind: Kind,
    /// What people are shown; the name with a capital unless told.
    #[serde(default)]
    pub display_name: String,
    /// Where the discovery document is, less `/.well-known/openid-configuration`; Apple's own
    /// unless told.
    #[serde(default)]
    pub issuer: String,
    /// Apple's Services ID, Facebook's app id.
    #[serde(default)]
    pub client_id: String,
    /// Facebook's app secret; Apple has none.
    #[serde(default, skip_serializing)]
    pub client_secret: ClientSecret,
    /// What is asked for besides `openid`; `email` and `profile` unless told. For `oidc`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether an e-mail address that it calls verified is believed, which links accounts. For
    /// `oidc`; Google is believed unless told, others are not.
    #[serde(default)]
    pub vouches_for_email: Option<bool>,
    /// For `apple`: the team, the key's id and the key as the `.p8` file holds it.
    #[serde(default)]
    pub team_id: String,
    #[serde(default)]
    pub key_id: String,
    #[serde(default, skip_serializing)]
    pub private_key: SecretString,
    /// For `facebook`: addresses less the version, and the version.
    #[serde(default)]
    pub dialog_url: String,
    #[serde(default)]
    pub graph_url: String,
    #[serde(default)]
    pub graph_version: String,
}

const GOOGLE: &str = "https://accounts.google.com";
const APPLE: &str = "https://appleid.apple.com";
const FACEBOOK_DIALOG: &str = "https://www.facebook.com";
const FACEBOOK_GRAPH: &str = "https://graph.facebook.com";
const FACEBOOK_VERSION: &str = "v23.0";

/// A provider as it is set, ready to be asked.
pub fn open(name: &str, set: &ProviderSettings, outward: &Outward) -> anyhow::Result<Provider> {
    let place = format!("accounts.providers.{name}");
    ensure!(
        (1..=30).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
        "{place}: a provider's name is 1 to 30 small letters and digits"
    );
    ensure!(!set.client_id.is_empty(), "set {place}.client_id");
    let way = match set.kind {
        Kind::Oidc => Way::OpenId(oidc(set, outward).context(place)?),
        Kind::Apple => Way::OpenId(apple(set, outward).context(place)?),
        Kind::Facebook => Way::Facebook(facebook(set, outward).context(place)?),
    };
    let display_name = if set.display_name.is_empty() {
        name[..1].to_uppercase() + &name[1..]
    } else {
        set.display_name.clone()
    };
    let (name, patience) = (name.to_owned(), outward.patience * 3);
    Ok(Provider { name, display_name, kind: set.kind, way, patience })
}

fn oidc(set: &ProviderSettings, outward: &Outward) -> anyhow::Result<OpenId> {
    only(set, &[])?;
    let issuer = issuer(&set.issuer)?;
    ensure!(!set.client_secret.expose_secret().is_empty(), "set client_secret");
    let asked: Vec<&str> = match set.scopes.as_slice() {
        [] => vec!["email", "profile"],
        scopes => scopes.iter().map(String::as_str).collect(),
    };
    let scopes: Vec<&str> =
        std::iter::once("openid").chain(asked.into_iter().filter(|it| *it != "openid")).collect();
    let party = Party {
        vouches_for_email: set.vouches_for_email.unwrap_or(issuer == GOOGLE),
        issuer,
        client_id: set.client_id.clone(),
        scope: scopes.join(" "),
        proof: ClientProof::Secret(set.client_secret.clone()),
        form_post: false,
    };
    Ok(OpenId::new(party, outward.clone()))
}

fn apple(set: &ProviderSettings, outward: &Outward) -> anyhow::Result<OpenId> {
    only(set, &["apple"])?;
    let issuer = issuer(if set.issuer.is_empty() { APPLE } else { &set.issuer })?;
    let key = apple::Key::new(&set.team_id, &set.key_id, &set.private_key)?;
    let party = Party {
        issuer,
        client_id: set.client_id.clone(),
        scope: "openid name email".into(),
        proof: ClientProof::Apple(key),
        // Apple insists on it where a scope is asked for.
        form_post: true,
        vouches_for_email: true,
    };
    Ok(OpenId::new(party, outward.clone()))
}

fn facebook(set: &ProviderSettings, outward: &Outward) -> anyhow::Result<Facebook> {
    only(set, &["facebook"])?;
    ensure!(!set.client_secret.expose_secret().is_empty(), "set client_secret");
    let or = |text: &str, default: &str| {
        if text.is_empty() { default } else { text }.trim_end_matches('/').to_owned()
    };
    let version = or(&set.graph_version, FACEBOOK_VERSION);
    ensure!(
        version.starts_with('v') && version[1..].bytes().all(|c| c.is_ascii_digit() || c == b'.'),
        "graph_version looks like v23.0"
    );
    let (dialog, graph) =
        (or(&set.dialog_url, FACEBOOK_DIALOG), or(&set.graph_url, FACEBOOK_GRAPH));
    for url in [&dialog, &graph] {
        ensure!(secure(url, true).is_some(), "{url} is not an https address");
    }
    Ok(Facebook {
        app_id: set.client_id.clone(),
        app_secret: set.client_secret.clone(),
        dialog: format!("{dialog}/{version}"),
        graph: format!("{graph}/{version}"),
        outward: outward.clone(),
    })
}

fn issuer(text: &str) -> anyhow::Result<String> {
    let url = secure(text, true);
    ensure!(
        url.is_some_and(|url| url.query().is_none()),
        "issuer must be an https address without a query"
    );
    Ok(text.to_owned())
}

/// Refuses what another kind has use for: it would silently not hold.
fn only(set: &ProviderSettings, kinds: &[&str]) -> anyhow::Result<()> {
    let apple = [&set.team_id, &set.key_id].iter().any(|text| !text.is_empty())
        || !set.private_key.expose_secret().is_empty();
    let facebook =
        [&set.dialog_url, &set.graph_url, &set.graph_version].iter().any(|text| !text.is_empty());
    let oidc = !set.scopes.is_empty() || set.vouches_for_email.is_some();
    ensure!(
        !apple || kinds.contains(&"apple"),
        "team_id, key_id and private_key are for kind = \"apple\""
    );
    ensure!(
        !facebook || kinds.contains(&"facebook"),
        "dialog_url, graph_url and graph_version are for kind = \"facebook\""
    );
    ensure!(!oidc || kinds.is_empty(), "scopes and vouches_for_email are for kind = \"oidc\"");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn opened(name: &str, toml: &str) -> anyhow::Result<Provider> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let set: ProviderSettings = toml::from_str(toml)?;
        open(name, &set, &Outward::new(Duration::from_secs(1))?)
    }

    const GOOD: &str = "kind = \"oidc\"\nissuer = \"https://id.example\"\nclient_id = \"a\"\n\
                        client_secret = \"b\"\n";

    #[test]
    fn a_provider_is_set_by_name() {
        let provider = opened("example", GOOD).unwrap();
        assert_eq!(provider.display_name, "Example");
        let Way::OpenId(openid) = provider.way else { panic!("it is an OpenID provider") };
        assert_eq!(openid.party.scope, "openid email profile");
        assert!(!openid.party.vouches_for_email, "nobody said so");
        let google = GOOD.replace("https://id.example", GOOGLE);
        let Way::OpenId(google) = opened("google", &google).unwrap().way else { panic!() };
        assert!(google.party.vouches_for_email);
    }

    #[test]
    fn what_is_set_wrongly_does_not_start() {
        for (name, toml) in [
            ("Example", GOOD.to_owned()),
            ("", GOOD.to_owned()),
            ("a/b", GOOD.to_owned()),
            ("a", GOOD.replace("https:", "http:")),
            ("a", GOOD.replace("id.example", "id.example?a=b")),
            ("a", GOOD.replace("\"a\"", "\"\"")),
            ("a", GOOD.replace("\"b\"", "\"\"")),
            ("a", GOOD.replace("oidc", "saml")),
            ("a", GOOD.replace("oidc", "apple")),
            ("a", format!("{GOOD}team_id = \"a\"")),
            ("a", format!("{GOOD}graph_version = \"v23.0\"")),
            ("a", format!("{GOOD}client_sekret = \"a\"")),
            ("a", format!("{}vouches_for_email = true", GOOD.replace("oidc", "facebook"))),
        ] {
            assert!(opened(name, &toml).is_err(), "{name}: {toml}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let set: ProviderSettings = toml::from_str(GOOD).unwrap();
        assert!(!format!("{set:?}").contains("\"b\""));
        assert!(!serde_json::to_string(&set).unwrap().contains("client_secret"));
    }
}
