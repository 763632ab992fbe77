//! Money as PayPal writes it. Pure.

use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};

/// `{"currency_code": "USD", "value": "19.99"}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    pub currency_code: String,
    pub value: String,
}

/// Currencies that PayPal takes everywhere, with the decimals of ISO 4217. It takes forints and
/// Taiwan dollars only in whole units, so that our cents of them could not be asked for; reals, yuan
/// and ringgits, as rupees, only within their countries. Source: PayPal's documentation “Currency
/// codes”.
const TAKEN: [Currency; 19] = [
    Currency::AUD,
    Currency::CAD,
    Currency::CHF,
    Currency::CZK,
    Currency::DKK,
    Currency::EUR,
    Currency::GBP,
    Currency::HKD,
    Currency::ILS,
    Currency::JPY,
    Currency::MXN,
    Currency::NOK,
    Currency::NZD,
    Currency::PHP,
    Currency::PLN,
    Currency::SEK,
    Currency::SGD,
    Currency::THB,
    Currency::USD,
];

pub fn takes(currency: Currency) -> bool {
    TAKEN.contains(&currency)
}

impl Amount {
    pub fn of(money: Money) -> Self {
        let text = money.to_string();
        let (value, code) = text.split_once(' ').unwrap_or((&text, ""));
        Self { currency_code: code.into(), value: value.into() }
    }

    /// Minor units; none where it is not in `currency` or not an amount of it.
    pub fn minor(&self, currency: Currency) -> Option<i64> {
        (self.currency_code == currency.code()).then_some(())?;
        let places = Money::zero(currency).decimals() as usize;
        let (sign, digits) = match self.value.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, self.value.as_str()),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let (part, rest) = part.split_at_checked(places).unwrap_or((part, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = whole.len() <= 15 && !(whole.is_empty() && part.is_empty());
        if !fits || !all_digits(whole) || !all_digits(part) || rest.bytes().any(|byte| byte != b'0')
        {
            return None;
        }
        format!("{whole}{part:0<places$}").parse::<i64>().ok().map(|amount| sign * amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_and_read_to_the_minor_unit() {
        for currency in TAKEN {
            for amount in [1, 99, 100, 123_456_789] {
                let written = Amount::of(Money::new(amount, currency));
                assert_eq!(written.minor(currency), Some(amount), "{written:?}");
            }
        }
        assert_eq!(Amount::of(Money::new(1999, Currency::USD)).value, "19.99");
        assert_eq!(Amount::of(Money::new(500, Currency::JPY)).value, "500");
        assert!(!takes(Currency::HUF) && !takes(Currency::KWD) && !takes(Currency::INR));
        for (value, read) in [
            ("5", Some(500)),
            ("5.1", Some(510)),
            (".50", Some(50)),
            ("-1.00", Some(-100)),
            ("5.100", Some(510)),
            ("5.101", None),
            ("", None),
            (".", None),
            ("1e3", None),
            ("1,00", None),
            ("--1", None),
            ("9999999999999999", None),
        ] {
            let amount = Amount { currency_code: "USD".into(), value: value.into() };
            assert_eq!(amount.minor(Currency::USD), read, "{value}");
            assert_eq!(amount.minor(Currency::EUR), None);
        }
    }
}
