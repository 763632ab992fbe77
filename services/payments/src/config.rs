use std::{collections::BTreeMap, time::Duration};

use anyhow::ensure;
use jiff::SignedDuration;
use kernel::Currency;
use serde::{Deserialize, Serialize};

use crate::provider::paypal::PayPal;
pub use crate::provider::{razorpay::Razorpay, stripe::Stripe};

/// `[payments]`
#[derive(Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long one call to a provider may take.
    pub patience_ms: u64,
    /// How often the provider is asked about a payment that waits for its customer.
    pub poll_open_seconds: i64,
    /// How often the provider is asked about money that is set aside and not yet captured.
    pub poll_authorised_seconds: i64,
    /// How long a notice is kept after it was handled: longer than any provider repeats it. One
    /// that comes after that is only one more reason to ask the provider.
    pub notices_kept_days: i64,
    /// For how many years after the year in which they were issued invoices and credit notes are
    /// kept whole: as long as the law of the place says. Afterwards only their numbers are.
    pub documents_kept_years: i16,
    /// Where the customer's browser goes from the provider's pages; `{order}` and `{payment}`
    /// stand for their ids. The storefront's order page unless told.
    pub return_url: String,
    /// Money that people of the house give back.
    pub refunds: Refunds,
    /// What a driver is paid for one delivery of which delivery does not say it, by currency (ISO
    /// 4217), in minor units; nothing where it is not said here either. The tip comes on top.
    pub driver_pay: BTreeMap<String, i64>,
    /// The built-in provider that moves no money; offered where its secrets are set.
    pub sandbox: Sandbox,
    /// Accounts at Stripe, by a name that is part of their webhooks' address.
    pub stripe: BTreeMap<String, Stripe>,
    /// Accounts at PayPal, by the names that ways to pay and webhooks know them by.
    pub paypal: BTreeMap<String, PayPal>,
    /// Accounts at Razorpay, by our own names of them.
    pub razorpay: BTreeMap<String, Razorpay>,
}

/// `[payments.sandbox]`
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sandbox {
    /// `https://host/sandbox`, without a trailing slash; the one at the house's own public address
    /// unless told.
    pub base_url: String,
    /// What we prove ourselves with; at least 24 bytes, the same as `sandbox.secret_key`.
    #[serde(skip_serializing)]
    pub secret_key: String,
    /// What signs its webhooks; at least 24 bytes, the same as `sandbox.webhook_secret`.
    #[serde(skip_serializing)]
    pub webhook_secret: String,
}

impl Sandbox {
    /// Whether it is to be offered.
    pub(crate) const fn is_set(&self) -> bool {
        !self.secret_key.is_empty() || !self.webhook_secret.is_empty()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            patience_ms: 8_000,
            poll_open_seconds: 20,
            poll_authorised_seconds: 300,
            notices_kept_days: 30,
            documents_kept_years: 10,
            return_url: String::new(),
            refunds: Refunds::default(),
            driver_pay: BTreeMap::new(),
            sandbox: Sandbox::default(),
            stripe: BTreeMap::new(),
            paypal: BTreeMap::new(),
            razorpay: BTreeMap::new(),
        }
    }
}

/// `[payments.refunds]`: how much one person may give back alone where operators set no limit for
/// the currency, by currency (ISO 4217) and in its minor units: of one payment, and in 24 hours. In a
/// currency that is not listed every refund needs a second person.
#[derive(Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Refunds {
    /// How long more than that waits for a second person.
    pub wait_hours: i64,
    /// After so long a raise of a limit takes effect although no second operator has agreed, for
    /// where there is only one; never with 0.
    pub raise_alone_hours: i64,
    /// For so many days after an order is over at its door its customer may ask money back for it;
    /// never with 0.
    pub complaint_days: u32,
    pub store_per_payment: PerCurrency,
    pub store_per_day: PerCurrency,
    pub support_per_payment: PerCurrency,
    pub support_per_day: PerCurrency,
    pub operator_per_payment: PerCurrency,
    pub operator_per_day: PerCurrency,
}

/// Minor units by currency.
pub type PerCurrency = BTreeMap<String, i64>;

/// What a store may give back of one payment: about 50 dollars in whole sums of each currency, whose
/// minor units have none, two or three digits.
const ABOUT_FIFTY_DOLLARS: [(&str, i64); 8] = [
    ("AUD", 7_500),
    ("CAD", 7_000),
    ("EUR", 5_000),
    ("GBP", 4_000),
    ("INR", 400_000),
    ("JPY", 7_500),
    ("KWD", 15_000),
    ("USD", 5_000),
];

fn so_many_fifties(times: i64) -> PerCurrency {
    ABOUT_FIFTY_DOLLARS.into_iter().map(|(code, fifty)| (code.into(), fifty * times)).collect()
}

impl Default for Refunds {
    fn default() -> Self {
        Self {
            wait_hours: 72,
            raise_alone_hours: 0,
            complaint_days: 14,
            store_per_payment: so_many_fifties(1),
            store_per_day: so_many_fifties(10),
            support_per_payment: so_many_fifties(2),
            support_per_day: so_many_fifties(20),
            operator_per_payment: so_many_fifties(200),
            operator_per_day: so_many_fifties(2_000),
        }
    }
}

impl Refunds {
    fn make_sense(&self) -> bool {
        let limits = [
            &self.store_per_payment,
            &self.store_per_day,
            &self.support_per_payment,
            &self.support_per_day,
            &self.operator_per_payment,
            &self.operator_per_day,
        ];
        let is_limit = |(code, amount): (&String, &i64)| {
            Currency::from_code(code).is_some() && (0..=MOST_LIMIT).contains(amount)
        };
        (1..=24 * 90).contains(&self.wait_hours)
            && (self.raise_alone_hours == 0 || (24..=24 * 90).contains(&self.raise_alone_hours))
            && self.complaint_days <= 365
            && limits.into_iter().flatten().all(is_limit)
    }
}

/// No limit of a refund is higher, in minor units.
pub const MOST_LIMIT: i64 = 1_000_000_000_000;

/// Anyone could guess less.
pub(crate) const SHORTEST_SECRET: usize = 24;

/// Nobody is paid more for one delivery, in minor units.
const MOST_PAY: i64 = 100_000_000;

fn is_pay((currency, amount): (&String, &i64)) -> bool {
    Currency::from_code(currency).is_some() && (0..=MOST_PAY).contains(amount)
}

impl Config {
    /// The keys of all accounts that are set: `stripe:us`.
    pub(crate) fn accounts(&self) -> Vec<String> {
        let sandbox = self.sandbox.is_set().then(|| "sandbox:sandbox".to_owned());
        let stripe = self.stripe.keys().map(|name| format!("stripe:{name}"));
        let paypal = self.paypal.keys().map(|name| format!("paypal:{name}"));
        let razorpay = self.razorpay.keys().map(|name| format!("razorpay:{name}"));
        sandbox.into_iter().chain(stripe).chain(paypal).chain(razorpay).collect()
    }

    /// How long work that was taken stays its taker's: longer than a batch of calls, all of them
    /// at the end of their patience, can take. Who dies with work in hand leaves it until then.
    pub(crate) fn claim(&self) -> SignedDuration {
        SignedDuration::from_millis(self.patience_ms as i64 * 6 + 2_000)
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms)
    }

    pub(crate) fn checked(mut self, public_url: &str) -> anyhow::Result<Self> {
        // With an empty secret anyone could sign a webhook.
        let unset = !self.sandbox.is_set();
        ensure!(
            unset || self.sandbox.webhook_secret.len() >= SHORTEST_SECRET,
            "set payments.sandbox.webhook_secret (TIPPLE__PAYMENTS__SANDBOX__WEBHOOK_SECRET) to \
             {SHORTEST_SECRET} random bytes or more"
        );
        ensure!(
            unset || self.sandbox.secret_key.len() >= SHORTEST_SECRET,
            "set payments.sandbox.secret_key (TIPPLE__PAYMENTS__SANDBOX__SECRET_KEY) to \
             {SHORTEST_SECRET} random bytes or more"
        );
        ensure!(
            (1..=60_000).contains(&self.patience_ms),
            "payments.patience_ms must be between 1 and 60000"
        );
        ensure!(
            self.poll_open_seconds > 0 && self.poll_authorised_seconds > 0,
            "payments.poll_open_seconds and payments.poll_authorised_seconds must be above zero"
        );
        ensure!(
            self.refunds.make_sense(),
            "payments.refunds: wait_hours must be between 1 and 2160, raise_alone_hours 0 or between \
             24 and 2160, complaint_days 365 at most, and each limit names currencies, with 0 to \
             {MOST_LIMIT} minor units"
        );
        ensure!(
            self.driver_pay.iter().all(is_pay),
            "payments.driver_pay names currencies, and for each 0 to {MOST_PAY} minor units"
        );
        ensure!(self.notices_kept_days >= 7, "payments.notices_kept_days must be at least 7");
        for (name, account) in &self.stripe {
            check_name(name)?;
            account.check(name)?;
        }
        for (name, account) in &self.razorpay {
            check_name(name)?;
            account.check(name)?;
        }
        ensure!(
            (1..=100).contains(&self.documents_kept_years),
            "payments.documents_kept_years must be between 1 and 100"
        );
        if self.sandbox.base_url.is_empty() {
            self.sandbox.base_url = format!("{public_url}/sandbox");
        }
        for (name, account) in std::mem::take(&mut self.paypal) {
            let account = account.checked(&name)?;
            self.paypal.insert(name, account);
        }
        if self.return_url.is_empty() {
            self.return_url = format!("{public_url}/orders/{{order}}");
        }
        Ok(self)
    }
}

/// It is part of an address, and of what people choose.
fn check_name(name: &str) -> anyhow::Result<()> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ensure!(
        (1..=30).contains(&name.len()) && name.bytes().all(fits),
        "the name of an account at a provider is 1 to 30 of a-z, 0-9 and -, not {name:?}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(secret_key: &str, webhook_secret: &str) -> anyhow::Result<Config> {
        let (secret_key, webhook_secret) = (secret_key.into(), webhook_secret.into());
        let sandbox = Sandbox { secret_key, webhook_secret, ..Sandbox::default() };
        Config { sandbox, ..Config::default() }.checked("http://shop.example")
    }

    #[test]
    fn nobody_starts_with_a_secret_that_can_be_guessed() {
        let good = "four and twenty bytes is";
        let config = with(good, good).unwrap();
        assert_eq!(config.sandbox.base_url, "http://shop.example/sandbox");
        for (secret_key, webhook_secret) in [(good, ""), ("", good), (good, &good[1..])] {
            assert!(with(secret_key, webhook_secret).is_err());
        }
    }
}
