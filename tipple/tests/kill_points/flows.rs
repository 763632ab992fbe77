//! What may happen to the money of an order.

use std::fmt;

use kernel::Currency;
use testkit::Pays;

/// What a customer is asked for, in minor units.
pub const AMOUNT: i64 = 2599;
/// What is taken where less was packed.
pub const PACKED: i64 = 2000;
/// What goes back where not all does.
pub const BACK: i64 = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    Stripe,
    PayPal,
    Razorpay,
}

impl Provider {
    pub const ALL: [Self; 3] = [Self::Stripe, Self::PayPal, Self::Razorpay];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::PayPal => "paypal",
            Self::Razorpay => "razorpay",
        }
    }

    /// What is paid in; Razorpay says what it keeps only in rupees.
    pub const fn currency(self) -> Currency {
        match self {
            Self::Razorpay => Currency::INR,
            _ => Currency::USD,
        }
    }

    /// Where those go who think better of it.
    pub const fn other(self) -> Self {
        match self {
            Self::PayPal => Self::Razorpay,
            Self::Stripe => Self::PayPal,
            Self::Razorpay => Self::Stripe,
        }
    }
}

/// What is done, by whoever does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Pays(Pays),
    /// The bank agrees to what it had declined.
    AgreesLate,
    /// The customer chooses the other provider.
    ChoosesOther,
    /// The order is packed, for so much.
    Packed(i64),
    Cancelled,
    /// Staff gives so much back.
    Refunds(i64),
    Disputes,
    Decided {
        won: bool,
    },
}

/// A flow, and how it ends right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    pub name: &'static str,
    pub acts: &'static [Act],
    /// Whether the customer has to be told, once, that it is paid.
    pub confirmed: bool,
    /// Captures that are meant where the provider can free money without taking it.
    pub captures: u32,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const fn flow(name: &'static str, acts: &'static [Act], confirmed: bool, captures: u32) -> Flow {
    Flow { name, acts, confirmed, captures }
}

use Act::{AgreesLate, Cancelled, ChoosesOther, Decided, Disputes, Packed, Refunds};

const PAYS: Act = Act::Pays(Pays::Plainly);

pub const FLOWS: &[Flow] = &[
    flow("direct", &[PAYS, Packed(AMOUNT)], true, 1),
    flow("challenge passed", &[Act::Pays(Pays::AfterChallenge), Packed(AMOUNT)], true, 1),
    flow("challenge failed", &[Act::Pays(Pays::FailingChallenge), Cancelled], false, 0),
    flow("challenge abandoned", &[Act::Pays(Pays::AbandoningChallenge), Cancelled], false, 0),
    flow("declined", &[Act::Pays(Pays::Declined), Cancelled], false, 0),
    flow("late", &[Act::Pays(Pays::Late), AgreesLate, Packed(AMOUNT)], true, 1),
    flow("captured in part", &[PAYS, Packed(PACKED)], true, 1),
    flow("voided", &[PAYS, Cancelled], true, 0),
    flow("cancelled after capture", &[PAYS, Packed(AMOUNT), Cancelled], true, 1),
    flow("refunded in part", &[PAYS, Packed(AMOUNT), Refunds(BACK)], true, 1),
    flow("refunded whole", &[PAYS, Packed(AMOUNT), Refunds(BACK), Refunds(AMOUNT - BACK)], true, 1),
    flow("dispute won", &[PAYS, Packed(AMOUNT), Disputes, Decided { won: true }], true, 1),
    flow("dispute lost", &[PAYS, Packed(AMOUNT), Disputes, Decided { won: false }], true, 1),
    flow("other way", &[ChoosesOther, PAYS, Packed(AMOUNT)], true, 1),
];
