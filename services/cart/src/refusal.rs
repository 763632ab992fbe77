//! Why a cart is not changed.

use cart_api::Why;
use kernel::{Money, OrderId};
use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

/// Why a cart is not changed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ChangeRefusal {
    /// An order has it.
    CartTaken {
        order: OrderId,
    },
    TooManyLines {
        most: u32,
    },
    TooManyCoupons {
        most: u32,
    },
    NoSuchCoupon,
    /// The store is switched off, or gone.
    NoSuchStore,
    CouponRefused {
        coupon: String,
        #[serde(flatten)]
        why: Why,
    },
    TipTooHigh {
        most: Money,
    },
    /// No slot of today or tomorrow begins then.
    NoSuchSlot,
    /// That slot cannot be chosen, or no more.
    SlotGone {
        why: String,
    },
}

impl Refusal for ChangeRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchCoupon | Self::NoSuchStore => StatusCode::NOT_FOUND,
            Self::TipTooHigh { .. } | Self::NoSuchSlot => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::CartTaken { .. } => {
                "This cart has become an order and cannot be changed. Start another.".into()
            }
            Self::TooManyLines { most } => {
                format!("A cart holds at most {most} different products.")
            }
            Self::TooManyCoupons { most } => format!("A cart holds at most {most} coupons."),
            Self::NoSuchCoupon => "There is no such coupon. Check how the code is spelled.".into(),
            Self::NoSuchStore => "The store takes no orders at present.".into(),
            Self::CouponRefused { coupon, why } => format!("Coupon {coupon} {why}."),
            Self::TipTooHigh { most } => {
                format!("That is more than anyone tips here by intention: at most {most}.")
            }
            Self::NoSuchSlot => {
                "No slot of today or tomorrow begins then. Choose one that is listed.".into()
            }
            Self::SlotGone { why } => why.clone(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::TipTooHigh { .. } => Some("amount".into()),
            Self::NoSuchSlot | Self::SlotGone { .. } => Some("from".into()),
            _ => None,
        }
    }
}
