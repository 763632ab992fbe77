//! The service's secret, and what is made of it: a key for each purpose, to seal what must be read
//! again and to hash what must only be recognised.

use anyhow::{Context as _, anyhow, ensure};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    hmac,
};
use secrecy::{ExposeSecret, SecretString};

/// The least number of bytes of the secret.
const MIN_BYTES: usize = 32;

/// Seals and hashes under keys made of the service's secret (HKDF-SHA256, one key per purpose).
#[derive(Clone)]
pub struct Vault {
    root: Prk,
}

struct Key32;

impl KeyType for Key32 {
    fn len(&self) -> usize {
        32
    }
}

impl Vault {
    /// Refused where the secret is short or repeats itself.
    pub fn new(secret: &SecretString) -> anyhow::Result<Self> {
        let bytes = secret.expose_secret().as_bytes();
        let different = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
        ensure!(
            bytes.len() >= MIN_BYTES && different >= 8,
            "set accounts.secret (TIPPLE__ACCOUNTS__SECRET) to {MIN_BYTES} random bytes or more"
        );
        Ok(Self { root: Salt::new(HKDF_SHA256, b"tipple accounts").extract(bytes) })
    }

    fn key(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        let info = [purpose.as_bytes()];
        let made = self.root.expand(&info, Key32).and_then(|okm| okm.fill(&mut key));
        // Only a length beyond what HKDF gives fails, and 32 bytes are not.
        debug_assert!(made.is_ok());
        key
    }

    /// Encrypts under the key of `purpose` (ChaCha20-Poly1305, a nonce of its own in front).
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce = kernel::random_bytes::<NONCE_LEN>();
        let mut sealed = plain.to_vec();
        self.cipher(purpose)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut sealed,
            )
            .map_err(|_| anyhow!("seal a secret"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What [`Vault::seal`] sealed for the same purpose under the same secret.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).context("too short to be sealed")?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| anyhow!("a nonce"))?;
        let mut rest = rest.to_vec();
        let plain = self.cipher(purpose)?.open_in_place(nonce, Aad::empty(), &mut rest);
        let plain = plain.map_err(|_| anyhow!("sealed under another accounts.secret"))?;
        Ok(plain.to_vec())
    }

    fn cipher(&self, purpose: &str) -> anyhow::Result<LessSafeKey> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.key(purpose));
        Ok(LessSafeKey::new(key.map_err(|_| anyhow!("a key"))?))
    }

    /// Recognises the same bytes again (HMAC-SHA256); nobody without the secret can try guesses.
    pub fn keyed_hash(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key(purpose));
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&key, bytes).as_ref());
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(secret: &str) -> Vault {
        Vault::new(&secret.into()).expect("a long secret")
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_secret_only() {
        let one = vault("one secret of more than thirty-two bytes");
        let sealed = one.seal("totp", b"seed").expect("sealed");
        assert_eq!(one.open("totp", &sealed).expect("opened"), b"seed");
        assert!(one.open("keys", &sealed).is_err());
        let other = vault("another secret of more than thirty-two bytes");
        assert!(other.open("totp", &sealed).is_err());
        assert_ne!(sealed, one.seal("totp", b"seed").expect("sealed"), "no nonce twice");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(one.open("totp", &changed).is_err(), "byte {at}");
        }
        assert!(one.open("totp", b"short").is_err());
        assert_ne!(one.keyed_hash("a", b"x"), one.keyed_hash("b", b"x"));
        assert_ne!(one.keyed_hash("a", b"x"), other.keyed_hash("a", b"x"));
    }

    #[test]
    fn a_weak_secret_is_refused() {
        for weak in ["", "short", &"a".repeat(64)] {
            assert!(Vault::new(&weak.into()).is_err(), "{weak:?}");
        }
    }
}
