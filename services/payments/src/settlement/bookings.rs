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
    payouts.chain(costs).filter_map(booked).collect()
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
