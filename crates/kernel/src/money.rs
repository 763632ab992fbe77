use std::fmt;

pub use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// An amount in the minor units of its currency: 1999 USD is 19.99 dollars, 500 JPY is 500 yen,
/// 1500 KWD is 1.500 dinar. Never a float.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units; negative where a line takes something off.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
}

/// Two amounts that do not go together, or a sum too large to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{0} and {1} cannot be added")]
    Currencies(Currency, Currency),
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }

    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        let negative = other.amount.checked_neg().ok_or(MoneyError::TooLarge)?;
        self.plus(Self { amount: negative, ..other })
    }

    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(i64::from(quantity)).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }

    /// The number of decimal places of the currency: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn decimals(self) -> u32 {
        self.currency.exponent().map_or(2, u32::from)
    }
}

impl fmt::Display for Money {
    /// As people write it: `19.99 USD`, `500 JPY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.amount < 0 { "-" } else { "" };
        let places = self.decimals();
        let unit = 10_u64.pow(places);
        let (whole, part) = (self.amount.unsigned_abs() / unit, self.amount.unsigned_abs() % unit);
        if places == 0 {
            write!(f, "{sign}{whole} {}", self.currency.code())
        } else {
            let width = places as usize;
            write!(f, "{sign}{whole}.{part:0width$} {}", self.currency.code())
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl utoipa::__dev::ComposeSchema for Money {
    fn compose(
        _: Vec<utoipa::openapi::RefOr<utoipa::openapi::Schema>>,
    ) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("ISO 4217 code"))
            .min_length(Some(3))
            .max_length(Some(3))
            .examples(["USD"]);
        let amount = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Int64,
            )))
            .description(Some("Minor units of the currency"));
        ObjectBuilder::new()
            .property("amount", amount)
            .required("amount")
            .property("currency", text)
            .required("currency")
            .into()
    }
}

impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
}

/// What happens to half a minor unit and less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half goes away from zero: what tax offices call ordinary rounding.
    #[default]
    HalfUp,
    /// Anything over goes up: for floors that may not be undercut.
    Up,
    /// Anything over is dropped.
    Down,
}

/// `amount × numerator ⁄ denominator` in whole minor units.
///
/// Errors when the denominator is not positive or the result does not fit.
pub fn rate_of(
    amount: i64,
    numerator: i128,
    denominator: i128,
    rounding: Rounding,
) -> Result<i64, MoneyError> {
    if denominator <= 0 {
        return Err(MoneyError::TooLarge);
    }
    let product = i128::from(amount).checked_mul(numerator).ok_or(MoneyError::TooLarge)?;
    let (sign, size) = (product.signum(), product.unsigned_abs());
    let denominator = denominator.unsigned_abs();
    let (whole, rest) = (size / denominator, size % denominator);
    let up = match rounding {
        Rounding::HalfUp => rest >= denominator - rest,
        Rounding::Up => rest > 0,
        Rounding::Down => false,
    };
    let whole = whole + u128::from(up && rest > 0);
    i64::try_from(whole).map(|whole| whole * sign as i64).map_err(|_| MoneyError::TooLarge)
}

/// Splits `total` in proportion to `weights`, to the last minor unit, by largest remainder;
/// among equal remainders the earlier part gets the unit. The parts always add up to `total`.
///
/// Weights must not be negative. When all are zero everything goes to the first part.
pub fn spread(total: i64, weights: &[i64]) -> Vec<i64> {
    let Some(sum) = weights.iter().map(|w| i128::from((*w).max(0))).reduce(|a, b| a + b) else {
        return Vec::new();
    };
    let mut parts = vec![0; weights.len()];
    if sum == 0 {
        parts[0] = total;
        return parts;
    }
    let size = i128::from(total.unsigned_abs());
    let shares = weights.iter().map(|w| size * i128::from((*w).max(0)));
    let mut remainders: Vec<(usize, i128)> = Vec::with_capacity(weights.len());
    let mut left = size;
    for (index, share) in shares.enumerate() {
        parts[index] = (share / sum) as i64;
        left -= share / sum;
        remainders.push((index, share % sum));
    }
    remainders.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (index, _) in remainders.into_iter().take(left as usize) {
        parts[index] += 1;
    }
    if total < 0 {
        parts.iter_mut().for_each(|part| *part = -*part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_read_amounts_with_the_decimals_of_the_currency() {
        assert_eq!(Money::new(-1999, Currency::USD).to_string(), "-19.99 USD");
        assert_eq!(Money::new(500, Currency::JPY).to_string(), "500 JPY");
        assert_eq!(Money::new(1005, Currency::KWD).to_string(), "1.005 KWD");
    }

    #[test]
    fn a_third_of_a_dollar_goes_to_the_first() {
        assert_eq!(spread(100, &[1, 1, 1]), vec![34, 33, 33]);
        assert_eq!(spread(-100, &[1, 1, 1]), vec![-34, -33, -33]);
        assert_eq!(spread(7, &[0, 0]), vec![7, 0]);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_stay_within_one_unit_of_their_share(
            total in -1_000_000_000_i64..1_000_000_000,
            weights in prop::collection::vec(0_i64..1_000_000, 1..40),
        ) {
            let parts = spread(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                if sum > 0 {
                    let error = (i128::from(*part) * sum - i128::from(total) * i128::from(*weight)).abs();
                    prop_assert!(error < sum);
                }
            }
        }

        #[test]
        fn rounding_is_within_half_a_unit(amount in -1_000_000_i64..1_000_000, n in 0_i128..5_000, d in 1_i128..10_000) {
            let rounded = i128::from(rate_of(amount, n, d, Rounding::HalfUp).unwrap());
            prop_assert!((rounded * d - i128::from(amount) * n).abs() * 2 <= d);
        }
    }
}
