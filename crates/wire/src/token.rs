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
    /// The least number of different bytes in it: random ones have more.
    pub const MIN_DIFFERENT: usize = 8;

    pub fn new(secret: &[u8]) -> anyhow::Result<Self> {
        if secret.len() < Self::MIN_BYTES {
            bail!("the house secret is shorter than {} bytes", Self::MIN_BYTES);
        }
        let different = secret.iter().collect::<std::collections::BTreeSet<_>>().len();
        if different < Self::MIN_DIFFERENT {
            bail!("the house secret repeats itself: take random bytes");
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: &str = "2026-06-15T17:00:00Z";
    const SECRET: &[u8] = b"a house secret for tests only, nowhere else";

    struct House {
        key: SigningKey,
        verifier: Verifier,
        clock: Clock,
    }

    fn house() -> House {
        let clock = Clock::turned(NOW.parse().expect("an instant"));
        let key = SigningKey::from_seed(&[1; 32]).expect("a key");
        let secret = HouseKey::new(SECRET).expect("a long secret");
        let verifier = Verifier::new(&[key.verifying_key().clone()], secret, clock.clone());
        House { key, verifier, clock }
    }

    fn token(house: &House) -> String {
        let actor = Actor { person: Id::new(), roles: vec![Role::Customer] };
        let life = SignedDuration::from_mins(60);
        house.key.sign(&actor, "s", house.clock.now(), life).expect("a token").token
    }

    /// What a token says of itself and of its bearer, to be changed and signed anew.
    fn parts(house: &House) -> (Header, Value) {
        let token = token(house);
        let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(&token).expect("claims");
        (claims.header, claims.claims)
    }

    #[test]
    fn a_token_holds_for_its_time_and_no_longer() {
        let house = house();
        let token = token(&house);
        assert!(house.verifier.actor(&token).expect("it holds").is_customer());
        house.clock.advance(SignedDuration::from_secs(3_604));
        assert!(house.verifier.actor(&token).is_ok(), "clocks may be a little apart");
        house.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(house.verifier.actor(&token).expect_err("it has ended").status, 401);
        house.clock.set(NOW.parse().expect("an instant"));
        house.clock.advance(SignedDuration::from_secs(-6));
        assert!(house.verifier.actor(&token).is_err(), "it is from the future");
    }

    #[test]
    fn nothing_but_our_key_makes_a_token() {
        let house = house();
        let (header, claims) = parts(&house);
        let sign = |header: &Header, claims: &Value, key: &EncodingKey| {
            jsonwebtoken::encode(header, claims, key).expect("a token")
        };
        assert!(house.verifier.actor(&sign(&header, &claims, &house.key.key)).is_ok());
        let stranger = SigningKey::from_seed(&[2; 32]).expect("a key");
        let public = EncodingKey::from_secret(&house.key.verifying_key().bytes);
        let shared = EncodingKey::from_secret(SECRET);
        let by_secret = Header { alg: Algorithm::HS256, ..header.clone() };
        let of = |kid: Option<&str>| Header { kid: kid.map(str::to_owned), ..header.clone() };
        let mut forged = vec![
            ("another key", sign(&header, &claims, &stranger.key)),
            ("the public key as a secret", sign(&by_secret, &claims, &public)),
            ("the house secret", sign(&by_secret, &claims, &shared)),
            ("no key id", sign(&of(None), &claims, &house.key.key)),
            ("another key id", sign(&of(Some("00")), &claims, &house.key.key)),
            (
                "a house token",
                HouseKey::new(SECRET)
                    .expect("a key")
                    .token("x", house.clock.now())
                    .expect("a token"),
            ),
        ];
        let plain = Header { typ: Some("JWT".into()), ..header.clone() };
        forged.push(("another type", sign(&plain, &claims, &house.key.key)));
        for (claim, value) in [
            ("aud", json!("tipple-house")),
            ("iss", json!("orders")),
            ("exp", json!(null)),
            ("roles", json!([{ "role": "root" }])),
        ] {
            let mut claims = claims.clone();
            claims[claim] = value;
            forged.push((claim, sign(&header, &claims, &house.key.key)));
        }
        let good = token(&house);
        let (head, rest) = good.split_once('.').expect("parts");
        let (body, signature) = rest.split_once('.').expect("parts");
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        forged.extend([
            ("no algorithm", format!("{none}.{body}.")),
            ("no signature", format!("{head}.{body}.")),
            ("a short signature", format!("{head}.{body}.{}", &signature[..40])),
            ("nothing", String::new()),
        ]);
        for (how, token) in forged {
            assert_eq!(house.verifier.actor(&token).expect_err(how).status, 401, "{how}");
        }
    }

    #[test]
    fn a_person_is_not_a_part_of_the_house() {
        let house = house();
        assert!(house.verifier.house(&token(&house)).is_err());
        let inside = HouseKey::new(SECRET).expect("a key").token("cart", house.clock.now());
        let inside = inside.expect("a token");
        assert_eq!(house.verifier.house(&inside).expect("it holds"), "cart");
        house.clock.advance(SignedDuration::from_secs(65));
        assert!(house.verifier.house(&inside).is_err(), "it was for one call");
        let other = HouseKey::new(b"another secret of thirty-two bytes").expect("a key");
        let other = other.token("cart", house.clock.now()).expect("a token");
        assert!(house.verifier.house(&other).is_err());
        assert!(HouseKey::new(b"short").is_err());
    }
}
