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

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Another order is to be paid with what was kept.
    BuysAgain,
    PaysWithKept,
    /// The customer keeps it no longer.
    Removes,
    /// So much time passes at the provider that it no longer answers for what is set aside.
    DaysPass,
    /// The order is packed, for so much.
    Packed(i64),
    Cancelled,
    /// Staff gives so much back.
    Refunds(i64),
    Disputes,
    /// Nobody here hears of the dispute.
    DisputesUnheard,
    /// The day's look for disputes is due.
    Looks,
    Decided {
        won: bool,
    },
}

/// A flow, and how it ends right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    pub name: &'static str,
    pub acts: &'static [Act],
    /// How often the customer has to be told that it is paid.
    pub confirmed: usize,
    /// Captures that are meant at Stripe, PayPal and Razorpay: who cannot free money takes it and
    /// gives it back.
    pub captures: [u32; 3],
    /// Where it can happen.
    pub at: &'static [Provider],
    /// Whether the customer keeps what they pay with.
    pub saves: bool,
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

const fn flow(
    name: &'static str,
    acts: &'static [Act],
    confirmed: usize,
    captures: [u32; 3],
) -> Flow {
    Flow { name, acts, confirmed, captures, at: &Provider::ALL, saves: false }
}

const fn only(at: &'static [Provider], flow: Flow) -> Flow {
    Flow { at, ..flow }
}

const fn saving(flow: Flow) -> Flow {
    Flow { saves: true, ..flow }
}

use Act::{
    AgreesLate, BuysAgain, Cancelled, ChoosesOther, DaysPass, Decided, Disputes, DisputesUnheard,
    Looks, Packed, PaysWithKept, Refunds, Removes,
};
use Pays::{AbandoningChallenge, AfterChallenge, Declined, FailingChallenge, Late, Plainly};

const PAYS: Act = Act::Pays(Plainly);
const WHOLE: Act = Packed(AMOUNT);
const KEPT: &[Act] = &[PAYS, BuysAgain, PaysWithKept, WHOLE, Removes];
const TWO_BACK: &[Act] = &[PAYS, WHOLE, Refunds(BACK), Refunds(AMOUNT - BACK)];
const UNHEARD: &[Act] = &[PAYS, WHOLE, DisputesUnheard, Looks, Decided { won: false }];
const PAID_TWICE: &[Act] = &[Act::Pays(Late), PAYS, WHOLE, AgreesLate];

#[rustfmt::skip]
pub const FLOWS: &[Flow] = &[
    flow("direct", &[PAYS, WHOLE], 1, [1, 1, 1]),
    flow("challenge passed", &[Act::Pays(AfterChallenge), WHOLE], 1, [1, 1, 1]),
    flow("challenge failed", &[Act::Pays(FailingChallenge), Cancelled], 0, [0, 0, 0]),
    flow("challenge abandoned", &[Act::Pays(AbandoningChallenge), Cancelled], 0, [0, 0, 0]),
    flow("declined", &[Act::Pays(Declined), Cancelled], 0, [0, 0, 0]),
    flow("late", &[Act::Pays(Late), AgreesLate, WHOLE], 1, [1, 1, 1]),
    flow("captured in part", &[PAYS, Packed(PACKED)], 1, [1, 1, 1]),
    flow("voided", &[PAYS, Cancelled], 1, [0, 0, 1]),
    flow("cancelled after capture", &[PAYS, WHOLE, Cancelled], 1, [1, 1, 1]),
    flow("refunded in part", &[PAYS, WHOLE, Refunds(BACK)], 1, [1, 1, 1]),
    flow("refunded in two parts", TWO_BACK, 1, [1, 1, 1]),
    flow("dispute won", &[PAYS, WHOLE, Disputes, Decided { won: true }], 1, [1, 1, 1]),
    flow("dispute lost", &[PAYS, WHOLE, Disputes, Decided { won: false }], 1, [1, 1, 1]),
    flow("dispute unheard of", UNHEARD, 1, [1, 1, 1]),
    flow("other way", &[ChoosesOther, PAYS, WHOLE], 1, [1, 1, 1]),
    saving(flow("kept and removed", KEPT, 2, [1, 1, 1])),
    only(&[Provider::PayPal], flow("set aside anew", &[PAYS, DaysPass, WHOLE], 1, [1, 1, 1])),
    only(&[Provider::Razorpay], flow("paid twice", PAID_TWICE, 1, [1, 1, 2])),
];
