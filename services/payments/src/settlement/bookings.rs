//! What a settlement file moves in the books beyond single payments and payouts: what an account
//! costs.

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

/// What new lines say that an account costs, each with whether it belongs to a payment of ours;
/// `party` is the account at the provider.
pub fn costs(lines: &[(bool, Line)], party: &str) -> Vec<Booking> {
    let mut costs: BTreeMap<(&str, &'static str), (Currency, i64)> = BTreeMap::new();
    for (ours, line) in lines {
        let cost = match line.kind {
            Kind::Payout => line.fee,
            Kind::Fee if !ours => -line.net,
            _ => continue,
        };
        let key = (line.external_id.as_str(), line.currency.code());
        costs.entry(key).or_insert((line.currency, 0)).1 += cost;
    }
    let costs = costs.into_iter().filter(|(_, (_, amount))| *amount != 0);
    costs
        .map(|((id, code), (currency, amount))| Booking {
            source: format!("fee {id} {code}"),
            currency,
            entries: entries((Account::ProviderFees, party), party, amount),
        })
        .collect()
}

/// From what the provider owes us to somewhere else.
pub fn entries((account, of): (Account, &str), party: &str, amount: i64) -> Vec<Entry> {
    let entry = |account, party: &str, amount| Entry {
        account,
        party: party.to_owned(),
        part: None,
        amount,
    };
    vec![entry(account, of, amount), entry(Account::ProviderClearing, party, -amount)]
}
