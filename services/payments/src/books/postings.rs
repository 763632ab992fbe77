//! What happened, as entries. Pure.

use kernel::spread;
use payments_api::PartKind;

use super::{Account, Entry, Standing, account_of};

/// What of a payment goes back first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Of the lines, as far as they go: what was returned or lost.
    Lines,
    /// Of the lines that it was asked back for, as far as they go.
    Asked,
    /// Of everything alike.
    All,
}

/// Something that the books have to know; amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Authorised(i64),
    /// What was set aside is used up, whether or not all of it was taken.
    Captured {
        authorised: i64,
        captured: i64,
    },
    Voided(i64),
    Refunded {
        amount: i64,
        scope: Scope,
    },
    /// A refund came back; with the entries that it had made.
    RefundReturned(Vec<Entry>),
    /// The provider keeps so much more, or less.
    Fee(i64),
    Disputed {
        amount: i64,
        fee: i64,
    },
    DisputeWon(i64),
    DisputeLost(i64),
    /// So much more, or less, is held back by a dispute, or was lost by it.
    DisputeChanged {
        amount: i64,
        lost: bool,
    },
    /// It changed hands: the driver is owed the tip, and pay of so much.
    Delivered {
        driver: String,
        pay: i64,
    },
}

/// The entries of an event. They always add up to zero; none where it moves nothing.
pub fn postings(event: &Event, standing: &Standing) -> Vec<Entry> {
    use Account::*;
    let clearing = standing.clearing.as_str();
    let move_to = |debit: (Account, &str), credit: (Account, &str), amount: i64| {
        vec![entry(debit, None, amount), entry(credit, None, -amount)]
    };
    let memorandum = |amount| move_to((Authorisations, ""), (AuthorisedFunds, ""), amount);
    let mut entries = match event {
        Event::Authorised(amount) => memorandum(*amount),
        Event::Voided(amount) => memorandum(-amount),
        Event::Captured { authorised, captured } => {
            [memorandum(-authorised), captured_of(standing, *captured)].concat()
        }
        Event::Refunded { amount, scope } => refunded_of(standing, *amount, *scope),
        Event::RefundReturned(made) => returned(standing, made),
        Event::Fee(amount) => {
            move_to((ProviderFees, clearing), (ProviderClearing, clearing), *amount)
        }
        Event::Disputed { amount, fee } => [
            move_to((Disputes, clearing), (ProviderClearing, clearing), *amount),
            move_to((ProviderFees, clearing), (ProviderClearing, clearing), *fee),
        ]
        .concat(),
        Event::DisputeWon(amount) => {
            move_to((ProviderClearing, clearing), (Disputes, clearing), *amount)
        }
        Event::DisputeLost(amount) => move_to((DisputeLosses, ""), (Disputes, clearing), *amount),
        Event::DisputeChanged { amount, lost } => {
            let held = if *lost { (DisputeLosses, "") } else { (Disputes, clearing) };
            move_to(held, (ProviderClearing, clearing), *amount)
        }
        Event::Delivered { driver, pay } => {
            let mut entries = tips_of(standing, driver);
            entries.extend(move_to((DeliveryCosts, ""), (DriverPay, driver), *pay));
            entries
        }
    };
    entries.retain(|entry| entry.amount != 0);
    entries
}

/// The customer owes all parts, each its share of what was taken, and has paid. What was taken beyond
/// them, where a provider takes only the whole and less was packed, is nobody's until it goes back.
fn captured_of(standing: &Standing, captured: i64) -> Vec<Entry> {
    use Account::*;
    let agreed: Vec<i64> = standing.parts.iter().map(|part| part.agreed).collect();
    let of_parts = captured.min(agreed.iter().sum());
    let shares = spread(of_parts, &agreed);
    let mut entries = paid(standing, captured);
    let mut goods = 0;
    for (number, (part, share)) in standing.parts.iter().zip(shares).enumerate() {
        entries.push(entry((account_of(part.kind), &part.party), Some(number), -share));
        if part.kind == PartKind::Goods {
            goods += share;
        }
    }
    entries.push(entry((Sales, ""), None, of_parts - captured));
    entries.extend(commission_is(standing, standing.commission_on(goods)));
    entries
}

/// What goes back is taken from what was taken beyond the parts, and then from what is left of them,
/// never more than that of any.
fn refunded_of(standing: &Standing, amount: i64, scope: Scope) -> Vec<Entry> {
    let mut left: Vec<i64> = standing.parts.iter().map(|part| part.left.max(0)).collect();
    let lines = |number: usize| match scope {
        Scope::All => true,
        Scope::Lines => standing.parts[number].of_line,
        Scope::Asked => standing.parts[number].asked,
    };
    let first: Vec<i64> = left
        .iter()
        .enumerate()
        .map(|(number, left)| if lines(number) { *left } else { 0 })
        .collect();
    let beyond = amount.min(standing.beyond.max(0));
    let mut rest = amount - beyond;
    let mut back = vec![0; left.len()];
    for weights in [first, left.clone()] {
        // After the lines, what is left of everything: lines have nothing left by then.
        let weights: Vec<i64> = weights.iter().zip(&back).map(|(all, gone)| all - gone).collect();
        let of_these = rest.min(weights.iter().sum());
        for (gone, share) in back.iter_mut().zip(spread(of_these, &weights)) {
            *gone += share;
        }
        rest -= of_these;
    }
    let mut entries = paid(standing, -amount);
    for (number, gone) in back.iter().enumerate() {
        let part = &standing.parts[number];
        let account = match part.kind {
            PartKind::Goods => Account::Refunds,
            other => account_of(other),
        };
        entries.push(entry((account, &part.party), Some(number), *gone));
        left[number] -= gone;
    }
    // More than there is left of the sale: the platform gives it.
    entries.push(entry((Account::Refunds, ""), None, beyond + rest));
    entries.extend(commission_is(standing, standing.commission_on(goods(standing, &left))));
    entries
}

/// The opposite of what the refund did, with the commission as it then has to be.
fn returned(standing: &Standing, made: &[Entry]) -> Vec<Entry> {
    let mut left: Vec<i64> = standing.parts.iter().map(|part| part.left.max(0)).collect();
    let commission = |account| matches!(account, Account::Commissions | Account::CommissionIncome);
    let mut entries = Vec::new();
    for one in made.iter().filter(|one| !commission(one.account)) {
        if let Some(left) = one.part.and_then(|number| left.get_mut(number as usize)) {
            *left += one.amount;
        }
        entries.push(Entry { amount: -one.amount, ..one.clone() });
    }
    entries.extend(commission_is(standing, standing.commission_on(goods(standing, &left))));
    entries
}

/// What is not handed on yet of the tips becomes the driver's.
fn tips_of(standing: &Standing, driver: &str) -> Vec<Entry> {
    let parts = standing.parts.iter().enumerate();
    let tips = parts.filter(|(_, part)| part.kind == PartKind::Tip && part.left > 0);
    tips.flat_map(|(number, part)| {
        [
            entry((Account::Tips, &part.party), Some(number), part.left),
            entry((Account::DriverPay, driver), None, -part.left),
        ]
    })
    .collect()
}

/// What the customer owes comes from their provider, or goes back there.
fn paid(standing: &Standing, amount: i64) -> Vec<Entry> {
    let (customer, clearing) = (standing.customer.as_str(), standing.clearing.as_str());
    vec![
        entry((Account::ProviderClearing, clearing), None, amount),
        entry((Account::Customer, customer), None, -amount),
        entry((Account::Customer, customer), None, amount),
    ]
}

/// The commission is so much from now on.
fn commission_is(standing: &Standing, commission: i64) -> [Entry; 2] {
    let more = commission - standing.commission;
    [
        entry((Account::Commissions, &standing.vendor), None, more),
        entry((Account::CommissionIncome, ""), None, -more),
    ]
}

fn goods(standing: &Standing, left: &[i64]) -> i64 {
    let goods = standing.parts.iter().zip(left).filter(|(part, _)| part.kind == PartKind::Goods);
    goods.map(|(_, left)| left).sum()
}

fn entry((account, party): (Account, &str), part: Option<usize>, amount: i64) -> Entry {
    let part = part.and_then(|number| i32::try_from(number).ok());
    Entry { account, party: party.to_owned(), part, amount }
}
