//! What a settlement file moves in the books beyond single payments: payouts to our bank, and what
//! an account costs.

use std::collections::BTreeMap;

use kernel::Currency;

use super::{Kind, Line};
use crate::books::{Account, Entry};

/// Entries of one transaction in the books, and by what name it is there once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    pub source: String,
    pub currency: Currency,
    pub entries: Vec<Entry>,
}

/// The bookings of new lines, each with whether it belongs to a payment of ours; `party` is the
/// account at the provider.
///
/// Where the file has lines for payouts themselves, these count; otherwise what was paid out is the
/// sum of the lines that name the payout.
pub fn bookings(lines: &[(bool, Line)], party: &str) -> Vec<Booking> {
    let mut payouts: BTreeMap<(String, &'static str), i64> = BTreeMap::new();
    let mut costs: BTreeMap<(String, &'static str), i64> = BTreeMap::new();
    let told = lines.iter().any(|(_, line)| line.kind == Kind::Payout);
    for (ours, line) in lines {
        let currency = line.currency.code();
        match (line.kind, &line.payout) {
            (Kind::Payout, _) => {
                *payouts.entry((line.external_id.clone(), currency)).or_default() -= line.gross;
                *costs.entry((line.external_id.clone(), currency)).or_default() += line.fee;
            }
            (_, Some(payout)) if !told => {
                *payouts.entry((payout.clone(), currency)).or_default() += line.net;
            }
            _ => {}
        }
        if line.kind == Kind::Fee && !ours {
            *costs.entry((line.external_id.clone(), currency)).or_default() -= line.net;
        }
    }
    let payouts = payouts.iter().map(|(key, amount)| {
        let source = format!("payout {} {}", key.0, key.1);
        (source, key.1, entries((Account::Bank, ""), party, *amount))
    });
    let costs = costs.iter().map(|(key, amount)| {
        let source = format!("fee {} {}", key.0, key.1);
        (source, key.1, entries((Account::ProviderFees, party), party, *amount))
    });
    let booked = |(source, currency, entries): (String, &str, Vec<Entry>)| {
        let currency = Currency::from_code(currency).filter(|_| entries[0].amount != 0)?;
        Some(Booking { source, currency, entries })
    };
    let rounded = rounded(lines);
    let rounded = rounded.iter().map(|(payout, currency, amount)| {
        let source = format!("rounding {payout} {currency}");
        (source, *currency, entries((Account::Rounding, party), party, *amount))
    });
    payouts.chain(costs).chain(rounded).filter_map(booked).collect()
}

/// What the provider kept of payouts by rounding, below zero where it added: the file has the payout
/// and all lines that it pays out, and these add up to something else by less than a minor unit for
/// each. More than that is no rounding, but a part of them in another file.
fn rounded(lines: &[(bool, Line)]) -> Vec<(&str, &'static str, i64)> {
    let paid_out = lines.iter().filter(|(_, line)| line.kind == Kind::Payout);
    let of = paid_out.filter_map(|(_, payout)| {
        let within = lines.iter().map(|(_, line)| line).filter(|line| {
            line.kind != Kind::Payout
                && line.currency == payout.currency
                && line.payout.as_deref() == Some(payout.object.as_str())
        });
        let (count, sum) = within.fold((0, 0), |(count, sum), line| (count + 1, sum + line.net));
        let rest = sum + payout.gross;
        let is_rounding = rest != 0 && rest.abs() < count;
        is_rounding.then_some((payout.object.as_str(), payout.currency.code(), rest))
    });
    of.collect()
}

/// From what the provider owes us to somewhere else.
fn entries((account, of): (Account, &str), party: &str, amount: i64) -> Vec<Entry> {
    let entry = |account, party: &str, amount| Entry {
        account,
        party: party.to_owned(),
        part: None,
        amount,
    };
    vec![entry(account, of, amount), entry(Account::ProviderClearing, party, -amount)]
}
