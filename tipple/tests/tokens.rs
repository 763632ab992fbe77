//! Attacks on access tokens, each against every service on its own: what one gateway forgets, the
//! service behind it must not.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use ed25519_dalek::{Signer, SigningKey};
use kernel::PersonId;
use ring::hmac;
use serde_json::{Value, json};
use testkit::Bench;

/// An operation of each service that the bearer of the good token may call.
const DOORS: [(&str, &str); 10] = [
    ("accounts", "/v1/accounts/sessions"),
    ("catalogue", "/v1/catalogue/vendors"),
    ("cart", "/v1/cart/carts"),
    ("orders", "/v1/orders/orders"),
    ("payments", "/v1/payments/ledger/balance"),
    ("delivery", "/v1/delivery/jobs"),
    ("notifications", "/v1/notifications/messages"),
    ("insight", "/v1/insight/curations"),
    ("compliance", "/v1/compliance/jurisdictions"),
    ("gateway", "/v1/accounts/me/export"),
];

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The key that the house trusts, and what it says of a good token.
struct Forge {
    key: SigningKey,
    header: Value,
    claims: Value,
}

impl Forge {
    fn at(now: i64) -> Self {
        let key = SigningKey::from_bytes(&testkit::SIGNING_SEED);
        let kid = &key.verifying_key().to_bytes()[..8];
        let kid: String = kid.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            key,
            header: json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid }),
            claims: json!({
                "iss": "tipple", "aud": "tipple", "sub": PersonId::new(), "jti": "x",
                "iat": now, "exp": now + 600, "sid": PersonId::new(), "av": 1,
                "roles": [{ "role": "customer" }, { "role": "operator" }],
            }),
        }
    }

    fn signed_text(&self, text: &str) -> String {
        format!("{text}.{}", b64(self.key.sign(text.as_bytes()).to_bytes()))
    }

    /// Signed by the house's key, whatever it says.
    fn raw(&self, header: &str, claims: &str) -> String {
        self.signed_text(&format!("{}.{}", b64(header), b64(claims)))
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        self.raw(&header.to_string(), &claims.to_string())
    }

    fn good(&self) -> String {
        self.sign(&self.header, &self.claims)
    }

    fn header(&self, name: &str, value: Value) -> String {
        self.sign(&with(&self.header, name, value), &self.claims)
    }

    fn claim(&self, name: &str, value: Value) -> String {
        self.sign(&self.header, &with(&self.claims, name, value))
    }

    fn mac(&self, alg: &str, secret: &[u8]) -> String {
        let header = with(&self.header, "alg", alg.into()).to_string();
        let text = format!("{}.{}", b64(header), b64(self.claims.to_string()));
        let algorithm = match alg {
            "HS384" => hmac::HMAC_SHA384,
            "HS512" => hmac::HMAC_SHA512,
            _ => hmac::HMAC_SHA256,
        };
        let tag = hmac::sign(&hmac::Key::new(algorithm, secret), text.as_bytes());
        format!("{text}.{}", b64(tag))
    }
}

/// Null takes it away.
fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    match value {
        Value::Null => drop(object.as_object_mut().expect("an object").remove(name)),
        value => object[name] = value,
    }
    object
}

type Attack = (String, String);

/// Signed by the house's key, with a header that should not pass.
fn headers(forge: &Forge) -> Vec<Attack> {
    let stranger = SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(stranger) });
    let algorithms =
        ["HS256", "RS256", "RS512", "PS256", "ES256", "ES384", "eddsa", "EDDSA", "", "EdDSA "];
    let kids = [
        json!(null),
        json!(""),
        json!("0"),
        json!(7),
        json!(["a"]),
        json!({}),
        json!("../../../dev/null"),
        json!("' or 1=1 --"),
        json!("0000000000000000"),
    ];
    let types = [json!(null), json!("JWT"), json!("jwt"), json!("at"), json!(1), json!("")];
    let mut attacks = Vec::new();
    for alg in algorithms {
        attacks.push((format!("alg {alg:?}"), forge.header("alg", alg.into())));
    }
    attacks.push(("alg absent".into(), forge.header("alg", json!(null))));
    attacks.push(("alg a number".into(), forge.header("alg", json!(1))));
    for kid in kids {
        attacks.push((format!("kid {kid}"), forge.header("kid", kid)));
    }
    for typ in types {
        attacks.push((format!("typ {typ}"), forge.header("typ", typ)));
    }
    attacks.push(("crit".into(), forge.header("crit", json!(["exp"]))));
    // A key of one's own in the header, and signed by it.
    let own = Forge { key: SigningKey::from_bytes(&[9; 32]), ..Forge::at(0) };
    let own = Forge { header: forge.header.clone(), claims: forge.claims.clone(), ..own };
    attacks.push(("another key".into(), own.good()));
    attacks.push(("a key of its own".into(), own.header("jwk", jwk)));
    for name in ["jku", "x5u"] {
        let token = own.header(name, "http://127.0.0.1:1/keys".into());
        attacks.push((format!("keys at {name}"), token));
    }
    attacks.push(("a certificate of its own".into(), own.header("x5c", json!([b64(stranger)]))));
    attacks
}

/// Signed in another way, or not at all.
fn signatures(forge: &Forge) -> Vec<Attack> {
    let good = forge.good();
    let (text, signature) = good.rsplit_once('.').expect("a signature");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let of = |bytes: &[u8]| format!("{text}.{}", b64(bytes));
    let mut attacks: Vec<Attack> = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE"] {
        let header = with(&forge.header, "alg", alg.into()).to_string();
        let text = format!("{}.{}", b64(header), b64(forge.claims.to_string()));
        attacks.push((format!("{alg}, unsigned"), format!("{text}.")));
        attacks.push((format!("{alg}, signed"), format!("{text}.{signature}")));
    }
    let public = forge.key.verifying_key().to_bytes();
    let hexadecimal: String = public.iter().map(|byte| format!("{byte:02x}")).collect();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(public) }).to_string();
    let pem = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &public].concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        BASE64_STANDARD.encode(pem)
    );
    for alg in ["HS256", "HS384", "HS512"] {
        for (how, secret) in [
            ("the public key", public.to_vec()),
            ("the public key in hexadecimal", hexadecimal.clone().into()),
            ("the public key in base64", b64(public).into()),
            ("the public key as JWK", jwk.clone().into()),
            ("the public key as PEM", pem.clone().into()),
            ("nothing", Vec::new()),
            ("the house secret", testkit::SECRET.into()),
        ] {
            attacks.push((format!("{alg} with {how}"), forge.mac(alg, &secret)));
        }
    }
    let flipped = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        of(&bytes)
    };
    attacks.extend([
        ("no signature".into(), of(&[])),
        ("zeros".into(), of(&[0; 64])),
        ("half".into(), of(&bytes[..32])),
        ("one byte less".into(), of(&bytes[..63])),
        ("one byte more".into(), of(&[bytes.as_slice(), &[0]].concat())),
        ("a bit of R".into(), flipped(0)),
        ("a bit of S".into(), flipped(40)),
        ("S beyond the order".into(), of(&malleable(&bytes))),
        ("padded".into(), format!("{text}.{}", BASE64_URL_SAFE.encode(&bytes))),
        ("another alphabet".into(), format!("{text}.{}+/", BASE64_STANDARD_NO_PAD.encode(&bytes))),
        ("of another token".into(), {
            let other = forge.claim("jti", "y".into());
            format!("{text}.{}", other.rsplit_once('.').expect("a signature").1)
        }),
    ]);
    attacks
}

/// The same signature with the order of the group added to S, which strict checking refuses.
fn malleable(signature: &[u8]) -> Vec<u8> {
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (mut bytes, mut carry) = (signature.to_vec(), 0_u16);
    for (at, byte) in order.iter().enumerate() {
        let sum = u16::from(bytes[32 + at]) + u16::from(*byte) + carry;
        bytes[32 + at] = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    bytes
}

/// Signed by the house's key, with claims that should not pass.
fn claims(forge: &Forge, now: i64) -> Vec<Attack> {
    let wrong = [
        ("iss", json!(null)),
        ("iss", json!("")),
        ("iss", json!("Tipple")),
        ("iss", json!(["tipple"])),
        ("aud", json!(null)),
        ("aud", json!("tipple-house")),
        ("aud", json!("")),
        ("aud", json!("tipple-access-news")),
        ("exp", json!(null)),
        ("exp", json!(now - 5)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(format!("{}", now + 600))),
        ("exp", json!(1e300)),
        ("exp", json!(true)),
        ("iat", json!(null)),
        ("iat", json!(now + 60)),
        ("iat", json!("now")),
        ("nbf", json!(now + 60)),
        ("nbf", json!("soon")),
        ("sub", json!(null)),
        ("sub", json!("")),
        ("sub", json!("admin")),
        ("sub", json!(1)),
        ("sid", json!(null)),
        ("sid", json!("")),
        ("sid", json!(1)),
        ("av", json!(null)),
        ("av", json!("1")),
        ("roles", json!(null)),
        ("roles", json!("operator")),
        ("roles", json!([{ "role": "root" }])),
        ("roles", json!([{ "role": "manager" }])),
        ("roles", json!({ "role": "operator" })),
        ("scope", json!(1)),
        ("scope", json!(["orders:read"])),
        ("scope", json!("")),
        ("jti", json!(null)),
    ];
    let named =
        |(name, value): (&str, Value)| (format!("{name} {value}"), forge.claim(name, value));
    wrong.into_iter().map(named).collect()
}

/// Not of the form of a token.
fn forms(forge: &Forge) -> Vec<Attack> {
    let good = forge.good();
    let parts: Vec<&str> = good.split('.').collect();
    let (header, claims) = (forge.header.to_string(), forge.claims.to_string());
    let twice = |text: &str, more: &str| format!("{},{more}}}", &text[..text.len() - 1]);
    vec![
        ("nothing".into(), String::new()),
        ("dots".into(), "..".into()),
        ("one part".into(), parts[0].into()),
        ("two parts".into(), parts[..2].join(".")),
        ("four parts".into(), format!("{good}.x")),
        ("five parts".into(), format!("{good}.x.y")),
        ("JSON".into(), json!({ "payload": parts[1], "signature": parts[2] }).to_string()),
        ("a token in a token".into(), forge.raw(&header, &good)),
        ("the header is no JSON".into(), forge.raw("EdDSA", &claims)),
        ("the header is a list".into(), forge.raw("[]", &claims)),
        ("the claims are no JSON".into(), forge.raw(&header, "operator")),
        ("the claims are a list".into(), forge.raw(&header, "[]")),
        ("the claims are null".into(), forge.raw(&header, "null")),
        ("roles twice".into(), forge.raw(&header, &twice(&claims, r#""roles":[]"#))),
        ("sub twice".into(), forge.raw(&header, &twice(&claims, r#""sub":"x""#))),
        ("alg twice".into(), forge.raw(&twice(&header, r#""alg":"none""#), &claims)),
        ("something after the claims".into(), forge.raw(&header, &format!("{claims} {{}}"))),
        ("padding inside".into(), forge.signed_text(&format!("{}=.{}", parts[0], parts[1]))),
        ("very long".into(), forge.claim("jti", "x".repeat(20_000).into())),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_service_refuses_every_forged_token() {
    let bench = Bench::of(tipple::PARTS).settings(SANDBOX).start().await;
    let now = bench.now().as_second();
    let forge = Forge::at(now);
    let mut attacks = headers(&forge);
    attacks.extend(signatures(&forge));
    attacks.extend(claims(&forge, now));
    attacks.extend(forms(&forge));
    attacks.push(("what services show each other".into(), house_token(now)));
    println!("{} attacks", attacks.len());
    assert!(attacks.len() >= 60);
    for (service, path) in DOORS {
        let caller = bench.anyone(service);
        let ask = |token: &str| caller.with("authorization", &format!("Bearer {token}"));
        assert_eq!(ask(&forge.good()).get(path).await.status, 200, "{service}");
        for (attack, token) in &attacks {
            let answer = ask(token).get(path).await;
            // A scope that is empty is a machine's that may do nothing.
            let machine = attack == "scope \"\"";
            let expected: &[u16] = if machine { &[403] } else { &[401] };
            assert!(expected.contains(&answer.status.as_u16()), "{service}: {attack}: {answer:?}");
        }
        // A person's token does not open what is for the house.
        let inside = format!("/internal/{service}/ready");
        let answer = caller.with(wire::HOUSE_HEADER, &forge.good()).get(&inside).await;
        assert!([401, 404].contains(&answer.status.as_u16()), "{service}: {answer:?}");
    }
}

const SANDBOX: &str = "[payments.sandbox]\nsecret_key = \"sk_test_0123456789abcdef01234567\"\n\
    webhook_secret = \"whsec_test_0123456789abcdef\"\n[sandbox]\n\
    secret_key = \"sk_test_0123456789abcdef01234567\"\n\
    webhook_secret = \"whsec_test_0123456789abcdef\"";

fn house_token(now: i64) -> String {
    let claims = json!({ "iss": "orders", "aud": "tipple-house", "iat": now, "exp": now + 60 });
    let text =
        format!("{}.{}", b64(json!({ "alg": "HS256" }).to_string()), b64(claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, testkit::SECRET.as_bytes());
    format!("{text}.{}", b64(hmac::sign(&key, text.as_bytes())))
}
