//! Coupons: discounts for those who know the code.

use cart_api::{Cause, Why};
use garde::Validate;
use jiff::Timestamp;
use kernel::{Currency, Money, StoreId};
use serde::{Deserialize, Serialize};

use crate::{
    promotion::{one_currency, positive},
    tariff::WHOLE,
};

/// What a coupon gives, apart from when, where and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CouponTerms)]
pub struct Terms {
    #[garde(dive)]
    pub benefit: Benefit,
    /// What the goods must cost after promotions.
    #[garde(inner(custom(positive)))]
    #[serde(default)]
    pub min_spend: Option<Money>,
}

/// What it takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = CouponBenefit)]
pub enum Benefit {
    /// A share of what the goods still cost, in parts per million.
    Percent {
        #[garde(range(min = 1, max = WHOLE))]
        #[schema(minimum = 1, maximum = 1_000_000)]
        ppm: u32,
    },
    /// An amount off what the goods cost together.
    Amount {
        #[garde(custom(positive))]
        off: Money,
    },
    /// The delivery fee.
    FreeDelivery {},
}

/// A coupon as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    pub code: Code,
    /// Good at every store where absent.
    pub store: Option<StoreId>,
    pub terms: Terms,
    pub valid_from: Timestamp,
    pub valid_until: Option<Timestamp>,
    pub max_uses: Option<u32>,
    pub per_customer_uses: Option<u32>,
    pub used: u32,
    pub active: bool,
}

/// The code of a coupon: 3 to 40 of A-Z, 0-9, `_` and `-`; typed in any case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// Nothing when it cannot be a code.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (3..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        fits.then(|| Self(text.to_ascii_uppercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Coupon {
    /// Others have taken the last of its uses.
    pub fn used_up() -> Why {
        Why::new(Cause::UsedUp, "has been used up")
    }

    /// Why it cannot be used by someone who has used it `by_customer` times, as the end of a
    /// sentence; nothing when it can. What the goods must cost is for the quote to say.
    pub fn refusal(
        &self,
        at: Timestamp,
        store: StoreId,
        currency: Currency,
        by_customer: u32,
    ) -> Option<Why> {
        let elsewhere = self.store.is_some_and(|own| own != store)
            || self.terms.currency() != Ok(None) && self.terms.currency() != Ok(Some(currency));
        if elsewhere {
            Some(Why::new(Cause::OtherStore, "is not for this store"))
        } else if !self.active || self.valid_until.is_some_and(|until| at >= until) {
            Some(Why::new(Cause::Ended, "has ended"))
        } else if at < self.valid_from {
            Some(Why::new(Cause::NotYetValid, "is not valid yet"))
        } else if self.per_customer_uses.is_some_and(|most| by_customer >= most) {
            Some(Why::new(Cause::UsedByYou, "has been used by you already"))
        } else if self.max_uses.is_some_and(|most| self.used >= most) {
            Some(Self::used_up())
        } else {
            None
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
}
