//! Codes of authenticator apps (RFC 6238: SHA-1, six digits, thirty seconds, as every app knows
//! them).

use anyhow::anyhow;
use jiff::Timestamp;
use totp_rs::{Builder, Totp};

/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// How many steps of thirty seconds an app's clock may be off, either way.
const SKEW: u16 = 1;

/// A secret that nobody can guess.
pub fn new_secret() -> [u8; SECRET_BYTES] {
    kernel::random_bytes()
}

/// What the person's app is given: the secret as text, and the same as an `otpauth://` address to
/// be shown as a QR code.
pub fn shown(secret: &[u8], account: &str) -> anyhow::Result<(String, String)> {
    // A colon would divide issuer and account.
    let totp = totp(secret, &account.replace(':', " "))?;
    let url = totp.to_url().map_err(|error| anyhow!("write an otpauth address: {error}"))?;
    Ok((totp.secret().to_base32(), url))
}

/// The time step whose code this is, if it is one of now or the steps beside.
pub fn step_of(secret: &[u8], code: &str, now: Timestamp) -> anyhow::Result<Option<i64>> {
    let Ok(seconds) = u64::try_from(now.as_second()) else { return Ok(None) };
    let step = totp(secret, "nobody")?.check(code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn totp(secret: &[u8], account: &str) -> anyhow::Result<Totp> {
    Builder::new()
        .with_secret(secret)
        .with_skew(SKEW)
        .with_account_name(account)
        .with_issuer(Some("Tipple"))
        .build()
        .map_err(|error| anyhow!("a secret for time-based codes: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's test vectors.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        // Appendix B, the last six of its eight digits.
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_second(at).unwrap();
            assert_eq!(step_of(SECRET, code, now).unwrap(), Some(at / 30), "{at}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let at =
            |second| step_of(SECRET, "050471", Timestamp::from_second(second).unwrap()).unwrap();
        let step = 1_111_111_111 / 30;
        assert_eq!(at((step - 1) * 30), Some(step));
        assert_eq!(at((step + 1) * 30 + 29), Some(step));
        assert_eq!(at((step - 1) * 30 - 1), None);
        assert_eq!(at((step + 2) * 30), None);
        assert_eq!(at(-1), None);
    }

    #[test]
    fn an_app_is_told_all_it_needs() {
        let (secret, url) = shown(SECRET, "ann:lee@example.com").unwrap();
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(url.starts_with("otpauth://totp/Tipple:ann"), "{url}");
        assert!(url.contains(&secret) && url.contains("issuer=Tipple"), "{url}");
    }
}
