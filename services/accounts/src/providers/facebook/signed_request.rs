use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Sha256;

use crate::providers::openid::token::is_subject;

/// The longest request that is read, in bytes.
const LONGEST: usize = 8 * 1024;

/// Facebook's wish that what is kept of someone be deleted.
#[derive(Debug, PartialEq, Eq)]
pub struct Deletion {
    pub subject: String,
    pub issued_at: Timestamp,
}

#[derive(Deserialize)]
struct Payload {
    algorithm: String,
    user_id: String,
    issued_at: i64,
}

/// Reads `signature.payload`, both base64url; the signature is that of the payload as it is
/// written there. None when it does not hold.
pub fn read(text: &str, app_secret: &str) -> Option<Deletion> {
    if text.len() > LONGEST {
        return None;
    }
    let (signature, payload) = text.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).ok()?;
    mac.update(payload.as_bytes());
    mac.verify_slice(&signature).ok()?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let payload: Payload = serde_json::from_slice(&payload).ok()?;
    let known = payload.algorithm.eq_ignore_ascii_case("HMAC-SHA256");
    let issued_at = Timestamp::from_second(payload.issued_at).ok()?;
    (known && is_subject(&payload.user_id))
        .then_some(Deletion { subject: payload.user_id, issued_at })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECRET: &str = "an app secret";

    fn signed(payload: &serde_json::Value, secret: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(payload.as_bytes());
        format!("{}.{payload}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn only_who_knows_the_app_secret_can_ask() {
        let good = json!({"algorithm": "HMAC-SHA256", "user_id": "42", "issued_at": 1});
        let asked = read(&signed(&good, SECRET), SECRET).unwrap();
        assert_eq!((asked.subject.as_str(), asked.issued_at.as_second()), ("42", 1));
        assert_eq!(read(&signed(&good, "another"), SECRET), None);
        let text = signed(&good, SECRET);
        let (signature, payload) = text.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(good.to_string().replace("42", "43"));
        for bad in [
            format!("{signature}.{other}"),
            format!("{}.{payload}", &signature[..10]),
            format!(".{payload}"),
            payload.to_owned(),
            String::new(),
        ] {
            assert_eq!(read(&bad, SECRET), None, "{bad}");
        }
        for bad in [
            json!({"algorithm": "none", "user_id": "42", "issued_at": 1}),
            json!({"algorithm": "HMAC-SHA256", "user_id": "", "issued_at": 1}),
            json!({"algorithm": "HMAC-SHA256", "issued_at": 1}),
            json!({"algorithm": "HMAC-SHA256", "user_id": "42"}),
        ] {
            assert_eq!(read(&signed(&bad, SECRET), SECRET), None, "{bad}");
        }
    }
}
