//! Prices of files: exact, and whether one is out of all proportion.

use std::collections::HashMap;

use kernel::Currency;

/// Decimal places in which prices are read, before it is known which a currency has.
pub const PLACES: usize = 4;

/// So many prices of a category are remembered to know its usual one.
const SAMPLE: usize = 2_000;

/// A price in minor units; none where it has fractions of them, or is none.
pub fn minor(price: i64, currency: Currency) -> Option<i64> {
    let places = usize::from(currency.exponent().unwrap_or(2)).min(PLACES);
    let unit = 10_i64.pow((PLACES - places) as u32);
    let bounds = 1..=1_000_000_000_000;
    (price % unit == 0).then_some(price / unit).filter(|minor| bounds.contains(minor))
}

/// What a litre usually costs, by category.
#[derive(Default)]
pub struct Typical {
    samples: HashMap<String, Vec<i64>>,
}

fn per_litre(price: i64, ml: i64) -> i64 {
    price.saturating_mul(1000) / ml.max(1)
}

impl Typical {
    pub fn see(&mut self, category: &str, price: i64, ml: i32) {
        let samples = match self.samples.get_mut(category) {
            Some(samples) => samples,
            None => self.samples.entry(category.to_owned()).or_default(),
        };
        if samples.len() < SAMPLE {
            samples.push(per_litre(price, ml.into()));
        }
    }

    /// To be called when all were seen.
    pub fn settle(&mut self) {
        for samples in self.samples.values_mut() {
            samples.sort_unstable();
        }
    }

    /// How many times its category's median price per litre this is, where that is known.
    pub fn times(&self, category: &str, price: i64, ml: i32) -> Option<i64> {
        let samples = self.samples.get(category)?;
        let median = *samples.get(samples.len() / 2)?;
        (median > 0).then(|| per_litre(price, ml.into()) / median)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_have_the_decimals_of_their_currency() {
        assert_eq!(minor(93_800, Currency::USD), Some(938));
        assert_eq!(minor(93_850, Currency::USD), None);
        assert_eq!(minor(93_850, Currency::KWD), Some(9385));
        assert_eq!(minor(5_000_000, Currency::JPY), Some(500));
        assert_eq!(minor(0, Currency::USD), None);
    }

    #[test]
    fn a_sleeve_stands_out_from_its_category() {
        let mut typical = Typical::default();
        for price in [150_000, 160_000, 9_000_000] {
            typical.see("vodka", price, 750);
        }
        typical.settle();
        assert_eq!(typical.times("vodka", 64_500, 50), Some(6));
        assert_eq!(typical.times("gin", 64_500, 50), None);
    }
}
