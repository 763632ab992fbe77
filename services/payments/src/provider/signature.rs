//! The signature of webhooks as Stripe makes it, and the sandbox. Pure.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// How far the provider's clock and ours may be apart, and how old a webhook may be.
const TOLERANCE_SECONDS: i64 = 300;

/// Whether `t=<unix seconds>,v1=<hex>[,v1=<hex>…]` signs these very bytes, not long ago and not in
/// the future. While a secret is being changed there are two signatures; either will do.
pub fn holds(secret: &[u8], header: &str, body: &[u8], now: Timestamp) -> bool {
    let mut at = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            // Two times: nobody signs like that.
            Some(("t", _)) if at.is_some() => return false,
            Some(("t", value)) => at = Some(value),
            Some(("v1", value)) => signatures.push(value),
            _ => {}
        }
    }
    let Some(at) = at else { return false };
    let Ok(seconds) = at.parse::<i64>() else { return false };
    if seconds.abs_diff(now.as_second()) > TOLERANCE_SECONDS.unsigned_abs() {
        return false;
    }
    signatures.into_iter().take(5).any(|signature| signs(secret, at, body, signature))
}

fn signs(secret: &[u8], at: &str, body: &[u8], signature: &str) -> bool {
    let Ok(signature) = hex::decode(signature) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    mac.update(at.as_bytes());
    mac.update(b".");
    mac.update(body);
    // Takes the same time wherever they differ.
    mac.verify_slice(&signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a webhook secret for tests only";

    fn signed(secret: &[u8], at: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(at.as_bytes());
        mac.update(b".");
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    }

    #[test]
    fn only_our_secret_these_bytes_and_this_time_hold() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let holds = |header: &str| holds(SECRET, header, b"{}", now);
        let good = signed(SECRET, "1800000000", b"{}");
        assert!(holds(&format!("t=1800000000,v1={good}")));
        assert!(holds(&format!("t=1800000000,v0=00,v1=00,v1={good}")), "a secret being changed");
        let upper = good.to_ascii_uppercase();
        for bad in [
            String::new(),
            "t=1800000000".into(),
            "t=1800000000,v1=".into(),
            format!("v1={good}"),
            format!("t=1800000001,v1={good}"),
            format!("t=01800000000,v1={good}"),
            format!("t=1800000000,v0={good}"),
            format!("t=1800000000,t=1800000000,v1={good}"),
            format!("t=1800000000,v1={}", &good[..62]),
            format!("t=1800000000,v1={}", signed(b"", "1800000000", b"{}")),
            format!("t=1800000000,v1={}", signed(SECRET, "1800000000", b"{} ")),
            format!("t=-1,v1={}", signed(SECRET, "-1", b"{}")),
            format!("t=9223372036854775807,v1={}", signed(SECRET, "9223372036854775807", b"{}")),
            format!("t=-9223372036854775808,v1={upper}"),
        ] {
            assert!(!holds(&bad), "{bad}");
        }
        for (at, good) in [(-301, false), (-300, true), (300, true), (301, false)] {
            let at = (1_800_000_000_i64 + at).to_string();
            assert_eq!(holds(&format!("t={at},v1={}", signed(SECRET, &at, b"{}"))), good, "{at}");
        }
    }
}
