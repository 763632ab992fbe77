//! Tokens: who a person is (signed by accounts, verified by every service on its own), and that a
//! request comes from inside the house.

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context as _, bail};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{Actor, Clock, Id, Person, Role};
use serde::{Deserialize, Serialize};

use crate::Problem;

const ISSUER: &str = "tipple";
const AUDIENCE: &str = "tipple";
const ACCESS_TYPE: &str = "at+jwt";
const HOUSE_AUDIENCE: &str = "tipple-house";
/// A house token is made for one call.
const HOUSE_LIFE: SignedDuration = SignedDuration::from_secs(60);
/// How far two machines' clocks may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_secs(5);

/// An access token and when it ends.
#[derive(Debug, Clone)]
pub struct AccessToken {
    pub token: String,
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    aud: String,
    sub: Id<Person>,
    jti: String,
    iat: i64,
    exp: i64,
    /// The session the token belongs to.
    sid: String,
    roles: Vec<Role>,
}

#[derive(Serialize, Deserialize)]
struct HouseClaims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
}

/// The private key with which accounts signs access tokens (Ed25519).
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    key: EncodingKey,
    public: VerifyingKey,
}

/// The public half, which every service holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    pub kid: String,
    /// 32 bytes.
    pub bytes: [u8; 32],
}

impl SigningKey {
    /// From 32 secret bytes.
    pub fn from_seed(seed: &[u8; 32]) -> anyhow::Result<Self> {
        let pair = ed25519_dalek::SigningKey::from_bytes(seed);
        let der = pair.to_pkcs8_der().context("encode the signing key")?;
        let public = VerifyingKey::new(pair.verifying_key().to_bytes());
        Ok(Self { kid: public.kid.clone(), key: EncodingKey::from_ed_der(der.as_bytes()), public })
    }

    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// Signs that `actor`, in session `session`, is who they are until `life` from `now`.
    pub fn sign(
        &self,
        actor: &Actor,
        session: &str,
        now: Timestamp,
        life: SignedDuration,
    ) -> anyhow::Result<AccessToken> {
        let expires_at = now + life;
        let claims = AccessClaims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: actor.person,
            jti: kernel::random_token()[..32].to_owned(),
            iat: now.as_second(),
            exp: expires_at.as_second(),
            sid: session.into(),
            roles: actor.roles.clone(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.clone());
        header.typ = Some(ACCESS_TYPE.into());
        let token = jsonwebtoken::encode(&header, &claims, &self.key).context("sign a token")?;
        Ok(AccessToken { token, expires_at })
    }
}

impl VerifyingKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        let kid = bytes[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { kid, bytes }
    }
}

/// The secret that all services of one house share.
#[derive(Clone)]
pub struct HouseKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl HouseKey {
    /// The least number of bytes that a house secret may have.
    pub const MIN_BYTES: usize = 32;

    pub fn new(secret: &[u8]) -> anyhow::Result<Self> {
        if secret.len() < Self::MIN_BYTES {
            bail!("the house secret is shorter than {} bytes", Self::MIN_BYTES);
        }
        Ok(Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        })
    }

    /// A token for one call inside the house.
    pub fn token(&self, service: &str, now: Timestamp) -> anyhow::Result<String> {
        let claims = HouseClaims {
            iss: service.into(),
            aud: HOUSE_AUDIENCE.into(),
            iat: now.as_second(),
            exp: (now + HOUSE_LIFE).as_second(),
        };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)?)
    }
}

/// Checks tokens; every service has one.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<HashMap<String, DecodingKey>>,
    house: HouseKey,
    clock: Clock,
}

impl Verifier {
    pub fn new(keys: &[VerifyingKey], house: HouseKey, clock: Clock) -> Self {
        let keys = keys
            .iter()
            .map(|key| (key.kid.clone(), DecodingKey::from_ed_der(&key.bytes)))
            .collect();
        Self { keys: Arc::new(keys), house, clock }
    }

    /// Who the bearer of this access token is.
    pub fn actor(&self, token: &str) -> Result<Actor, Problem> {
        let refused =
            |_| Problem::unauthenticated("The access token does not hold. Sign in again.");
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        if header.typ.as_deref() != Some(ACCESS_TYPE) {
            return Err(refused(jsonwebtoken::errors::ErrorKind::InvalidToken.into()));
        }
        let key = header.kid.as_deref().and_then(|kid| self.keys.get(kid));
        let key =
            key.ok_or_else(|| refused(jsonwebtoken::errors::ErrorKind::InvalidToken.into()))?;
        let claims = jsonwebtoken::decode::<AccessClaims>(
            token,
            key,
            &validation(Algorithm::EdDSA, AUDIENCE, Some(ISSUER)),
        )
        .map_err(refused)?
        .claims;
        self.in_time(claims.iat, claims.exp)?;
        Ok(Actor { person: claims.sub, roles: claims.roles })
    }

    /// Which service made this call.
    pub fn house(&self, token: &str) -> Result<String, Problem> {
        let claims = jsonwebtoken::decode::<HouseClaims>(
            token,
            &self.house.decoding,
            &validation(Algorithm::HS256, HOUSE_AUDIENCE, None),
        )
        .map_err(|_| Problem::unauthenticated("This is for services of the house only."))?
        .claims;
        self.in_time(claims.iat, claims.exp)?;
        Ok(claims.iss)
    }

    /// By our own clock, so that a turned clock in tests ends tokens too.
    fn in_time(&self, issued: i64, expires: i64) -> Result<(), Problem> {
        let now = self.clock.now().as_second();
        let leeway = LEEWAY.as_secs();
        if now >= expires + leeway {
            return Err(Problem::unauthenticated("The access token has ended. Sign in again."));
        }
        if issued > now + leeway {
            return Err(Problem::unauthenticated("The access token is not valid yet."));
        }
        Ok(())
    }
}

fn validation(algorithm: Algorithm, audience: &str, issuer: Option<&str>) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[audience]);
    if let Some(issuer) = issuer {
        validation.set_issuer(&[issuer]);
    }
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["exp", "aud", "iss"]);
    validation
}
