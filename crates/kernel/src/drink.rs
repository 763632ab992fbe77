use serde::{Deserialize, Serialize};

/// How the law sees what is in the bottle.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlcoholClass {
    /// Not alcohol: mixers, and drinks that the jurisdiction does not treat as such.
    None,
    /// Beer, cider and other fermented drinks that are sold as beer is.
    Beer,
    Wine,
    Spirits,
}

/// What law and excise need to know of one sold unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Drink {
    pub class: AlcoholClass,
    /// Alcohol by volume in hundredths of a percent: 4000 is 40 %.
    #[schema(maximum = 10000)]
    pub abv_bp: u32,
    /// Millilitres in one container.
    #[schema(maximum = 1000000)]
    pub volume_ml: u32,
    /// Containers sold together as one unit: 6 for a six-pack.
    #[schema(maximum = 1000)]
    pub pack: u32,
}

impl Drink {
    /// Whether there can be such a drink: at most pure alcohol, a cubic metre, a thousand of them.
    pub const fn is_credible(self) -> bool {
        self.abv_bp <= 10_000 && self.volume_ml <= 1_000_000 && self.pack <= 1_000
    }

    /// Millilitres in one sold unit.
    pub fn unit_ml(self) -> u64 {
        u64::from(self.volume_ml) * u64::from(self.pack)
    }

    /// Pure alcohol in one sold unit, in ten-thousandths of a millilitre, so that it is exact.
    pub fn unit_pure_alcohol(self) -> u64 {
        self.unit_ml() * u64::from(self.abv_bp)
    }
}
