use garde::Validate;
use jiff::Timestamp;
use kernel::{Money, OrderId, ProductId};
use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

use crate::Quote;

/// What a store has of an order, where that is not all that was ordered.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Packing {
    #[garde(skip)]
    pub order: OrderId,
    /// When it was placed: the taxes and fees of then hold where the claim does not say when it was
    /// quoted.
    #[garde(custom(compliance_api::in_our_time))]
    pub placed_at: Timestamp,
    /// Those that are not whole; every other line stays as it was agreed to.
    #[garde(length(max = 200), dive)]
    pub lines: Vec<PackedLine>,
}

/// What there is of one line.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct PackedLine {
    #[garde(skip)]
    pub product: ProductId,
    /// Of what was ordered.
    #[garde(range(max = kernel::MAX_QUANTITY))]
    pub quantity: u32,
    /// For units that are not there.
    #[garde(dive)]
    pub instead: Option<Instead>,
}

/// What is put in for units that are not there.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Instead {
    /// As the store offers it now.
    #[garde(skip)]
    pub offer: catalogue_api::Offer,
    #[garde(range(min = 1, max = kernel::MAX_QUANTITY))]
    pub quantity: u32,
}

/// What is to be paid for what there is: never more than was agreed to, on no line either. What is
/// put in for something stands behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Packed {
    pub quote: Quote,
    /// The way from store to door, as it was when the cart was claimed.
    pub trip: delivery_api::Estimate,
}

/// Why it cannot be said what is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PackingRefusal {
    NoSuchCart,
    /// The order has no such line, or fewer units on it.
    NotOrdered {
        product: ProductId,
    },
    /// Its deposit or duties alone are more than what it is put in for costs.
    CostsMore {
        product: ProductId,
        most: Money,
    },
    /// The tariff does not fit, or nothing is known of what was offered.
    NotPriced {
        why: String,
    },
}

impl Refusal for PackingRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchCart => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NoSuchCart => "There is no such cart.".into(),
            Self::NotOrdered { .. } => "So much of it was not ordered.".into(),
            Self::CostsMore { most, .. } => {
                format!(
                    "Its deposit and duties alone are more than the {most} that were agreed to."
                )
            }
            Self::NotPriced { why } => format!("The total cannot be worked out: {why}."),
        }
    }
}
