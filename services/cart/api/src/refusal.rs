use compliance_api::Reason;
use jiff::Timestamp;
use kernel::{Money, OrderId};
use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

use crate::Why;

/// Why a cart cannot become an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ClaimRefusal {
    NoSuchCart,
    CartEmpty,
    /// Another order has it, or it was ordered already.
    CartTaken {
        order: OrderId,
    },
    NoDestination,
    /// The order was given up before it asked.
    OrderGivenUp,
    /// The store does not deliver there.
    OutOfZone,
    StoreClosed,
    /// Its people let it take no orders for a while.
    StorePaused {
        until: Timestamp,
        why: String,
    },
    /// The store wants an order to be worth more, at list price.
    BelowLeastOrder {
        least: Money,
    },
    /// It cannot come within the slot that was chosen any more.
    SlotGone {
        why: String,
    },
    /// The price changed since the customer saw it.
    TotalChanged {
        expected: Money,
        actual: Money,
    },
    /// It is wanted at another time than the customer saw; none is as soon as possible.
    SlotChanged {
        expected: Option<Timestamp>,
        actual: Option<Timestamp>,
    },
    /// A product is no longer offered.
    NotOffered {
        product: String,
    },
    /// A coupon cannot be used, or no more.
    CouponRefused {
        coupon: String,
        #[serde(flatten)]
        why: Why,
    },
    /// The law forbids it.
    Unlawful {
        reasons: Vec<Reason>,
    },
    /// What it costs cannot be told: the store has no tariff, or one that does not fit.
    NotPriced {
        #[serde(flatten)]
        why: Why,
    },
}

impl Refusal for ClaimRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchCart => StatusCode::NOT_FOUND,
            Self::CartEmpty | Self::NoDestination => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NoSuchCart => "There is no such cart.".into(),
            Self::CartEmpty => "The cart is empty. Put something into it first.".into(),
            Self::CartTaken { .. } => "This cart has become an order already.".into(),
            Self::OrderGivenUp => "This order was given up. Start another.".into(),
            Self::NoDestination => "Say first where it should be delivered.".into(),
            Self::OutOfZone => "The store does not deliver to that address.".into(),
            Self::StoreClosed => "The store is closed right now.".into(),
            Self::StorePaused { why, .. } => {
                format!("{why} Choose a later slot, or try again after a while.")
            }
            Self::BelowLeastOrder { least } => {
                format!("Orders at this store start at {least}. Put something more into the cart.")
            }
            Self::SlotGone { why } => format!("{why} Choose another slot."),
            Self::TotalChanged { expected, actual } => {
                format!("The total is now {actual}, not {expected}. Look at it again and confirm.")
            }
            Self::SlotChanged { .. } => {
                "It is wanted at another time now than you saw. Look at it again and confirm."
                    .into()
            }
            Self::NotOffered { product } => {
                format!("{product} is no longer offered here. Take it out of the cart.")
            }
            Self::CouponRefused { coupon, why } => format!("Coupon {coupon} {why}."),
            Self::NotPriced { why } => format!("The total cannot be worked out: {why}."),
            Self::Unlawful { reasons } => {
                reasons.iter().map(|reason| reason.detail.as_str()).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::TotalChanged { .. } => Some("expected_total".into()),
            Self::SlotChanged { .. } => Some("expected_slot".into()),
            Self::SlotGone { .. } => Some("slot".into()),
            Self::CartEmpty | Self::NoDestination | Self::BelowLeastOrder { .. } => {
                Some("cart".into())
            }
            _ => None,
        }
    }
}
