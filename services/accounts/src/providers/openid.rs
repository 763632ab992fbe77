//! An OpenID provider: discovery, code flow with PKCE, identity token, userinfo (OpenID Connect
//! Core 1.0, RFC 7636, RFC 9207).

mod known;
pub mod token;

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use self::{
    known::{Discovery, Known},
    token::{Claims, Expected, Flag},
};
use super::{
    Back, Begun, Failure, Identity, TokenFault, apple, clean_email, clean_name,
    outward::{self, Outward, secure},
    settings::ClientSecret,
    split_name,
};

/// One provider and we as its client.
#[derive(Clone)]
pub struct OpenId {
    pub party: Arc<Party>,
    known: Arc<Known>,
    outward: Outward,
}

/// What is set.
pub struct Party {
    pub issuer: String,
    pub client_id: String,
    /// What is asked for.
    pub scope: String,
    pub proof: ClientProof,
    /// Whether the browser comes back with a form instead of a query.
    pub form_post: bool,
    pub vouches_for_email: bool,
}

/// What proves that we are the client.
pub enum ClientProof {
    Secret(ClientSecret),
    Apple(apple::Key),
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct Userinfo {
    sub: String,
    email: Option<String>,
    email_verified: Option<Flag>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
}

impl OpenId {
    pub fn new(party: Party, outward: Outward) -> Self {
        Self { party: Arc::new(party), known: Arc::default(), outward }
    }

    pub async fn address(&self, begun: &Begun, now: Timestamp) -> Result<Url, Failure> {
        let discovery = self.discovery(now).await?;
        let mut url = self.endpoint(&discovery.authorization_endpoint)?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&begun.verifier));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.party.client_id)
            .append_pair("redirect_uri", &begun.redirect_uri)
            .append_pair("scope", &self.party.scope)
            .append_pair("state", &begun.state)
            .append_pair("nonce", &begun.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if self.party.form_post {
            url.query_pairs_mut().append_pair("response_mode", "form_post");
        }
        Ok(url)
    }

    pub async fn identify(
        &self,
        back: &Back,
        begun: &Begun,
        now: Timestamp,
    ) -> Result<Identity, Failure> {
        let discovery = self.discovery(now).await?;
        // An answer of another provider must not bring its code to this one (RFC 9207).
        let told = back.issuer.as_deref();
        if told.is_some_and(|issuer| issuer != self.party.issuer)
            || (told.is_none() && discovery.authorization_response_iss_parameter_supported)
        {
            return Err(Failure::Mismatch("the answer is another provider's"));
        }
        let tokens = self.redeem(&discovery, &back.code, begun, now).await?;
        let token = tokens.id_token.as_deref().ok_or(Failure::Token(TokenFault::Missing))?;
        let claims = self.signed(token, now).await?;
        let subject = token::check(&claims, &self.expected(Some(&begun.nonce), now))?;
        let extra = match (&discovery.userinfo_endpoint, &tokens.access_token) {
            (Some(endpoint), Some(access)) if claims.email.is_none() => {
                Some(self.userinfo(endpoint, access, &subject).await?)
            }
            _ => None,
        };
        let user = back.user.as_deref().and_then(apple::first_name_and_last);
        let mut identity = self.identity(claims, extra, user);
        identity.subject = subject;
        identity.refresh_token = tokens.refresh_token;
        Ok(identity)
    }

    /// The claims of a token whose signature holds; nothing else of it is checked yet.
    pub async fn signed(&self, token: &str, now: Timestamp) -> Result<Claims, Failure> {
        let header = token::header(token)?;
        let discovery = self.discovery(now).await?;
        let uri = self.endpoint(&discovery.jwks_uri)?;
        let key = self.known.key(&self.outward, uri, &header, now).await?;
        token::claims(token, &header, &key).map_err(Failure::from)
    }

    pub fn expected<'a>(&'a self, nonce: Option<&'a str>, now: Timestamp) -> Expected<'a> {
        Expected { issuer: &self.party.issuer, client_id: &self.party.client_id, nonce, now }
    }

    /// Gives back what lets us act at the provider for someone. Providers without a place for
    /// that have nothing to give back.
    pub async fn revoke(&self, refresh: &SecretString, now: Timestamp) -> Result<(), Failure> {
        let discovery = self.discovery(now).await?;
        let Some(endpoint) = &discovery.revocation_endpoint else { return Ok(()) };
        let fields = [("token", refresh.expose_secret()), ("token_type_hint", "refresh_token")];
        let request = self.outward.post(self.endpoint(endpoint)?);
        let reply = outward::send(self.proved(request, &discovery, &fields, now)?).await?;
        if reply.status.is_success() {
            return Ok(());
        }
        Err(Failure::Unavailable("the token was not revoked"))
    }

    async fn discovery(&self, now: Timestamp) -> Result<Arc<Discovery>, Failure> {
        self.known.discovery(&self.outward, &self.party.issuer, now).await
    }

    /// Of the provider's own machine only if the provider itself is there.
    fn endpoint(&self, text: &str) -> Result<Url, Failure> {
        let near = Url::parse(&self.party.issuer).is_ok_and(|url| outward::is_loopback(&url));
        secure(text, near).ok_or(Failure::Misconfigured("an endpoint is not an https address"))
    }

    async fn redeem(
        &self,
        discovery: &Discovery,
        code: &str,
        begun: &Begun,
        now: Timestamp,
    ) -> Result<Tokens, Failure> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &begun.redirect_uri),
            ("code_verifier", &begun.verifier),
        ];
        let request = self.outward.post(self.endpoint(&discovery.token_endpoint)?);
        let reply = outward::send(self.proved(request, discovery, &fields, now)?).await?;
        match reply.status.as_u16() {
            200 => reply.json(),
            400..=499 => Err(Failure::ErrorAnswer),
            _ => Err(Failure::Unavailable("the token endpoint does not answer as it should")),
        }
    }

    /// With what proves that it is us who ask.
    fn proved(
        &self,
        request: RequestBuilder,
        discovery: &Discovery,
        fields: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<RequestBuilder, Failure> {
        let mut form = fields.to_vec();
        let made;
        let secret = match &self.party.proof {
            ClientProof::Secret(secret) if discovery.takes_basic() => {
                return Ok(outward::with_basic(request.form(&form), &self.party.client_id, secret));
            }
            ClientProof::Secret(secret) => secret.expose_secret(),
            ClientProof::Apple(key) => {
                made = key.client_secret(&self.party, now)?;
                &made
            }
        };
        form.extend([("client_id", self.party.client_id.as_str()), ("client_secret", secret)]);
        Ok(request.form(&form))
    }

    async fn userinfo(
        &self,
        endpoint: &str,
        access: &SecretString,
        subject: &str,
    ) -> Result<Userinfo, Failure> {
        let request = self.outward.get(self.endpoint(endpoint)?);
        let info: Userinfo = outward::fetch(request.bearer_auth(access.expose_secret())).await?;
        // Else one person's token would come with another's address (OpenID Connect Core, 5.3.2).
        if info.sub != subject {
            return Err(Failure::Mismatch("userinfo is about someone else"));
        }
        Ok(info)
    }

    fn identity(
        &self,
        claims: Claims,
        extra: Option<Userinfo>,
        user: Option<(String, String)>,
    ) -> Identity {
        let (email, verified, whole, given, family) = match extra {
            Some(info) => (
                info.email,
                info.email_verified,
                info.name.or(claims.name),
                info.given_name.or(claims.given_name),
                info.family_name.or(claims.family_name),
            ),
            None => (
                claims.email,
                claims.email_verified,
                claims.name,
                claims.given_name,
                claims.family_name,
            ),
        };
        let (given, family) = match (user, given, family, whole) {
            (Some((given, family)), ..) => (given, family),
            (None, None, None, Some(whole)) => {
                let (given, family) = split_name(&whole);
                (given.to_owned(), family.to_owned())
            }
            (None, given, family, _) => (given.unwrap_or_default(), family.unwrap_or_default()),
        };
        let email = clean_email(email.as_deref());
        Identity {
            subject: String::new(),
            email_vouched: email.is_some()
                && self.party.vouches_for_email
                && verified.is_some_and(|flag| flag.0),
            email,
            given_name: clean_name(Some(&given)),
            family_name: clean_name(Some(&family)),
            refresh_token: None,
        }
    }
}
