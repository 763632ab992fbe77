//! Facebook: plain OAuth 2, whose token says nothing by itself and is asked about.

mod signed_request;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::Sha256;
use url::Url;

use self::signed_request::Deletion;
use super::{
    Back, Begun, Failure, Identity, TokenFault, clean_email, clean_name,
    openid::token::is_subject,
    outward::{self, Outward},
    settings::ClientSecret,
    split_name,
};

/// One app at Facebook.
#[derive(Clone)]
pub struct Facebook {
    pub app_id: String,
    pub app_secret: ClientSecret,
    /// Addresses with the version.
    pub dialog: String,
    pub graph: String,
    pub outward: Outward,
}

#[derive(Deserialize)]
struct Token {
    access_token: SecretString,
}

#[derive(Deserialize)]
struct Debugged {
    data: TokenFacts,
}

#[derive(Deserialize)]
struct TokenFacts {
    app_id: Option<Number>,
    #[serde(default)]
    is_valid: bool,
    user_id: Option<Number>,
}

/// An id, which is written as text in some places and as a number in others.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Plain(u64),
}

impl Number {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Plain(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct Me {
    id: String,
    name: Option<String>,
    email: Option<String>,
}

impl Facebook {
    pub fn address(&self, begun: &Begun) -> Result<Url, Failure> {
        let mut url = at(&self.dialog, "dialog/oauth")?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.app_id)
            .append_pair("redirect_uri", &begun.redirect_uri)
            .append_pair("state", &begun.state)
            .append_pair("scope", "email,public_profile")
            .append_pair("response_type", "code");
        Ok(url)
    }

    pub async fn identify(&self, back: &Back, begun: &Begun) -> Result<Identity, Failure> {
        let token = self.redeem(&back.code, begun).await?;
        let subject = self.owner(&token).await?;
        let me = self.me(&token).await?;
        if me.id != subject {
            return Err(Failure::Mismatch("the token is someone else's"));
        }
        let (given, family) = split_name(me.name.as_deref().unwrap_or_default());
        Ok(Identity {
            subject,
            email: clean_email(me.email.as_deref()),
            // Nothing says whether it was ever verified.
            email_vouched: false,
            given_name: clean_name(Some(given)),
            family_name: clean_name(Some(family)),
            refresh_token: None,
        })
    }

    /// A request of Facebook to delete what is kept of someone.
    pub fn deletion(&self, signed_request: &str) -> Option<Deletion> {
        signed_request::read(signed_request, self.app_secret.expose_secret())
    }

    async fn redeem(&self, code: &str, begun: &Begun) -> Result<SecretString, Failure> {
        let fields = [
            ("client_id", self.app_id.as_str()),
            ("client_secret", self.app_secret.expose_secret()),
            ("redirect_uri", &begun.redirect_uri),
            ("code", code),
        ];
        let token: Token = self.ask("oauth/access_token", &fields).await?;
        Ok(token.access_token)
    }

    /// Whose token it is. One that was made for another app would be as good at `/me`.
    async fn owner(&self, token: &SecretString) -> Result<String, Failure> {
        let app = format!("{}|{}", self.app_id, self.app_secret.expose_secret());
        let fields = [("input_token", token.expose_secret()), ("access_token", &app)];
        let Debugged { data } = self.ask("debug_token", &fields).await?;
        if !data.is_valid {
            return Err(Failure::Mismatch("the token is not valid"));
        }
        if data.app_id.map(Number::text).as_ref() != Some(&self.app_id) {
            return Err(Failure::Mismatch("the token is for another app"));
        }
        let owner = data.user_id.map(Number::text).filter(|id| is_subject(id));
        owner.ok_or(Failure::Token(TokenFault::Subject))
    }

    async fn me(&self, token: &SecretString) -> Result<Me, Failure> {
        let token = token.expose_secret();
        let mut mac = Hmac::<Sha256>::new_from_slice(self.app_secret.expose_secret().as_bytes())
            .map_err(|_| Failure::Misconfigured("the app secret"))?;
        mac.update(token.as_bytes());
        let proof = hex::encode(mac.finalize().into_bytes());
        let fields = [
            ("fields", "id,name,email"),
            ("access_token", token),
            ("appsecret_proof", proof.as_str()),
        ];
        self.ask("me", &fields).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let mut url = at(&self.graph, path)?;
        url.query_pairs_mut().extend_pairs(fields);
        let reply = outward::send(self.outward.get(url)).await?;
        match reply.status.as_u16() {
            200 => reply.json(),
            400..=499 => Err(Failure::ErrorAnswer),
            _ => Err(Failure::Unavailable("the graph does not answer as it should")),
        }
    }
}

fn at(base: &str, path: &str) -> Result<Url, Failure> {
    Url::parse(&format!("{base}/{path}")).map_err(|_| Failure::Misconfigured("an address"))
}
