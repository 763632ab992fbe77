//! Promotions: discounts that nobody has to ask for.

use garde::Validate;
use jiff::Timestamp;
use kernel::{Currency, Id, Money, ProductId};
use serde::{Deserialize, Serialize};

use crate::tariff::{MOST_AMOUNT, WHOLE};

/// What a promotion does and where, apart from when and at which store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionTerms)]
pub struct Terms {
    /// What the customer reads beside the discount.
    #[garde(length(chars, min = 1, max = 80), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 80, example = "Mixers: three for two")]
    pub label: String,
    #[garde(dive)]
    pub scope: Scope,
    #[garde(dive)]
    pub benefit: Benefit,
    /// What the products in scope must cost at list price.
    #[garde(inner(custom(positive)))]
    #[serde(default)]
    pub min_spend: Option<Money>,
}

/// Which lines it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PromotionScope)]
pub enum Scope {
    /// The whole cart.
    Everything {},
    /// A category and all below it, by slug path.
    Category {
        #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
        #[schema(min_length = 1, max_length = 200, example = "wine/red")]
        category: String,
    },
    Product {
        #[garde(skip)]
        product: ProductId,
    },
}

/// What it takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PromotionBenefit)]
pub enum Benefit {
    /// A share of what the lines in scope still cost, in parts per million.
    Percent {
        #[garde(range(min = 1, max = WHOLE))]
        #[schema(minimum = 1, maximum = 1_000_000)]
        ppm: u32,
    },
    /// An amount, once, off what the lines in scope cost together.
    Amount {
        #[garde(custom(positive))]
        off: Money,
    },
    /// Of every `buy` units of one product `pay` are paid for.
    BuyPay {
        #[garde(range(min = 2, max = kernel::MAX_QUANTITY))]
        #[schema(minimum = 2, maximum = 999)]
        buy: u32,
        #[garde(range(min = 1, max = kernel::MAX_QUANTITY - 1))]
        #[schema(minimum = 1, maximum = 998)]
        pay: u32,
    },
}

/// A promotion of one store or of all, from one instant until another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Promotion {
    pub terms: Terms,
    pub valid_from: Timestamp,
    /// Not part of it.
    pub valid_until: Option<Timestamp>,
}

/// Names one promotion.
pub type PromotionId = Id<Promotion>;

impl Promotion {
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
    }
}

impl Scope {
    pub fn covers(&self, product: ProductId, category: &str) -> bool {
        match self {
            Self::Everything {} => true,
            Self::Category { category: wanted } => category
                .strip_prefix(wanted.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            Self::Product { product: wanted } => *wanted == product,
        }
    }
}

impl Terms {
    /// The currency of its amounts, where it has any; an error when they do not agree.
    pub fn currency(&self) -> Result<Option<Currency>, &'static str> {
        let off = match &self.benefit {
            Benefit::Amount { off } => Some(*off),
            _ => None,
        };
        one_currency(off, self.min_spend)
    }

    /// What garde cannot see field by field.
    pub fn makes_sense(&self) -> Result<(), &'static str> {
        match self.benefit {
            Benefit::BuyPay { buy, pay } if pay >= buy => Err("must be less than benefit.buy"),
            _ => Ok(()),
        }
    }
}

/// The currency of two amounts that may be there.
pub fn one_currency(
    one: Option<Money>,
    other: Option<Money>,
) -> Result<Option<Currency>, &'static str> {
    match (one, other) {
        (Some(one), Some(other)) if one.currency != other.currency => {
            Err("is in another currency than the amount")
        }
        (one, other) => Ok(one.or(other).map(|money| money.currency)),
    }
}

/// A garde rule for amounts that must be something.
pub fn positive(money: &Money, (): &()) -> garde::Result {
    if (1..=MOST_AMOUNT).contains(&money.amount) {
        return Ok(());
    }
    Err(garde::Error::new(format!("the amount must be between 1 and {MOST_AMOUNT}")))
}

/// A garde rule for instants that a person may mean: PostgreSQL's do not reach as far as jiff's.
pub fn in_our_time(at: &Timestamp, (): &()) -> garde::Result {
    // 2000-01-01 to 2200-01-01.
    if (946_684_800..7_258_118_400).contains(&at.as_second()) {
        return Ok(());
    }
    Err(garde::Error::new("must be between the years 2000 and 2199"))
}
