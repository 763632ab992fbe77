//! Razorpay's signatures: hexadecimal HMAC-SHA256, in lower case. Pure.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether `given` signs these very bytes. A secret that is empty signs nothing.
pub fn holds(secret: &str, message: &[u8], given: &str) -> bool {
    let lower = given.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let Ok(signature) = hex::decode(given) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(message);
    // Takes the same time wherever they differ.
    !secret.is_empty() && lower && mac.verify_slice(&signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_secret_and_these_bytes_in_lower_case_hold() {
        let signed = b"order_IEIaMR65cu6nz3|pay_IH4NVgf4Dreq1l";
        let signature = "44e5d4d64a195dcdbfd687a00b7308670b81265c848b707262838242717c5eb1";
        assert!(holds("a key secret for tests only", signed, signature));
        assert!(!holds("a key secret for tests onlY", signed, signature));
        assert!(!holds("a key secret for tests only", signed, &signature.to_uppercase()));
        assert!(!holds("a key secret for tests only", signed, &signature[..62]));
        assert!(!holds("", signed, signature));
    }
}
