//! The checkout page: reached without a token by whoever has its link, as providers' own pages are.

mod files;
mod money;
mod policy;
mod stage;
mod templates;
mod words;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use kernel::PaymentId;
use sha2::Sha256;

pub use self::{
    files::file,
    stage::{Facts, Stage, mark},
    templates::{Pages, Shown, Way},
};

/// Makes and knows the links of checkout pages.
pub struct Links {
    /// Of the house, without a trailing slash.
    public_url: String,
    key: [u8; 32],
}

impl Links {
    /// The key is made from the house's secret and of no use for anything else, so that every
    /// process knows the links of every other, and none of them is kept.
    pub fn new(house_secret: &[u8], public_url: &str) -> Self {
        let key = keyed(house_secret, b"tipple.payments.page.v1").finalize().into_bytes().into();
        Self { public_url: public_url.to_owned(), key }
    }

    /// The page of a payment, as others open it.
    pub fn address(&self, payment: PaymentId) -> String {
        format!("{}{}", self.public_url, self.path(payment))
    }

    /// The same within the house's own address.
    pub fn path(&self, payment: PaymentId) -> String {
        let tag = keyed(&self.key, payment.uuid().as_bytes()).finalize().into_bytes();
        format!("/pay/{payment}/{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Whether the key in a link is this payment's; a wrong one takes as long as a right one.
    pub fn hold(&self, payment: PaymentId, key: &str) -> bool {
        let given = URL_SAFE_NO_PAD.decode(key).unwrap_or_default();
        keyed(&self.key, payment.uuid().as_bytes()).verify_slice(&given).is_ok()
    }
}

fn keyed(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_its_own_payment_and_no_other() {
        let links = Links::new(b"the secret of one house", "https://shop.example");
        let (one, other) = (PaymentId::new(), PaymentId::new());
        let path = links.path(one);
        assert_eq!(links.address(one), format!("https://shop.example{path}"));
        let key = path.rsplit('/').next().unwrap();
        assert_eq!(key.len(), 43, "256 bits");
        assert!(links.hold(one, key) && !links.hold(other, key));
        let elsewhere = Links::new(b"the secret of another", "https://shop.example");
        assert!(!elsewhere.hold(one, key));
        for wrong in
            ["", "x", &key[..42], &format!("{key}A"), &format!("{key}="), &key.to_lowercase()]
        {
            assert!(!links.hold(one, wrong), "{wrong}");
        }
        for at in 0..key.len() {
            let changed = if &key[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{changed}{}", &key[..at], &key[at + 1..]);
            assert!(!links.hold(one, &changed), "{changed}");
        }
    }
}
