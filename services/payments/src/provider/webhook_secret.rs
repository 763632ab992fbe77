//! What signs webhooks, in the settings of an account: one secret, and while it is being changed the
//! old one too, until a time.

use anyhow::ensure;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::SHORTEST_SECRET;

/// More than these are a mistake.
const MOST: usize = 4;

/// A secret that a provider signs webhooks with.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSecret {
    #[serde(skip_serializing)]
    pub secret: String,
    /// When an old one stops counting; never where it is not said.
    pub until: Option<Timestamp>,
}

/// Those that count at `now`.
pub fn counting(secrets: &[WebhookSecret], now: Timestamp) -> impl Iterator<Item = &str> {
    let counts = move |one: &&WebhookSecret| one.until.is_none_or(|until| now < until);
    secrets.iter().filter(counts).map(|one| one.secret.as_str())
}

/// Refuses what anyone could guess, and what would one day take no webhook any more. `at` is the
/// section of the settings.
pub fn check(secrets: &[WebhookSecret], at: &str) -> anyhow::Result<()> {
    // With an empty secret anyone could sign a webhook.
    ensure!(
        secrets.iter().all(|one| one.secret.len() >= SHORTEST_SECRET),
        "each of {at}.webhook_secrets must have {SHORTEST_SECRET} bytes or more"
    );
    ensure!(
        secrets.iter().any(|one| one.until.is_none()) && secrets.len() <= MOST,
        "{at}.webhook_secrets must hold one to {MOST}, one of them without an end"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(secret: &str, until: Option<i64>) -> WebhookSecret {
        let until = until.map(|second| Timestamp::from_second(second).unwrap());
        WebhookSecret { secret: secret.into(), until }
    }

    #[test]
    fn an_old_secret_counts_until_then() {
        let both = [one("new", None), one("old", Some(1_000))];
        let at = |second| counting(&both, Timestamp::from_second(second).unwrap()).count();
        assert_eq!((at(999), at(1_000)), (2, 1));
    }

    #[test]
    fn there_is_one_without_an_end_and_none_that_can_be_guessed() {
        let long = "four and twenty bytes is";
        let good = [one(long, None), one(long, Some(1_000))];
        check(&good, "here").unwrap();
        for bad in [
            &[][..],
            &[one("", None)],
            &[one(&long[1..], None)],
            &[one(long, Some(1_000))],
            &[one(long, None), one("short", Some(1_000))],
            &[one(long, None), one(long, None), one(long, None), one(long, None), one(long, None)],
        ] {
            check(bad, "here").unwrap_err();
        }
    }
}
