//! What may happen to the money of an order, and what is meant to come of it at each provider.

use std::fmt;

use kernel::{Currency, Money};
use testkit::{CaptureEnds, GoesBack, Pays, Takes};

/// What a customer is asked for, in minor units; with a last zero, which providers want of currencies
/// with three decimals.
pub const AMOUNT: i64 = 2590;
/// What is taken where less was packed.
const PACKED: i64 = 2000;
/// What goes back where not all does.
const BACK: i64 = 600;
/// What a customer's bank takes back.
pub const DISPUTED: i64 = 700;

/// Orders that go through a storm side by side.
const AT_ONCE: usize = 24;

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
    /// The customer chooses the same way once more, with another payment.
    ChoosesAgain,
    /// What is to come of captures that follow, and of those that the provider looks at.
    CapturesGo(&'static [Takes]),
    CapturesEnd(CaptureEnds),
    /// The order is packed, for so much.
    Packed(i64),
    Cancelled,
    /// What is to come of refunds that follow, and of those that the bank has in hand.
    RefundsGo(&'static [GoesBack]),
    RefundsEnd {
        taken: bool,
    },
    /// What went back comes to us again.
    RefundsReturn,
    /// Staff gives so much back.
    Refunds(i64),
    Disputes,
    Decided {
        won: bool,
    },
}

impl Act {
    /// Whether what is asked of banks after this takes them until they are told to end it.
    pub fn makes_banks_think(self) -> bool {
        matches!(self, Self::Pays(Pays::Late)) || self == LOOKED_AT || self == WAITS
    }

    pub const fn is_their_word(self) -> bool {
        matches!(self, Self::AgreesLate | Self::CapturesEnd(_) | Self::RefundsEnd { .. })
    }
}

/// A flow, and what is meant by it.
#[derive(Clone, Copy)]
pub struct Flow {
    name: &'static str,
    pub acts: &'static [Act],
    /// Captures that are meant at Stripe, PayPal and Razorpay: who cannot free money takes it and
    /// gives it back.
    captures: [u32; 3],
    /// What is left of the money in the end.
    pub keeps: i64,
    /// How its payments stand in the end at Stripe, PayPal and Razorpay, and what the house is told on
    /// the way. Nothing where the flow is not run at the provider.
    ends: [&'static str; 3],
    /// What people of the house have to look at.
    pub alerts: &'static [&'static str],
    /// Operations that are meant to fail at Stripe, PayPal and Razorpay.
    failed: [usize; 3],
    /// Whether the bank is as quick as our word that nobody wants it any more: the money ends alike,
    /// by way of more or fewer steps.
    pub raced: bool,
    /// Webhooks of this many first acts come in their order, for others storm with them.
    pub calm: usize,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Flow {
    /// All that are run at a provider.
    pub fn all(provider: Provider) -> impl Iterator<Item = Self> {
        FLOWS.iter().copied().filter(move |flow| !flow.ends(provider).is_empty())
    }

    /// Captures that are meant.
    pub const fn captures(&self, provider: Provider) -> u32 {
        self.captures[provider as usize]
    }

    /// Operations that are meant to fail.
    pub const fn failed(&self, provider: Provider) -> usize {
        self.failed[provider as usize]
    }

    /// How many orders go through it side by side: where what fails is asked for minutes later, more.
    pub const fn at_once(&self, provider: Provider) -> usize {
        if self.failed(provider) > 1 { 4 * AT_ONCE } else { AT_ONCE }
    }

    /// How the payments stand in the end and, after a colon, what the house is told on the way.
    pub const fn ends(&self, provider: Provider) -> &'static str {
        self.ends[provider as usize]
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
    captures: [u32; 3],
    keeps: i64,
    ends: [&'static str; 3],
) -> Flow {
    Flow { name, acts, captures, keeps, ends, alerts: &[], failed: [0; 3], raced: false, calm: 0 }
}

/// One of which people are told, or in which operations fail.
const fn told(alerts: &'static [&'static str], failed: [usize; 3], flow: Flow) -> Flow {
    Flow { alerts, failed, ..flow }
}

const fn calm(acts: usize, flow: Flow) -> Flow {
    Flow { calm: acts, ..flow }
}

const fn raced(flow: Flow) -> Flow {
    Flow { raced: true, ..flow }
}

use Act::{
    AgreesLate, Cancelled, CapturesEnd, CapturesGo, ChoosesAgain, Decided, Disputes, Packed,
    Refunds, RefundsEnd, RefundsGo, RefundsReturn,
};
use Pays::{
    AbandoningChallenge, AfterChallenge, Declined, Denied, FailingChallenge, Late, Plainly,
};

const PAYS: Act = Act::Pays(Plainly);
const LATE: Act = Act::Pays(Late);
const WHOLE: Act = Packed(AMOUNT);
const TWO_BACK: &[Act] = &[PAYS, WHOLE, Refunds(BACK), Refunds(AMOUNT - BACK)];
const TWICE_DECLINED: Act = CapturesGo(&[Takes::Declined, Takes::Declined]);
const LOOKED_AT: Act = CapturesGo(&[Takes::Pending]);
const WAITS: Act = RefundsGo(&[GoesBack::Pending]);

const TAKEN: &str = "captured: authorised captured";
const BACK_ONCE: &str = "captured: authorised captured refunded";
const DISPUTE: &str = "captured: authorised captured disputed dispute_ended";
const NOTHING: [u32; 3] = [0, 0, 0];
const ONE: [u32; 3] = [1, 1, 1];

#[rustfmt::skip]
pub const FLOWS: &[Flow] = &[
    flow("direct", &[PAYS, WHOLE], ONE, AMOUNT, [TAKEN; 3]),
    flow("challenge passed", &[Act::Pays(AfterChallenge), WHOLE], ONE, AMOUNT, [TAKEN; 3]),
    flow("challenge failed", &[Act::Pays(FailingChallenge), Cancelled], NOTHING, 0,
         ["cancelled: declined voided", "open: declined", "open: declined"]),
    flow("challenge abandoned", &[Act::Pays(AbandoningChallenge), Cancelled], NOTHING, 0,
         ["cancelled: voided", "open:", "open:"]),
    told(&[], [0, 1, 0], flow("declined", &[Act::Pays(Declined), Cancelled], NOTHING, 0,
         ["cancelled: declined voided", "open: declined", "open: declined"])),
    flow("late", &[LATE, AgreesLate, WHOLE], ONE, AMOUNT,
         [TAKEN, TAKEN, "captured: declined authorised captured"]),
    raced(flow("late for nobody", &[LATE, Cancelled, AgreesLate], [0, 0, 1], 0,
         ["cancelled: authorised voided", "cancelled: authorised voided",
          "captured: declined authorised captured refunded"])),
    flow("captured in part", &[PAYS, Packed(PACKED)], ONE, PACKED, [TAKEN, TAKEN, BACK_ONCE]),
    flow("voided", &[PAYS, Cancelled], [0, 0, 1], 0,
         ["cancelled: authorised voided", "cancelled: authorised voided", BACK_ONCE]),
    flow("cancelled after capture", &[PAYS, WHOLE, Cancelled], ONE, 0, [BACK_ONCE; 3]),
    flow("refunded whole", &[PAYS, WHOLE, Refunds(AMOUNT)], ONE, 0, [BACK_ONCE; 3]),
    flow("refunded in part", &[PAYS, WHOLE, Refunds(BACK)], ONE, AMOUNT - BACK, [BACK_ONCE; 3]),
    flow("refunded in two parts", TWO_BACK, ONE, 0,
         ["captured: authorised captured refunded refunded"; 3]),
    flow("dispute won", &[PAYS, WHOLE, Disputes, Decided { won: true }], ONE, AMOUNT, [DISPUTE; 3]),
    flow("dispute lost", &[PAYS, WHOLE, Disputes, Decided { won: false }], ONE, AMOUNT - DISPUTED,
         [DISPUTE; 3]),
    // Twice paid: what is not the order's own goes back.
    told(&["stray"], [0; 3], calm(3, flow("paid twice", &[LATE, PAYS, WHOLE, AgreesLate], [0, 0, 2],
         AMOUNT, ["", "", "captured: declined authorised captured"]))),
    told(&[], [0, 1, 0], flow("denied, and paid in the same way again",
         &[Act::Pays(Denied), ChoosesAgain, PAYS, WHOLE], ONE, AMOUNT,
         ["", "cancelled captured: declined authorised captured", ""])),
    told(&[], [0, 2, 0], flow("captures declined twice", &[PAYS, TWICE_DECLINED, WHOLE], ONE, AMOUNT,
         ["", TAKEN, ""])),
    flow("a capture that is looked at",
         &[PAYS, LOOKED_AT, WHOLE, CapturesEnd(CaptureEnds::Completed)], ONE, AMOUNT,
         ["", TAKEN, ""]),
    told(&[], [0, 1, 0], flow("a capture that is declined after all",
         &[PAYS, LOOKED_AT, WHOLE, CapturesEnd(CaptureEnds::Declined)], ONE, AMOUNT,
         ["", TAKEN, ""])),
    told(&["refund-failed"], [1; 3], calm(2, flow("a refund that is refused at first",
         &[PAYS, WHOLE, RefundsGo(&[GoesBack::Refused]), Cancelled], ONE, 0, [BACK_ONCE; 3]))),
    told(&["refund-failed"], [1; 3], calm(2, flow("a refund that the bank refuses",
         &[PAYS, WHOLE, WAITS, Cancelled, RefundsEnd { taken: false }], ONE, 0, [BACK_ONCE; 3]))),
    calm(2, flow("a refund that the bank takes late",
         &[PAYS, WHOLE, WAITS, Refunds(BACK), RefundsEnd { taken: true }], ONE, AMOUNT - BACK,
         [BACK_ONCE; 3])),
    told(&["refund-failed"], [1; 3], calm(2, flow("a refund that comes to us again",
         &[PAYS, WHOLE, Refunds(BACK), RefundsReturn], ONE, AMOUNT,
         ["captured: authorised captured refunded refund_returned", "",
          "captured: authorised captured refunded refund_returned"]))),
];
