//! Tokens: who a person is (signed by accounts, verified by every service on its own), and that a
//! request comes from inside the house.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow, bail, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{Actor, Clock, Id, Person, PersonId, Role, SessionId};
use ring::{
    aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};
use serde::{Deserialize, Serialize};

use crate::Problem;

const ISSUER: &str = "tipple";
const AUDIENCE: &str = "tipple";
const ACCESS_TYPE: &str = "at+jwt";
const HOUSE_AUDIENCE: &str = "tipple-house";
const NEWS_AUDIENCE: &str = "tipple-access-news";
/// A house token is made for one call.
const HOUSE_LIFE: SignedDuration = SignedDuration::from_secs(60);
/// How far two machines' clocks may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_secs(5);
/// The longest access token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;

/// Whom an access token speaks for, and within which bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    pub actor: Actor,
    /// The session it was given in.
    pub session: SessionId,
    /// Grows when what the person may do is taken back: older tokens then hold no longer.
    pub version: i64,
    /// What a machine may do in its roles, such as `orders:read`; none for people, who may do all.
    pub scopes: Option<Vec<String>>,
}

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
    /// Never in ours; one that names a time is held to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    sid: SessionId,
    /// The access version.
    av: i64,
    roles: Vec<Role>,
    /// Separated by spaces (RFC 9068).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
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

    /// Signs `pass` until `life` from `now`.
    pub fn sign(
        &self,
        pass: &Pass,
        now: Timestamp,
        life: SignedDuration,
    ) -> anyhow::Result<AccessToken> {
        let expires_at = now + life;
        let claims = AccessClaims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: pass.actor.person,
            jti: kernel::random_token()[..32].to_owned(),
            iat: now.as_second(),
            exp: expires_at.as_second(),
            nbf: None,
            sid: pass.session,
            av: pass.version,
            roles: pass.actor.roles.clone(),
            scope: pass.scopes.as_ref().map(|scopes| scopes.join(" ")),
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
    encoding: Arc<EncodingKey>,
    decoding: Arc<DecodingKey>,
    /// For what others carry and only the house reads.
    pub(crate) sealing: Arc<LessSafeKey>,
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
            encoding: Arc::new(EncodingKey::from_secret(secret)),
            decoding: Arc::new(DecodingKey::from_secret(secret)),
            sealing: Arc::new(sealing_key(secret)?),
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

/// A key of its own purpose, made of the house's secret.
fn sealing_key(secret: &[u8]) -> anyhow::Result<LessSafeKey> {
    let root = Salt::new(HKDF_SHA256, b"tipple house").extract(secret);
    let purpose: [&[u8]; 1] = [b"position"];
    let made = root.expand(&purpose, &CHACHA20_POLY1305);
    let key = made.map_err(|_| anyhow!("make a key of the house secret"))?;
    Ok(LessSafeKey::new(UnboundKey::from(key)))
}

/// What accounts tells every process again and again: which keys sign, and whose tokens hold no
/// longer although their time is not over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessNews {
    /// Of Ed25519, 32 bytes each, in base64url.
    pub keys: Vec<String>,
    pub ended: Vec<Ended>,
    /// Where to go on: to be sent with the next question.
    pub cursor: i64,
}

/// Tokens that hold no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub what: EndedTokens,
    /// When the last of them would have ended anyway, in seconds since 1970.
    pub until: i64,
}

/// Which tokens hold no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedTokens {
    Session(SessionId),
    /// Those of an older access version.
    Person {
        person: PersonId,
        version: i64,
    },
}

#[derive(Serialize, Deserialize)]
struct NewsClaims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    /// What the question said: an older answer does not fit.
    nonce: String,
    news: AccessNews,
}

impl HouseKey {
    /// The news, for whoever asked with this nonce.
    pub fn tell_news(
        &self,
        news: AccessNews,
        nonce: &str,
        now: Timestamp,
    ) -> anyhow::Result<String> {
        let claims = NewsClaims {
            iss: "accounts".into(),
            aud: NEWS_AUDIENCE.into(),
            iat: now.as_second(),
            exp: (now + HOUSE_LIFE).as_second(),
            nonce: nonce.into(),
            news,
        };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)?)
    }
}

/// Checks tokens; every service has one.
#[derive(Clone)]
pub struct Verifier {
    fixed: Arc<HashMap<String, DecodingKey>>,
    heard: Arc<RwLock<Heard>>,
    house: HouseKey,
    clock: Clock,
    /// After so long without news nobody knows whether a token still holds.
    blind_after: Duration,
}

/// What the news said so far.
#[derive(Default)]
struct Heard {
    keys: HashMap<String, DecodingKey>,
    sessions: HashMap<SessionId, i64>,
    people: HashMap<PersonId, (i64, i64)>,
    cursor: i64,
    at: Option<Instant>,
}

impl Verifier {
    /// With keys that hold whatever the news say.
    pub fn new(
        fixed: &[VerifyingKey],
        house: HouseKey,
        clock: Clock,
        blind_after: Duration,
    ) -> Self {
        Self {
            fixed: Arc::new(fixed.iter().map(decoding).collect()),
            heard: Arc::default(),
            house,
            clock,
            blind_after,
        }
    }

    /// Whether news came lately enough to know whose tokens hold.
    pub fn hears(&self) -> bool {
        let heard = self.heard.read().unwrap_or_else(PoisonError::into_inner);
        heard.at.is_some_and(|at| at.elapsed() <= self.blind_after)
    }

    /// Where the next question for news goes on.
    pub fn cursor(&self) -> i64 {
        self.heard.read().unwrap_or_else(PoisonError::into_inner).cursor
    }

    /// Takes in the answer to a question with this nonce.
    pub fn hear(&self, answer: &str, nonce: &str) -> anyhow::Result<()> {
        let validation = validation(Algorithm::HS256, NEWS_AUDIENCE, Some("accounts"));
        let claims = jsonwebtoken::decode::<NewsClaims>(answer, &self.house.decoding, &validation)
            .context("the news of accounts")?
            .claims;
        ensure!(claims.nonce == nonce, "the news of accounts answer another question");
        let mut keys = HashMap::new();
        for text in &claims.news.keys {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(text)?;
            let bytes = bytes.try_into().ok().context("a public key has 32 bytes")?;
            keys.extend([decoding(&VerifyingKey::new(bytes))]);
        }
        let now = self.clock.now().as_second();
        let mut heard = self.heard.write().unwrap_or_else(PoisonError::into_inner);
        heard.sessions.retain(|_, until| *until > now);
        heard.people.retain(|_, (_, until)| *until > now);
        for Ended { what, until } in claims.news.ended {
            match what {
                EndedTokens::Session(session) => {
                    heard.sessions.insert(session, until);
                }
                EndedTokens::Person { person, version } => {
                    let known = heard.people.entry(person).or_insert((version, until));
                    *known = (known.0.max(version), known.1.max(until));
                }
            }
        }
        heard.keys = keys;
        heard.cursor = claims.news.cursor;
        heard.at = Some(Instant::now());
        Ok(())
    }

    /// Whom this access token speaks for.
    pub fn pass(&self, token: &str) -> Result<Pass, Problem> {
        let refused = || Problem::unauthenticated("The access token does not hold. Sign in again.");
        if token.len() > LONGEST {
            return Err(refused());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        if header.typ.as_deref() != Some(ACCESS_TYPE) || header.crit.is_some() {
            return Err(refused());
        }
        let key = self.key(header.kid.as_deref().unwrap_or_default())?.ok_or_else(refused)?;
        let claims = jsonwebtoken::decode::<AccessClaims>(
            token,
            &key,
            &validation(Algorithm::EdDSA, AUDIENCE, Some(ISSUER)),
        )
        .map_err(|_| refused())?
        .claims;
        self.in_time(claims.iat.max(claims.nbf.unwrap_or(0)), claims.exp)?;
        let pass = Pass {
            actor: Actor { person: claims.sub, roles: claims.roles },
            session: claims.sid,
            version: claims.av,
            scopes: claims.scope.map(|text| text.split(' ').map(str::to_owned).collect()),
        };
        if self.has_ended(&pass) {
            return Err(Problem::unauthenticated("The session has ended. Sign in again."));
        }
        Ok(pass)
    }

    fn key(&self, kid: &str) -> Result<Option<DecodingKey>, Problem> {
        let heard = self.heard.read().unwrap_or_else(PoisonError::into_inner);
        if heard.at.is_none_or(|at| at.elapsed() > self.blind_after) {
            return Err(Problem::unavailable("accounts"));
        }
        Ok(self.fixed.get(kid).or_else(|| heard.keys.get(kid)).cloned())
    }

    /// Whether what let someone in has been taken back since: for what goes on for longer than a
    /// request, such as a live stream.
    pub fn has_ended(&self, pass: &Pass) -> bool {
        let heard = self.heard.read().unwrap_or_else(PoisonError::into_inner);
        heard.sessions.contains_key(&pass.session)
            || heard.people.get(&pass.actor.person).is_some_and(|(least, _)| pass.version < *least)
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

fn decoding(key: &VerifyingKey) -> (String, DecodingKey) {
    (key.kid.clone(), DecodingKey::from_ed_der(&key.bytes))
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
        let blind = Duration::from_mins(1);
        let verifier =
            Verifier::new(&[key.verifying_key().clone()], secret.clone(), clock.clone(), blind);
        let news = secret.tell_news(AccessNews::default(), "n", clock.now()).expect("news");
        verifier.hear(&news, "n").expect("they fit");
        House { key, verifier, clock }
    }

    fn pass() -> Pass {
        let actor = Actor { person: Id::new(), roles: vec![Role::Customer] };
        Pass { actor, session: SessionId::new(), version: 1, scopes: None }
    }

    fn token(house: &House) -> String {
        let life = SignedDuration::from_mins(60);
        house.key.sign(&pass(), house.clock.now(), life).expect("a token").token
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
        assert!(house.verifier.pass(&token).expect("it holds").actor.is_customer());
        house.clock.advance(SignedDuration::from_secs(3_604));
        assert!(house.verifier.pass(&token).is_ok(), "clocks may be a little apart");
        house.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(house.verifier.pass(&token).expect_err("it has ended").status, 401);
        house.clock.set(NOW.parse().expect("an instant"));
        house.clock.advance(SignedDuration::from_secs(-6));
        assert!(house.verifier.pass(&token).is_err(), "it is from the future");
    }

    #[test]
    fn nothing_but_our_key_makes_a_token() {
        let house = house();
        let (header, claims) = parts(&house);
        let sign = |header: &Header, claims: &Value, key: &EncodingKey| {
            jsonwebtoken::encode(header, claims, key).expect("a token")
        };
        assert!(house.verifier.pass(&sign(&header, &claims, &house.key.key)).is_ok());
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
            assert_eq!(house.verifier.pass(&token).expect_err(how).status, 401, "{how}");
        }
    }

    #[test]
    fn news_end_tokens_and_bring_keys() {
        let house = house();
        let secret = HouseKey::new(SECRET).expect("a key");
        let (pass, other) = (pass(), pass());
        let sign = |key: &SigningKey, pass: &Pass| {
            key.sign(pass, house.clock.now(), SignedDuration::from_mins(5)).expect("a token").token
        };
        let hear = |news: AccessNews| {
            let told = secret.tell_news(news, "n", house.clock.now()).expect("news");
            assert!(house.verifier.hear(&told, "another question").is_err());
            house.verifier.hear(&told, "n").expect("they fit");
        };
        let until = house.clock.now().as_second() + 300;
        let session = Ended { what: EndedTokens::Session(pass.session), until };
        hear(AccessNews { ended: vec![session], ..AccessNews::default() });
        assert_eq!(house.verifier.pass(&sign(&house.key, &pass)).expect_err("ended").status, 401);
        let person = other.actor.person;
        let what = EndedTokens::Person { person, version: 2 };
        hear(AccessNews { ended: vec![Ended { what, until }], ..AccessNews::default() });
        assert_eq!(house.verifier.pass(&sign(&house.key, &other)).expect_err("old").status, 401);
        let newer = Pass { version: 2, ..other };
        assert!(house.verifier.pass(&sign(&house.key, &newer)).is_ok());
        let next = SigningKey::from_seed(&[3; 32]).expect("a key");
        assert_eq!(house.verifier.pass(&sign(&next, &newer)).expect_err("unknown").status, 401);
        let keys = vec![BASE64_URL_SAFE_NO_PAD.encode(next.verifying_key().bytes)];
        hear(AccessNews { keys, ..AccessNews::default() });
        assert!(house.verifier.pass(&sign(&next, &newer)).is_ok());
        assert!(house.verifier.pass(&sign(&house.key, &pass)).is_err(), "what ended stays so");
    }

    #[test]
    fn without_news_nobody_knows() {
        let house = house();
        let secret = HouseKey::new(SECRET).expect("a key");
        let fixed = [house.key.verifying_key().clone()];
        let deaf = Verifier::new(&fixed, secret, house.clock.clone(), Duration::from_secs(1));
        assert_eq!(deaf.pass(&token(&house)).expect_err("nothing was heard").status, 503);
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
