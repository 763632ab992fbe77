//! What may happen to the money of an order, and what is meant to come of it at each provider.

use std::fmt;

use kernel::{Currency, Money};
use testkit::Pays;

/// What a customer is asked for, in minor units; with a last zero, which providers want of currencies
/// with three decimals.
pub const AMOUNT: i64 = 2590;
/// What is taken where less was packed.
const PACKED: i64 = 2000;
/// What goes back where not all does.
const BACK: i64 = 600;
/// What a customer's bank takes back.
pub const DISPUTED: i64 = 700;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Stripe,
    PayPal,
    Razorpay,
}

impl Provider {
    /// What flows are paid in there, in turn: with two decimals, with none, and with three where it
    /// takes them.
    const fn currencies(self) -> [Currency; 3] {
        match self {
            Self::Stripe => [Currency::USD, Currency::JPY, Currency::KWD],
            Self::PayPal => [Currency::USD, Currency::JPY, Currency::EUR],
            Self::Razorpay => [Currency::INR, Currency::KWD, Currency::JPY],
        }
    }
}

/// What is done, by whoever does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Pays(Pays),
    /// The bank agrees to what it had declined, or looked at.
    AgreesLate,
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

/// A flow, and what is meant by it.
#[derive(Clone, Copy)]
pub struct Flow {
    name: &'static str,
    pub acts: &'static [Act],
    /// How often the house has to be told that it is paid: the confirmation follows that.
    pub confirmed: usize,
    /// Captures that are meant at Stripe, PayPal and Razorpay: who cannot free money takes it and
    /// gives it back.
    captures: [u32; 3],
    /// What is left of the money in the end.
    pub keeps: i64,
    /// Whether the bank is as quick as our word that nobody wants it any more: the money ends alike,
    /// by way of more or fewer steps.
    pub raced: bool,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Flow {
    /// Captures that are meant.
    pub const fn captures(&self, provider: Provider) -> u32 {
        self.captures[provider as usize]
    }

    /// So much in the currency of this flow.
    pub fn money(&self, provider: Provider, amount: i64) -> Money {
        let place = FLOWS.iter().position(|flow| flow.name == self.name).expect("one of them");
        Money::new(amount, provider.currencies()[place % 3])
    }
}

const fn flow(
    name: &'static str,
    acts: &'static [Act],
    confirmed: usize,
    captures: [u32; 3],
    keeps: i64,
) -> Flow {
    Flow { name, acts, confirmed, captures, keeps, raced: false }
}

const fn raced(flow: Flow) -> Flow {
    Flow { raced: true, ..flow }
}

use Act::{AgreesLate, Cancelled, Decided, Disputes, Packed, Refunds};
use Pays::{AbandoningChallenge, AfterChallenge, Declined, FailingChallenge, Late, Plainly};

const PAYS: Act = Act::Pays(Plainly);
const LATE: Act = Act::Pays(Late);
const WHOLE: Act = Packed(AMOUNT);
const TWO_BACK: &[Act] = &[PAYS, WHOLE, Refunds(BACK), Refunds(AMOUNT - BACK)];

#[rustfmt::skip]
pub const FLOWS: &[Flow] = &[
    flow("direct", &[PAYS, WHOLE], 1, [1, 1, 1], AMOUNT),
    flow("challenge passed", &[Act::Pays(AfterChallenge), WHOLE], 1, [1, 1, 1], AMOUNT),
    flow("challenge failed", &[Act::Pays(FailingChallenge), Cancelled], 0, [0, 0, 0], 0),
    flow("challenge abandoned", &[Act::Pays(AbandoningChallenge), Cancelled], 0, [0, 0, 0], 0),
    flow("declined", &[Act::Pays(Declined), Cancelled], 0, [0, 0, 0], 0),
    flow("late", &[LATE, AgreesLate, WHOLE], 1, [1, 1, 1], AMOUNT),
    raced(flow("late for nobody", &[LATE, Cancelled, AgreesLate], 1, [0, 0, 1], 0)),
    flow("captured in part", &[PAYS, Packed(PACKED)], 1, [1, 1, 1], PACKED),
    flow("voided", &[PAYS, Cancelled], 1, [0, 0, 1], 0),
    flow("cancelled after capture", &[PAYS, WHOLE, Cancelled], 1, [1, 1, 1], 0),
    flow("refunded whole", &[PAYS, WHOLE, Refunds(AMOUNT)], 1, [1, 1, 1], 0),
    flow("refunded in part", &[PAYS, WHOLE, Refunds(BACK)], 1, [1, 1, 1], AMOUNT - BACK),
    flow("refunded in two parts", TWO_BACK, 1, [1, 1, 1], 0),
    flow("dispute won", &[PAYS, WHOLE, Disputes, Decided { won: true }], 1, [1, 1, 1], AMOUNT),
    flow("dispute lost", &[PAYS, WHOLE, Disputes, Decided { won: false }], 1, [1, 1, 1],
         AMOUNT - DISPUTED),
];
