//! What a product is, and what its label may say of it. No I/O.

use kernel::{AlcoholClass, Drink, Money, Rounding, rate_of};
use serde::{Deserialize, Serialize};

/// What the drink is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    Bottle,
    Can,
    BagInBox,
    Carton,
    Keg,
    Pouch,
    Other,
}

impl Container {
    /// As the database keeps it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bottle => "bottle",
            Self::Can => "can",
            Self::BagInBox => "bag_in_box",
            Self::Carton => "carton",
            Self::Keg => "keg",
            Self::Pouch => "pouch",
            Self::Other => "other",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Bottle,
            Self::Can,
            Self::BagInBox,
            Self::Carton,
            Self::Keg,
            Self::Pouch,
            Self::Other,
        ];
        all.into_iter().find(|container| container.name() == name)
    }
}

/// How much there is, as customers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockState {
    InStock,
    /// Nearly gone.
    Low,
    Out,
}

impl StockState {
    pub const fn of(free: i32, low_threshold: i32) -> Self {
        match free {
            i32::MIN..=0 => Self::Out,
            free if free <= low_threshold => Self::Low,
            _ => Self::InStock,
        }
    }
}

/// As the database keeps it.
pub const fn class_name(class: AlcoholClass) -> &'static str {
    match class {
        AlcoholClass::None => "none",
        AlcoholClass::Beer => "beer",
        AlcoholClass::Wine => "wine",
        AlcoholClass::Spirits => "spirits",
    }
}

pub fn class_named(name: &str) -> Option<AlcoholClass> {
    let all = [AlcoholClass::None, AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits];
    all.into_iter().find(|class| class_name(*class) == name)
}

/// A category is a slug path of at most five parts.
pub fn category_is_valid(path: &str) -> bool {
    let slug = |part: &str| {
        let edges = !part.starts_with('-') && !part.ends_with('-') && !part.contains("--");
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && edges && part.bytes().all(plain)
    };
    path.len() <= 200 && path.split('/').count() <= 5 && path.split('/').all(slug)
}

/// What a litre of it costs at this price for one sold unit; none where that cannot be counted.
pub fn price_per_litre(price: Money, drink: Drink) -> Option<Money> {
    let amount = rate_of(price.amount, 1000, drink.unit_ml().into(), Rounding::HalfUp).ok()?;
    Some(Money { amount, ..price })
}

/// Pure alcohol in one sold unit in units of 10 ml, in hundredths, rounded half up: 2800 is 28
/// units, as on British labels.
pub fn alcohol_units_hundredths(drink: Drink) -> u64 {
    // Ten-thousandths of a millilitre; a unit has 100,000 of them, a hundredth of one 1,000.
    (drink.unit_pure_alcohol() + 500) / 1000
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    fn drink(abv_bp: u32, volume_ml: u32, pack: u32) -> Drink {
        Drink { class: AlcoholClass::Spirits, abv_bp, volume_ml, pack }
    }

    #[test]
    fn a_bottle_of_whisky_has_28_units() {
        assert_eq!(alcohol_units_hundredths(drink(4000, 700, 1)), 2800);
        assert_eq!(alcohol_units_hundredths(drink(500, 330, 6)), 990);
    }

    #[test]
    fn a_litre_of_a_six_pack_counts_all_cans() {
        let price = Money::new(1149, Currency::USD);
        let litre = price_per_litre(price, drink(550, 355, 6)).unwrap();
        assert_eq!(litre, Money::new(539, Currency::USD));
        assert_eq!(price_per_litre(price, drink(550, 0, 6)), None);
    }

    #[test]
    fn a_category_is_a_path_of_slugs() {
        for good in ["beer", "spirits/whiskey/single-malt", "a/b/c/d/e"] {
            assert!(category_is_valid(good), "{good}");
        }
        for bad in ["", "/", "Beer", "beer/", "-a", "a--b", "a b", "a/b/c/d/e/f", "bière", "a\0"] {
            assert!(!category_is_valid(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_litre_costs_what_its_price_says(amount in 1_i64..10_000_000, ml in 1_u32..100_000, pack in 1_u32..48) {
            let litre = price_per_litre(Money::new(amount, Currency::USD), drink(0, ml, pack)).unwrap();
            let unit = i128::from(ml) * i128::from(pack);
            let error = i128::from(litre.amount) * unit - i128::from(amount) * 1000;
            prop_assert!(error.abs() * 2 <= unit);
        }
    }
}
