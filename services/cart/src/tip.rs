//! The tips that a page offers to choose from. Pure.

use kernel::{Money, Rounding, rate_of};
use serde::Serialize;

/// Shares of what the goods cost at list price, in hundredths.
const SHARES: [u8; 4] = [0, 5, 10, 15];

/// A tip to be chosen at one press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TipChoice {
    /// Hundredths of what the goods cost at list price; 0 is no tip.
    pub percent: u8,
    pub amount: Money,
}

/// The tips for goods that cost so much: none, and shares of it, each amount once and none above
/// the largest that is taken for meant.
pub fn choices(goods: Money, most: i64) -> Vec<TipChoice> {
    let mut choices: Vec<TipChoice> = Vec::new();
    for percent in SHARES {
        let Ok(amount) = rate_of(goods.amount, percent.into(), 100, Rounding::HalfUp) else {
            continue;
        };
        let known = choices.iter().any(|choice| choice.amount.amount == amount);
        if !known && (0..=most).contains(&amount) {
            choices.push(TipChoice { percent, amount: Money::new(amount, goods.currency) });
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    fn amounts(goods: i64, most: i64) -> Vec<(u8, i64)> {
        let choices = choices(Money::new(goods, Currency::USD), most);
        choices.iter().map(|choice| (choice.percent, choice.amount.amount)).collect()
    }

    #[test]
    fn a_basket_of_thirty_three_dollars() {
        assert_eq!(amounts(3_330, 5_000), [(0, 0), (5, 167), (10, 333), (15, 500)]);
    }

    #[test]
    fn what_is_the_same_is_offered_once_and_what_is_too_much_not_at_all() {
        assert_eq!(amounts(0, 5_000), [(0, 0)]);
        assert_eq!(amounts(10, 5_000), [(0, 0), (5, 1), (15, 2)]);
        assert_eq!(amounts(100_000, 5_000), [(0, 0), (5, 5_000)]);
        assert_eq!(amounts(3_330, 0), [(0, 0)]);
    }

    proptest! {
        #[test]
        fn whatever_is_offered_may_be_given(goods in 0_i64..=i64::MAX, most in 0_i64..1_000_000) {
            let offered = amounts(goods, most);
            prop_assert_eq!(offered.first(), Some(&(0, 0)));
            prop_assert!(offered.windows(2).all(|two| two[0].1 < two[1].1));
            prop_assert!(offered.iter().all(|(_, amount)| *amount <= most));
        }
    }
}
