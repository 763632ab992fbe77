//! What was paid out to our bank: by the payout's own lines where any file has them, otherwise by the
//! sum of the lines that name it. Files overlap, and tell one payout in parts and in both ways, so
//! that what stands in the books is brought to what all files together say.

use kernel::Currency;

use super::bookings::{Booking, entries};
use crate::books::Account;

/// How it is known what a payout was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Its own lines say so.
    Own,
    /// The lines that it pays out add up to it.
    Lines,
}

impl Way {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Lines => "lines",
        }
    }
}

/// What all files of an account together say of one payout in one currency; amounts in its minor
/// units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The provider's id.
    pub payout: String,
    pub currency: Currency,
    /// What was sent by its own lines; none where no file has any.
    pub sent: Option<i64>,
    /// What came back of it, because the bank did not take it.
    pub returned: i64,
    /// How many lines name it, and what they add up to.
    pub lines: i64,
    pub sum: i64,
    /// What stands in the books so far: at the bank, and as rounding.
    pub booked: (i64, i64),
}

/// What has to stand in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    pub way: Way,
    /// Below zero where more came back than is known to have been sent.
    pub bank: i64,
    pub rounding: i64,
}

impl Payout {
    pub fn stand(&self) -> Stand {
        let (way, sent) = match self.sent {
            Some(sent) => (Way::Own, sent),
            None => (Way::Lines, self.sum),
        };
        Stand { way, bank: sent - self.returned, rounding: self.rounded(sent) }
    }

    /// What the provider kept by rounding, below zero where it added: the lines add up to something
    /// else by less than a minor unit for each. More than that is no rounding, but lines that no file
    /// has had yet.
    fn rounded(&self, sent: i64) -> i64 {
        let rest = self.sum - sent;
        if rest.abs() < self.lines { rest } else { 0 }
    }

    /// What is left to be booked; `party` is the account at the provider.
    pub fn rest(&self, party: &str) -> Vec<Booking> {
        let stand = self.stand();
        let (bank, rounding) = (stand.bank - self.booked.0, stand.rounding - self.booked.1);
        let booking = |what: &str, to, amount| Booking {
            source: format!("{what} {} {}", self.payout, self.currency.code()),
            currency: self.currency,
            entries: entries(to, party, amount),
        };
        let all = [
            (bank, booking("payout", (Account::Bank, ""), bank)),
            (rounding, booking("rounding", (Account::Rounding, party), rounding)),
        ];
        all.into_iter().filter(|(amount, _)| *amount != 0).map(|(_, booking)| booking).collect()
    }
}
