//! Settlement files: what a provider says it did with the money, line by line, compared with what
//! is kept here. Pure; each provider's file is read by a module of its own into the same lines.
//!
//! A file is believed only as a statement to be compared: it moves no payment. What it does move
//! is money that belongs to no payment: payouts to the bank, and fees of the account.

mod amount;
mod bookings;
mod payouts;
mod paypal;
mod razorpay;
mod reconcile;
mod sheet;
mod stripe;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use kernel::Money;

pub use self::{
    bookings::{Booking, costs},
    payouts::{Payout, Stand},
    reconcile::{
        Difference, OurDispute, OurRefund, OurStray, Ours, Period, What, differences, stray,
    },
};

/// More lines than that are no file of one period.
pub const MOST_LINES: usize = 50_000;
/// The largest file that is read: 20 MiB.
pub const BODY_LIMIT: usize = 20 * 1024 * 1024;

/// What a line of a settlement file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Money taken from a customer; below zero where less was taken than had been set aside.
    Payment,
    /// Money given back; above zero where it came to us again.
    Refund,
    /// Money that a customer's bank took back; above zero where it was given to us again.
    Dispute,
    /// What the account costs beside single payments.
    Fee,
    /// Money sent to our bank, below zero.
    Payout,
    /// What the provider corrects, or holds for a while.
    Adjustment,
    /// A word that this reader does not know.
    Unknown,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Dispute => "dispute",
            Self::Fee => "fee",
            Self::Payout => "payout",
            Self::Adjustment => "adjustment",
            Self::Unknown => "unknown",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let all = [
            Self::Payment,
            Self::Refund,
            Self::Dispute,
            Self::Fee,
            Self::Payout,
            Self::Adjustment,
            Self::Unknown,
        ];
        let found = all.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| format!("unknown kind of line: {text}"))
    }
}

/// One line of a settlement file, whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stood in the file, from 1.
    pub row: u64,
    /// The provider's own id of the line; with the kind it is there once per account.
    pub external_id: String,
    pub kind: Kind,
    /// The provider's word for the kind.
    pub word: String,
    /// What the provider calls the object: a capture, a refund, a dispute.
    pub object: String,
    /// By what the payment may be known here, the surest first.
    pub names: Vec<String>,
    /// As it counts for our balance: above zero comes to us.
    pub gross: i64,
    /// What the provider keeps of it.
    pub fee: i64,
    /// `gross − fee`.
    pub net: i64,
    /// Of `gross`, `fee` and `net`, which are in its minor units.
    pub currency: kernel::Currency,
    /// What the customer saw, where the provider changed the currency and says so.
    pub paid: Option<Money>,
    /// The payout that this line is part of.
    pub payout: Option<String>,
    pub at: Timestamp,
}

/// Why a file is not taken: the first thing in it that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// From 1, the heading included.
    pub row: u64,
    pub column: String,
    pub why: String,
}

/// Whether there is a reader for files of this provider.
pub fn is_read(provider: &str) -> bool {
    matches!(provider, "stripe" | "paypal" | "razorpay")
}

/// Whether the provider settles in one currency, whatever was paid in: then amounts paid in
/// another cannot be compared with its files.
pub fn settles_in_one_currency(provider: &str) -> bool {
    provider == "razorpay"
}

/// The lines of a provider's file.
pub fn read(provider: &str, file: &[u8]) -> Result<Vec<Line>, Refused> {
    let lines = match provider {
        "stripe" => stripe::read(file),
        "paypal" => paypal::read(file),
        _ => razorpay::read(file),
    }?;
    once(lines)
}

/// A line that stands twice in a file, word for word, counts once; two lines of one id that differ
/// cannot both be true.
fn once(lines: Vec<Line>) -> Result<Vec<Line>, Refused> {
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    let mut seen = std::collections::HashMap::new();
    for line in lines {
        sane(&line)?;
        let key = (line.external_id.clone(), line.kind);
        let Some(first) = seen.get(&key) else {
            seen.insert(key, kept.len());
            kept.push(line);
            continue;
        };
        let first: &Line = &kept[*first];
        if (Line { row: first.row, ..line.clone() }) != *first {
            let why = format!("says something else of {} than row {}", key.0, first.row);
            return Err(Refused { row: line.row, column: "id".into(), why });
        }
    }
    Ok(kept)
}

/// Nothing that could not be kept: ids are short and printable, times are of our days.
fn sane(line: &Line) -> Result<(), Refused> {
    let refused =
        |column: &str, why: &str| Refused { row: line.row, column: column.into(), why: why.into() };
    let texts = [&line.external_id, &line.word, &line.object];
    let texts = texts.into_iter().chain(&line.names).chain(&line.payout);
    let printable = |text: &String| text.len() <= 250 && !text.chars().any(char::is_control);
    if !texts.into_iter().all(printable) {
        return Err(refused("id", "an id is longer than 250 bytes or not printable"));
    }
    if !is_of_our_days(line.at) {
        return Err(refused("time", "is not a time between 1990 and 2190"));
    }
    Ok(())
}

/// Between 1990 and 2190.
pub fn is_of_our_days(at: Timestamp) -> bool {
    (631_152_000..6_942_585_600).contains(&at.as_second())
}
