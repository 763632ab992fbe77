//! Identity tokens: whether what a provider signed is for us, for this sign-in, and now (OpenID
//! Connect Core 1.0, 3.1.3.7; RFC 8725).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation,
    errors::ErrorKind,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::providers::{Failure, TokenFault};

/// How a provider may sign: never with a secret that two know, never not at all.
const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

/// How far a provider's clock and ours may be apart, in seconds.
const LEEWAY: f64 = 30.0;

/// The longest token that is read; those of large providers have some 2 KiB.
const LONGEST: usize = 16 * 1024;

/// The longest subject (OpenID Connect Core 1.0, 2), in bytes.
const LONGEST_SUBJECT: usize = 255;

/// The least and the most that an RSA key may have, in bytes.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// What a token says. All of it may be missing until [`check`] has looked.
#[derive(Debug, Default, Deserialize)]
pub struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    azp: Option<String>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<Flag>,
    pub name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    /// What Apple's notices tell.
    pub events: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// True or false, which Apple also writes as text. Whatever else it is, it is not true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self(value == Value::Bool(true) || value == Value::String("true".into())))
    }
}

/// What a token has to say to hold.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    /// That of the sign-in; notices have none.
    pub nonce: Option<&'a str>,
    pub now: Timestamp,
}

/// The head of a token that may be looked at any further.
pub fn header(token: &str) -> Result<Header, TokenFault> {
    if token.len() > LONGEST {
        return Err(TokenFault::Malformed);
    }
    let head = token.split('.').next().unwrap_or_default();
    let head = URL_SAFE_NO_PAD.decode(head).map_err(|_| TokenFault::Malformed)?;
    let head: Value = serde_json::from_slice(&head).map_err(|_| TokenFault::Malformed)?;
    // Looked at before it is read as one of the algorithms there are, `none` not being one.
    let named = head["alg"].as_str().and_then(|name| name.parse::<Algorithm>().ok());
    if !named.is_some_and(|named| ALGORITHMS.contains(&named)) {
        return Err(TokenFault::Algorithm);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenFault::Malformed)?;
    // Extensions that must be understood are not.
    if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
        return Err(TokenFault::Malformed);
    }
    Ok(header)
}

/// The key of that name that is fit for the algorithm; without a name the only fit one.
pub fn pick(keys: &[Jwk], header: &Header) -> Option<DecodingKey> {
    let mut fit = keys.iter().filter(|key| {
        is_fit(key, header.alg) && (header.kid.is_none() || key.common.key_id == header.kid)
    });
    let (only, another) = (fit.next()?, fit.next());
    if another.is_some() {
        return None;
    }
    DecodingKey::from_jwk(only).ok()
}

fn is_fit(key: &Jwk, algorithm: Algorithm) -> bool {
    let signs = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let named = key.common.key_algorithm.map(|named| named.to_string().parse().ok());
    let alike = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(rsa), Algorithm::RS256 | Algorithm::PS256) => {
            let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).unwrap_or_default();
            RSA_BYTES.contains(&modulus.len())
        }
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => {
            curve.curve == EllipticCurve::P256
        }
        (AlgorithmParameters::OctetKeyPair(pair), Algorithm::EdDSA) => {
            pair.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    signs && alike && named.is_none_or(|named| named == Some(algorithm))
}

/// What a token says whose signature holds with this key.
pub fn claims(token: &str, header: &Header, key: &DecodingKey) -> Result<Claims, TokenFault> {
    let mut validation = Validation::new(header.alg);
    // The signature alone; the rest is looked at by our own clock, with a name for each fault.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
    decoded.map(|data| data.claims).map_err(|error| match error.kind() {
        ErrorKind::Json(_) | ErrorKind::Base64(_) | ErrorKind::Utf8(_) => TokenFault::Malformed,
        _ => TokenFault::Signature,
    })
}

/// The subject of a token that holds.
pub fn check(claims: &Claims, expected: &Expected<'_>) -> Result<String, TokenFault> {
    check_parties(claims, expected)?;
    let expires = claims.exp.ok_or(TokenFault::Expired)?;
    if expires.is_nan() || expires + LEEWAY <= seconds(expected.now) {
        return Err(TokenFault::Expired);
    }
    check_issued(claims, expected.now)?;
    if let Some(nonce) = expected.nonce {
        let told = claims.nonce.as_deref().unwrap_or_default();
        if !bool::from(told.as_bytes().ct_eq(nonce.as_bytes())) {
            return Err(TokenFault::Nonce);
        }
    }
    let subject = claims.sub.as_deref().unwrap_or_default();
    is_subject(subject).then(|| subject.to_owned()).ok_or(TokenFault::Subject)
}

/// Who says so, and to whom.
pub fn check_parties(claims: &Claims, expected: &Expected<'_>) -> Result<(), TokenFault> {
    if claims.iss.as_deref() != Some(expected.issuer) {
        return Err(TokenFault::Issuer);
    }
    let (ours, several) = match &claims.aud {
        None => (false, false),
        Some(Audience::One(name)) => (name == expected.client_id, false),
        Some(Audience::Several(names)) => {
            (names.iter().any(|name| name == expected.client_id), names.len() > 1)
        }
    };
    let party = claims.azp.as_deref();
    let made_for_us = party == Some(expected.client_id) || (party.is_none() && !several);
    if ours && made_for_us { Ok(()) } else { Err(TokenFault::Audience) }
}

/// That it is not from the future.
pub fn check_issued(claims: &Claims, now: Timestamp) -> Result<(), TokenFault> {
    let latest = seconds(now) + LEEWAY;
    let issued = claims.iat.ok_or(TokenFault::FromFuture)?;
    if issued > latest || claims.nbf.is_some_and(|begins| begins > latest) {
        return Err(TokenFault::FromFuture);
    }
    Ok(())
}

/// Visible ASCII, at most 255: what OpenID Connect allows less what nobody uses.
pub fn is_subject(text: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

impl From<TokenFault> for Failure {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}

#[cfg(test)]
mod tests;
