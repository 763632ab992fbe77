//! Stripe's idea of the decimals of currencies, and which it takes. Pure. Source: Stripe's
//! documentation “Supported currencies”: presentment, zero-decimal, three-decimal, special cases.

use kernel::{Currency, Money};

use crate::provider::CallFailed;

/// Currencies in which Stripe lets people pay and whose amounts can be told apart there: without
/// the ariary, which Stripe counts in whole ones and ISO 4217 in hundredths.
const TAKEN: &str = "USD AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND \
    BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD \
    FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF \
    KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN \
    NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP \
    SLE SOS SRD STD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VND VUV WST XAF XCD XOF \
    XPF YER ZAR ZMW";

pub fn takes(currency: Currency) -> bool {
    TAKEN.split_ascii_whitespace().any(|code| code == currency.code())
}

/// Stripe's units in one minor unit: it counts kronor and shillings, which have no smaller coin, in
/// hundredths all the same.
fn unit(code: &str) -> i64 {
    if code.eq_ignore_ascii_case("ISK") || code.eq_ignore_ascii_case("UGX") { 100 } else { 1 }
}

/// As Stripe is told. Of currencies with three decimals it takes none that does not end in zero.
pub fn to_stripe(money: Money) -> Result<i64, CallFailed> {
    if money.decimals() == 3 && money.amount % 10 != 0 {
        let why = format!("{money} does not end in zero, which Stripe wants of this currency");
        return Err(CallFailed::Refused(why));
    }
    let amount = money.amount.checked_mul(unit(money.currency.code()));
    amount.ok_or_else(|| CallFailed::Refused("the amount is too large".into()))
}

/// Minor units of ISO 4217; none where Stripe shows a part of one.
pub fn from_stripe(amount: i64, currency: &str) -> Option<i64> {
    let unit = unit(currency);
    (amount % unit == 0).then_some(amount / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_stripes_on_the_wire_and_iso_s_here() {
        for (currency, amount, told) in [
            (Currency::USD, 1999, 1999),
            (Currency::JPY, 500, 500),
            (Currency::KWD, 5120, 5120),
            (Currency::ISK, 5, 500),
            (Currency::UGX, 7, 700),
            (Currency::HUF, 1050, 1050),
        ] {
            assert!(takes(currency));
            assert_eq!(to_stripe(Money::new(amount, currency)).unwrap(), told);
            assert_eq!(from_stripe(told, &currency.code().to_lowercase()), Some(amount));
        }
        assert!(to_stripe(Money::new(5124, Currency::KWD)).is_err());
        assert_eq!(from_stripe(550, "isk"), None);
        assert!(!takes(Currency::MGA) && !takes(Currency::IQD) && !takes(Currency::XAU));
    }
}
