//! What the checkout page is about at this moment. Pure.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::payment::{Payment, State, Wanted};

/// What the customer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It can be paid here.
    Waiting,
    /// The customer has agreed, and the bank is being asked.
    Authorising,
    Paid,
    /// Its time is over.
    Late,
    Cancelled,
    /// Its provider does not answer: it can be paid in another way, or later.
    Unreachable,
    /// Its account is not offered any more, and cannot be asked: it can be paid in another way.
    Gone,
    /// The bank said no for good: it can be paid with another payment.
    Spent,
    /// Another payment of the order has taken its place.
    Superseded,
}

/// What is known besides the payment.
pub struct Facts {
    pub now: Timestamp,
    /// Money that the payer agreed to is being asked for.
    pub authorising: bool,
    /// Its provider is left alone for a while.
    pub broken_off: bool,
    /// Its account has been taken out of the settings.
    pub gone: bool,
}

impl Stage {
    pub fn of(payment: &Payment, facts: &Facts) -> Self {
        if payment.superseded {
            return Self::Superseded;
        }
        let late = payment.pay_by <= facts.now;
        match payment.state {
            State::Cancelled if late => Self::Late,
            State::Cancelled => Self::Cancelled,
            _ if payment.wanted == Wanted::Cancel && !late => Self::Cancelled,
            State::Authorised | State::Captured if payment.wanted != Wanted::Cancel => Self::Paid,
            State::Authorised | State::Captured => Self::Cancelled,
            State::Starting | State::Open if facts.gone && late => Self::Late,
            State::Starting | State::Open if facts.gone => Self::Gone,
            State::Open if facts.authorising => Self::Authorising,
            State::Starting | State::Open if late => Self::Late,
            State::Starting => Self::Unreachable,
            State::Open if payment.spent => Self::Spent,
            State::Open if facts.broken_off => Self::Unreachable,
            State::Open => Self::Waiting,
        }
    }

    /// Whether nothing more will happen on the page.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Paid | Self::Late | Self::Cancelled | Self::Superseded)
    }

    /// Whether it may be paid in another way.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::Unreachable | Self::Gone | Self::Spent)
    }
}

/// Changes whenever the page would say something else, and says nothing itself. That a provider is
/// broken off does not count: whoever is typing a card goes on typing.
pub fn mark(payment: &Payment, facts: &Facts) -> String {
    let stage = Stage::of(payment, &Facts { broken_off: false, ..*facts });
    let said = format!("{stage:?} {:?}", payment.last_decline);
    hex::encode(&Sha256::digest(said)[..8])
}
