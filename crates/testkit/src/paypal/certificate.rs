//! A certificate authority of its own, and what it signs webhooks with.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaKeyPair},
};

/// Keys for tests, and for nothing else; making one takes seconds.
const WEBHOOKS: &str = include_str!("keys/webhooks.pem");
const OTHER: &str = include_str!("keys/other.pem");
/// Whom PayPal's certificates name.
pub const NAME: &str = "messageverificationcerts.paypal.com";

/// The authority's certificate, and by name those that are served; all as PEM. One is of another
/// authority, which nobody should trust.
pub struct Certificates {
    pub root: String,
    served: Vec<(&'static str, String)>,
}

impl Certificates {
    pub fn new() -> Self {
        let (root, issuer) = authority("Stand-in for PayPal's authority");
        let (_, other) = authority("Somebody else's authority");
        let now = (2024, 2036);
        let served = vec![
            ("CERT-good", leaf(&issuer, WEBHOOKS, NAME, now)),
            ("CERT-other-authority", leaf(&other, WEBHOOKS, NAME, now)),
            ("CERT-other-key", leaf(&issuer, OTHER, NAME, now)),
            ("CERT-other-name", leaf(&issuer, WEBHOOKS, "shop.example", now)),
            ("CERT-subdomain", leaf(&issuer, WEBHOOKS, &format!("{NAME}.evil.example"), now)),
            ("CERT-expired", leaf(&issuer, WEBHOOKS, NAME, (2019, 2021))),
            ("CERT-future", leaf(&issuer, WEBHOOKS, NAME, (2031, 2036))),
            ("CERT-huge", format!("{}{}", leaf(&issuer, WEBHOOKS, NAME, now), "#".repeat(1 << 20))),
            ("CERT-none", "not a certificate".into()),
        ];
        Self { root, served }
    }

    pub fn find(&self, name: &str) -> Option<&str> {
        self.served.iter().find(|one| one.0 == name).map(|one| one.1.as_str())
    }
}

fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (date_time_ymd(2018, 1, 1), date_time_ymd(2040, 1, 1));
    let key = KeyPair::generate().expect("a key");
    let root = params.self_signed(&key).expect("a certificate");
    (root.pem(), Issuer::new(params, key))
}

fn leaf(issuer: &Issuer<'_, KeyPair>, key: &str, name: &str, years: (i32, i32)) -> String {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    let key = KeyPair::from_pem(key).expect("a key");
    params.signed_by(&key, issuer).expect("a certificate").pem()
}

/// Signs with the key of the webhooks, or another.
pub fn sign(text: &str, other_key: bool, sha512: bool) -> String {
    let pem = if other_key { OTHER } else { WEBHOOKS };
    let inner: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(inner).expect("base64")).expect("a key");
    let mut signature = vec![0; key.public().modulus_len()];
    let how: &'static dyn ring::signature::RsaEncoding =
        if sha512 { &RSA_PKCS1_SHA512 } else { &RSA_PKCS1_SHA256 };
    key.sign(how, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("a signature");
    STANDARD.encode(signature)
}
