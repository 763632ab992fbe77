use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://id.example";
const CLIENT: &str = "tipple";
const NONCE: &str = "a nonce of ours";
const NOW: i64 = 1_781_542_800;

const RSA: &str = include_str!("../../../../tests/keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("../../../../tests/keys/rsa.pub.pem");
const RSA_NEXT: &str = include_str!("../../../../tests/keys/rsa-next.pem");
const RSA_SHORT: &str = include_str!("../../../../tests/keys/rsa-short.pem");
const EC: &str = include_str!("../../../../tests/keys/ec.pem");
const ED: &str = include_str!("../../../../tests/keys/ed.pem");

fn rsa(pem: &str) -> EncodingKey {
    EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
}

fn jwk(key: &EncodingKey, algorithm: Algorithm, kid: &str) -> Jwk {
    let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
    jwk.common.key_id = Some(kid.into());
    jwk
}

/// The provider's keys.
fn keys() -> Vec<Jwk> {
    let ec = EncodingKey::from_ec_pem(EC.as_bytes()).unwrap();
    let ed = EncodingKey::from_ed_pem(ED.as_bytes()).unwrap();
    vec![
        jwk(&rsa(RSA), Algorithm::RS256, "rsa"),
        jwk(&ec, Algorithm::ES256, "ec"),
        jwk(&ed, Algorithm::EdDSA, "ed"),
        jwk(&rsa(RSA_SHORT), Algorithm::RS256, "short"),
    ]
}

fn good() -> Value {
    json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "ann", "nonce": NONCE,
        "iat": NOW - 1, "exp": NOW + 60, "email": "ann@example.com", "email_verified": true,
    })
}

fn sign(algorithm: Algorithm, kid: &str, claims: &Value, key: &EncodingKey) -> String {
    let mut header = Header::new(algorithm);
    header.kid = Some(kid.into());
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

fn read(token: &str, keys: &[Jwk]) -> Result<String, TokenFault> {
    let header = header(token)?;
    let key = pick(keys, &header).ok_or(TokenFault::UnknownKey)?;
    let claims = claims(token, &header, &key)?;
    let now = Timestamp::from_second(NOW).unwrap();
    let expected = Expected { issuer: ISSUER, client_id: CLIENT, nonce: Some(NONCE), now };
    check(&claims, &expected)
}

/// What becomes of the claims, signed as they should be.
fn judged(claims: &Value) -> Result<String, TokenFault> {
    read(&sign(Algorithm::RS256, "rsa", claims, &rsa(RSA)), &keys())
}

#[test]
fn what_a_provider_signs_as_it_should_holds() {
    let ec = EncodingKey::from_ec_pem(EC.as_bytes()).unwrap();
    let ed = EncodingKey::from_ed_pem(ED.as_bytes()).unwrap();
    let keys = keys();
    for (algorithm, kid, key) in [
        (Algorithm::RS256, "rsa", &rsa(RSA)),
        (Algorithm::ES256, "ec", &ec),
        (Algorithm::EdDSA, "ed", &ed),
    ] {
        assert_eq!(read(&sign(algorithm, kid, &good(), key), &keys), Ok("ann".into()), "{kid}");
    }
    let mut any = jwk(&rsa(RSA), Algorithm::RS256, "any");
    any.common.key_algorithm = None;
    let token = sign(Algorithm::PS256, "any", &good(), &rsa(RSA));
    assert_eq!(read(&token, &[any]), Ok("ann".into()));
    assert_eq!(read(&token, &keys), Err(TokenFault::UnknownKey), "its key signs otherwise");
}

#[test]
fn each_claim_has_to_be_right() {
    use TokenFault::*;
    let long = "s".repeat(256);
    for (claim, value, fault) in [
        ("iss", json!("https://id.example/"), Issuer),
        ("iss", json!(null), Issuer),
        ("aud", json!("another"), Audience),
        ("aud", json!([]), Audience),
        ("aud", json!(["another"]), Audience),
        ("aud", json!([CLIENT, "another"]), Audience),
        ("aud", json!(null), Audience),
        ("azp", json!("another"), Audience),
        ("exp", json!(NOW - 30), Expired),
        ("exp", json!(null), Expired),
        ("iat", json!(NOW + 31), FromFuture),
        ("iat", json!(null), FromFuture),
        ("nbf", json!(NOW + 31), FromFuture),
        ("nonce", json!("another"), Nonce),
        ("nonce", json!(""), Nonce),
        ("nonce", json!(null), Nonce),
        ("sub", json!(null), Subject),
        ("sub", json!(""), Subject),
        ("sub", json!("a\u{0}b"), Subject),
        ("sub", json!(long), Subject),
        ("sub", json!(7), Malformed),
        ("exp", json!("soon"), Malformed),
    ] {
        let mut claims = good();
        claims[claim] = value;
        assert_eq!(judged(&claims), Err(fault), "{claim}: {}", claims[claim]);
    }
    for (claim, value) in [
        ("aud", json!([CLIENT])),
        ("azp", json!(CLIENT)),
        ("exp", json!(NOW - 29)),
        ("iat", json!(NOW + 30)),
        ("sub", json!("s".repeat(255))),
    ] {
        let mut claims = good();
        claims[claim] = value;
        assert!(judged(&claims).is_ok(), "{claim}");
    }
    let mut several = good();
    (several["aud"], several["azp"]) = (json!([CLIENT, "another"]), json!(CLIENT));
    assert!(judged(&several).is_ok(), "it was made for us");
}

#[test]
fn nothing_but_a_key_of_the_provider_makes_a_token() {
    let keys = keys();
    let next = rsa(RSA_NEXT);
    let token = sign(Algorithm::RS256, "rsa", &good(), &rsa(RSA));
    let parts: Vec<&str> = token.split('.').collect();
    let head = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let by_secret =
        |bytes: &[u8]| sign(Algorithm::HS256, "rsa", &good(), &EncodingKey::from_secret(bytes));
    let AlgorithmParameters::RSA(public) = &keys[0].algorithm else { panic!("it is RSA") };
    let modulus = URL_SAFE_NO_PAD.decode(&public.n).unwrap();
    let none = |alg: &str| format!("{}.{}.", head(json!({"alg": alg, "kid": "rsa"})), parts[1]);
    for (how, token, fault) in [
        ("another key", sign(Algorithm::RS256, "rsa", &good(), &next), TokenFault::Signature),
        (
            "another key's name",
            sign(Algorithm::RS256, "next", &good(), &next),
            TokenFault::UnknownKey,
        ),
        (
            "a name of another kind",
            sign(Algorithm::RS256, "ec", &good(), &next),
            TokenFault::UnknownKey,
        ),
        (
            "a short key",
            sign(Algorithm::RS256, "short", &good(), &rsa(RSA_SHORT)),
            TokenFault::UnknownKey,
        ),
        ("the public key as a secret", by_secret(RSA_PUBLIC.as_bytes()), TokenFault::Algorithm),
        ("its text as a secret", by_secret(public.n.as_bytes()), TokenFault::Algorithm),
        ("its number as a secret", by_secret(&modulus), TokenFault::Algorithm),
        ("no algorithm", none("none"), TokenFault::Algorithm),
        ("no Algorithm", none("nOnE"), TokenFault::Algorithm),
        ("an empty algorithm", none(""), TokenFault::Algorithm),
        ("another hash", sign(Algorithm::RS512, "rsa", &good(), &rsa(RSA)), TokenFault::Algorithm),
        ("no signature", format!("{}.{}.", parts[0], parts[1]), TokenFault::Signature),
        ("two parts", format!("{}.{}", parts[0], parts[1]), TokenFault::Malformed),
        (
            "other claims",
            format!("{}.{}.{}", parts[0], head(json!({"iss": ISSUER})), parts[2]),
            TokenFault::Signature,
        ),
        (
            "an extension",
            format!(
                "{}.{}.{}",
                head(json!({"alg": "RS256", "kid": "rsa", "crit": ["exp"]})),
                parts[1],
                parts[2]
            ),
            TokenFault::Malformed,
        ),
        ("nothing", String::new(), TokenFault::Malformed),
        ("not a token", "a.b.c".into(), TokenFault::Malformed),
        ("too long", format!("{token}{}", "A".repeat(LONGEST)), TokenFault::Malformed),
    ] {
        let refused = read(&token, &keys).expect_err(how);
        // A library that looks at the parts first may call it one or the other.
        let alike = refused == fault || (how == "two parts" && refused == TokenFault::Signature);
        assert!(alike, "{how}: {refused:?}");
    }
}

/// A key that the token brings itself, or that says where to get it, is not asked for.
#[test]
fn a_token_does_not_choose_its_key() {
    let stranger = rsa(RSA_NEXT);
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("rsa".into());
    header.jwk = Some(jwk(&stranger, Algorithm::RS256, "rsa"));
    header.jku = Some("https://other.example/keys".into());
    let token = jsonwebtoken::encode(&header, &good(), &stranger).unwrap();
    assert_eq!(read(&token, &keys()), Err(TokenFault::Signature));
}

#[test]
fn without_a_name_only_an_only_key_fits() {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = None;
    let token = jsonwebtoken::encode(&header, &good(), &rsa(RSA)).unwrap();
    assert!(read(&token, &keys()).is_ok());
    let mut two = keys();
    two.push(jwk(&rsa(RSA_NEXT), Algorithm::RS256, "next"));
    assert_eq!(read(&token, &two), Err(TokenFault::UnknownKey));
    let mut secret = keys();
    secret[0].common.public_key_use = Some(PublicKeyUse::Encryption);
    assert_eq!(read(&token, &secret), Err(TokenFault::UnknownKey));
}

#[test]
fn true_is_true_also_as_text() {
    for (text, truth) in [
        ("true", true),
        ("\"true\"", true),
        ("false", false),
        ("\"false\"", false),
        ("\"TRUE\"", false),
        ("1", false),
        ("\"\"", false),
        ("[]", false),
    ] {
        assert_eq!(serde_json::from_str::<Flag>(text).unwrap(), Flag(truth), "{text}");
    }
}
