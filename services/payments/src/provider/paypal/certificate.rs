//! The certificates that webhooks are signed with: fetched from PayPal alone, believed when an
//! authority says so.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::{
    CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
    pem::PemObject,
};
use url::{Origin, Url};
use webpki::{
    EndEntityCert, KeyUsage,
    ring::{
        ECDSA_P256_SHA256, ECDSA_P256_SHA384, ECDSA_P384_SHA256, ECDSA_P384_SHA384,
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    },
};

use super::settings::{self, PayPal};
use crate::provider::NotTaken;

/// Larger than a certificate with its chain.
const LARGEST: usize = 32 << 10;
const MOST_IN_CHAIN: usize = 5;
/// PayPal has two or three at a time. Strangers can name more; those are not kept for long.
const MOST_KEPT: usize = 32;
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// So many are fetched at once, whoever names them.
const AT_ONCE: usize = 4;
const FOLDER: &str = "/v1/notifications/certs/";

/// How authorities sign certificates.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ECDSA_P256_SHA256,
    ECDSA_P256_SHA384,
    ECDSA_P384_SHA256,
    ECDSA_P384_SHA384,
    RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512,
];

pub struct Certificates {
    http: reqwest::Client,
    hosts: Vec<Origin>,
    roots: Vec<TrustAnchor<'static>>,
    names: Vec<ServerName<'static>>,
    kept: Mutex<HashMap<Url, Kept>>,
    fetches: tokio::sync::Semaphore,
}

struct Kept {
    chain: Arc<[CertificateDer<'static>]>,
    until: Timestamp,
}

impl Certificates {
    pub fn new(settings: &PayPal, patience: Duration) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(patience.min(Duration::from_secs(5)))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let names = settings.certificate_names().iter().map(|name| ServerName::try_from(*name));
        Ok(Self {
            http,
            hosts: settings.cert_hosts.iter().filter_map(|host| settings::origin(host)).collect(),
            roots: roots(&settings.roots_file)?,
            names: names.collect::<Result<_, _>>()?,
            kept: Mutex::default(),
            fetches: tokio::sync::Semaphore::new(AT_ONCE),
        })
    }

    /// Where a certificate may lie: on a host that is named, in PayPal's folder, nothing else in
    /// the address.
    pub fn address(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let name = url.path().strip_prefix(FOLDER)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let exact = url.as_str() == text
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let good = exact && (1..=100).contains(&name.len()) && name.bytes().all(plain);
        (good && self.hosts.contains(&url.origin())).then_some(url)
    }

    /// Whether `signature` is of `text`, by a certificate that is PayPal's at `now`.
    pub async fn signs(
        &self,
        url: Url,
        (text, signature): (&[u8], &[u8]),
        now: Timestamp,
    ) -> Result<bool, NotTaken> {
        let chain = self.chain(url, now).await?;
        let Some((first, rest)) = chain.split_first() else { return Ok(false) };
        let Ok(certificate) = EndEntityCert::try_from(first) else { return Ok(false) };
        let seconds = now.as_second().max(0).unsigned_abs();
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let usage = KeyUsage::server_auth();
        let trusted = certificate
            .verify_for_usage(ALGORITHMS, &self.roots, rest, at, usage, None, None)
            .is_ok();
        let is_for = |name| certificate.verify_is_valid_for_subject_name(name).is_ok();
        let named = self.names.iter().any(is_for);
        let signs =
            certificate.verify_signature(RSA_PKCS1_2048_8192_SHA256, text, signature).is_ok();
        Ok(trusted && named && signs)
    }

    async fn chain(
        &self,
        url: Url,
        now: Timestamp,
    ) -> Result<Arc<[CertificateDer<'static>]>, NotTaken> {
        if let Some(kept) = self.kept().get(&url).filter(|kept| now < kept.until) {
            return Ok(Arc::clone(&kept.chain));
        }
        let _one = self.fetches.try_acquire().map_err(|_| NotTaken::Later)?;
        let pem = self.fetch(&url).await?;
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(&pem).take(MOST_IN_CHAIN).collect();
        let chain: Arc<[CertificateDer<'static>]> = chain.unwrap_or_default().into();
        let mut kept = self.kept();
        kept.retain(|_, one| now < one.until);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(url, Kept { chain: Arc::clone(&chain), until: now + KEPT });
        Ok(chain)
    }

    /// The file, if it is there and small; nobody is followed elsewhere.
    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, NotTaken> {
        let later = |_| NotTaken::Later;
        let mut answer = self.http.get(url.clone()).send().await.map_err(later)?;
        let status = answer.status();
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(NotTaken::Later);
        }
        if !status.is_success() {
            return Err(NotTaken::Signature);
        }
        let mut pem = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(later)? {
            if pem.len() + chunk.len() > LARGEST {
                return Err(NotTaken::Signature);
            }
            pem.extend_from_slice(&chunk);
        }
        Ok(pem)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<Url, Kept>> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The authorities of a file, or the web's.
fn roots(file: &str) -> anyhow::Result<Vec<TrustAnchor<'static>>> {
    if file.is_empty() {
        return Ok(webpki_roots::TLS_SERVER_ROOTS.to_vec());
    }
    let pem = std::fs::read(file).with_context(|| format!("the roots in {file}"))?;
    let mut roots = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.with_context(|| format!("a root in {file}"))?;
        roots.push(webpki::anchor_from_trusted_cert(&certificate)?.to_owned());
    }
    ensure!(!roots.is_empty(), "{file} holds no certificate");
    Ok(roots)
}
