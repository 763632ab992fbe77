use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{note::event, *};
use crate::ledger::Movement;

const CLEARING: &str = "stripe:main";
const VENDOR: &str = "vendor";

/// One payment's books, kept by the pure functions alone.
#[derive(Debug, Clone)]
pub struct Book {
    pub standing: Standing,
    balances: BTreeMap<(&'static str, String), i64>,
    made: BTreeMap<String, Vec<Entry>>,
}

impl Book {
    fn new(parts: Vec<PartStanding>, commission_bp: i32) -> Self {
        let standing = Standing {
            customer: "customer".into(),
            vendor: VENDOR.into(),
            clearing: CLEARING.into(),
            commission_bp,
            commission: 0,
            beyond: 0,
            parts,
        };
        Self { standing, balances: BTreeMap::new(), made: BTreeMap::new() }
    }

    /// Of a payment of which only the whole is known.
    pub fn of_whole(amount: i64) -> Self {
        Self::new(vec![part(PartKind::Goods, VENDOR, amount, true)], 0)
    }

    /// The entries of a movement, which are in the book from now on.
    pub fn note(&mut self, movement: Movement, source: &str, scope: Scope) -> Vec<Entry> {
        let made = self.made.get(source).cloned().unwrap_or_default();
        let entries = self.enter(&event(movement, scope, made));
        if matches!(movement, Movement::Refunded(_)) {
            self.made.insert(source.to_owned(), entries.clone());
        }
        entries
    }

    fn enter(&mut self, event: &Event) -> Vec<Entry> {
        let entries = postings(event, &self.standing);
        for entry in &entries {
            let name = (entry.account.as_str(), entry.party.clone());
            *self.balances.entry(name).or_default() += entry.amount;
            if let Some(number) = entry.part {
                self.standing.parts[number as usize].left -= entry.amount;
            } else if matches!(entry.account, Account::Sales | Account::Refunds) {
                self.standing.beyond -= entry.amount;
            }
            if entry.account == Account::Commissions {
                self.standing.commission += entry.amount;
            }
        }
        entries
    }

    /// All parties together.
    pub fn holds(&self, account: Account) -> i64 {
        let rows = self.balances.iter().filter(|((name, _), _)| *name == account.as_str());
        rows.map(|(_, amount)| amount).sum()
    }

    fn goods(&self) -> i64 {
        let parts = self.standing.parts.iter();
        parts.filter(|part| part.kind == PartKind::Goods).map(|part| part.left).sum()
    }
}

fn part(kind: PartKind, party: &str, agreed: i64, of_line: bool) -> PartStanding {
    PartStanding { kind, party: party.into(), of_line, asked: false, agreed, left: 0 }
}

/// Lines with their taxes and deposits, fees and a tip.
fn any_parts() -> impl Strategy<Value = Vec<PartStanding>> {
    let amount = || 1_i64..1_000_000;
    let line = (amount(), amount(), 1_i64..500).prop_map(|(goods, tax, deposit)| {
        vec![
            part(PartKind::Goods, VENDOR, goods, true),
            part(PartKind::SalesTax, "Treasury", tax, true),
            part(PartKind::Deposit, VENDOR, deposit, true),
        ]
    });
    let charges = (amount(), amount(), amount()).prop_map(|(fee, tax, tip)| {
        vec![
            part(PartKind::DeliveryFee, "", fee, false),
            part(PartKind::SalesTax, "Treasury", tax, false),
            part(PartKind::Tip, "", tip, false),
        ]
    });
    (prop::collection::vec(line, 1..6), charges)
        .prop_map(|(lines, charges)| lines.into_iter().chain([charges]).flatten().collect())
}

/// What may happen after the money was taken; shares in thousandths.
#[derive(Debug, Clone)]
enum Then {
    /// So much of what is left goes back.
    Back(i64, Scope),
    /// The refund with this number, if there is one, comes back.
    Returned(usize),
    Fee(i64),
    Disputed(i64, bool),
    Delivered(i64),
}

fn any_then() -> impl Strategy<Value = Then> {
    let scope = prop_oneof![Just(Scope::Lines), Just(Scope::All)];
    prop_oneof![
        4 => (1_i64..=1_000, scope).prop_map(|(share, scope)| Then::Back(share, scope)),
        1 => (0_usize..4).prop_map(Then::Returned),
        1 => (-50_i64..50).prop_map(Then::Fee),
        1 => (1_i64..=1_000, any::<bool>()).prop_map(|(share, won)| Then::Disputed(share, won)),
        1 => (0_i64..900).prop_map(Then::Delivered),
    ]
}

proptest! {
    /// A provider that takes only the whole takes more than what is sold; once that has gone back,
    /// however it goes, every part has what was agreed to, and a refund that comes back changes that.
    #[test]
    fn what_is_taken_beyond_what_is_sold_is_of_no_part(
        parts in any_parts(),
        beyond in 1_i64..1_000_000,
        scope in prop_oneof![Just(Scope::Lines), Just(Scope::All)],
    ) {
        let sold: i64 = parts.iter().map(|part| part.agreed).sum();
        let taken = sold + beyond;
        let mut book = Book::new(parts, 1_500);
        book.note(Movement::Authorised(taken), "", Scope::All);
        book.note(Movement::Captured { authorised: taken, captured: taken }, "", Scope::All);
        book.note(Movement::Refunded(beyond), "rest", scope);
        prop_assert!(book.standing.parts.iter().all(|part| part.left == part.agreed));
        prop_assert_eq!((book.standing.beyond, book.holds(Account::ProviderClearing)), (0, sold));
        let commission = book.standing.commission_on(book.goods());
        prop_assert_eq!(book.holds(Account::Commissions), commission);
        book.note(Movement::RefundReturned(beyond), "rest", Scope::All);
        prop_assert_eq!(book.standing.beyond, beyond);
        book.note(Movement::Refunded(taken), "all", scope);
        prop_assert!(book.standing.parts.iter().all(|part| part.left == 0));
        prop_assert_eq!(book.holds(Account::ProviderClearing), 0);
    }

    /// Every transaction adds up to zero; no part gives more than it has; the commission is that of
    /// the goods that stayed sold; the provider holds what it took less what it gave.
    #[test]
    fn whatever_happens_the_books_hold(
        parts in any_parts(),
        bp in 0_i32..=10_000,
        taken in 1_i64..=1_000,
        thens in prop::collection::vec(any_then(), 0..12),
    ) {
        let total: i64 = parts.iter().map(|part| part.agreed).sum();
        let captured = (i128::from(total) * i128::from(taken) / 1_000).max(1) as i64;
        let mut book = Book::new(parts, bp);
        book.note(Movement::Authorised(total), "", Scope::All);
        book.note(Movement::Captured { authorised: total, captured }, "", Scope::All);
        prop_assert_eq!(book.holds(Account::Authorisations), 0);
        for part in &book.standing.parts {
            prop_assert!((0..=part.agreed).contains(&part.left), "{:?}", part);
        }
        let (mut left, mut held) = (captured, captured);
        let mut refunds: Vec<(i64, bool)> = Vec::new();
        for (number, then) in thens.into_iter().enumerate() {
            let before = book.clone();
            let entries = match then {
                Then::Back(share, scope) => {
                    let amount = left * share / 1_000;
                    (left, held) = (left - amount, held - amount);
                    refunds.push((amount, false));
                    let source = (refunds.len() - 1).to_string();
                    let entries = book.note(Movement::Refunded(amount), &source, scope);
                    lines_first(&before, &book, scope)?;
                    entries
                }
                Then::Returned(which) => {
                    let Some((amount, returned)) = refunds.get_mut(which) else { continue };
                    if std::mem::replace(returned, true) {
                        continue;
                    }
                    (left, held) = (left + *amount, held + *amount);
                    book.note(Movement::RefundReturned(*amount), &which.to_string(), Scope::All)
                }
                Then::Fee(amount) => {
                    held -= amount;
                    book.note(Movement::Fee(amount), &number.to_string(), Scope::All)
                }
                Then::Disputed(share, won) => {
                    let amount = left * share / 1_000;
                    held -= if won { 15 } else { amount + 15 };
                    left -= if won { 0 } else { amount };
                    let source = number.to_string();
                    book.note(Movement::Disputed { amount, fee: 15 }, &source, Scope::All);
                    let ends = if won { Movement::DisputeWon(amount) } else { Movement::DisputeLost(amount) };
                    book.note(ends, &source, Scope::All)
                }
                Then::Delivered(pay) => {
                    let tip: i64 = before.standing.parts.iter()
                        .filter(|part| part.kind == PartKind::Tip).map(|part| part.left).sum();
                    let entries = book.enter(&Event::Delivered { driver: "driver".into(), pay });
                    let owed = before.holds(Account::DriverPay) - book.holds(Account::DriverPay);
                    prop_assert_eq!(owed, tip + pay);
                    prop_assert_eq!(book.holds(Account::Tips), 0);
                    entries
                }
            };
            prop_assert_eq!(entries.iter().map(|entry| entry.amount).sum::<i64>(), 0);
            prop_assert!(entries.iter().all(|entry| entry.amount != 0));
            prop_assert_eq!(book.holds(Account::ProviderClearing), held);
            prop_assert_eq!(book.holds(Account::Customer), 0);
            let commission = book.standing.commission_on(book.goods());
            prop_assert_eq!(book.holds(Account::Commissions), commission);
            prop_assert_eq!(book.holds(Account::CommissionIncome), -commission);
            for part in &book.standing.parts {
                prop_assert!((0..=part.agreed).contains(&part.left), "{:?}", part);
            }
        }
        prop_assert_eq!(book.balances.values().sum::<i64>(), 0);
    }

    /// All of it back, in whatever pieces: nobody is owed anything, not even a commission.
    #[test]
    fn all_of_it_back_leaves_nothing(
        parts in any_parts(),
        bp in 0_i32..=10_000,
        shares in prop::collection::vec((1_i64..1_000, any::<bool>()), 0..6),
    ) {
        let total: i64 = parts.iter().map(|part| part.agreed).sum();
        let mut book = Book::new(parts, bp);
        book.note(Movement::Captured { authorised: 0, captured: total }, "", Scope::All);
        let mut left = total;
        for (number, (share, lines)) in shares.into_iter().chain([(1_000, false)]).enumerate() {
            let amount = left * share / 1_000;
            left -= amount;
            let scope = if lines { Scope::Lines } else { Scope::All };
            book.note(Movement::Refunded(amount), &number.to_string(), scope);
        }
        prop_assert!(book.standing.parts.iter().all(|part| part.left == 0));
        for ((account, _), balance) in &book.balances {
            let turnover = matches!(*account, "sales" | "refunds");
            prop_assert!(turnover || *balance == 0, "{}: {}", account, balance);
        }
        prop_assert_eq!(book.holds(Account::Sales) + book.holds(Account::Refunds), 0);
    }
}

/// While lines have anything left, nothing of the order as a whole goes back.
fn lines_first(before: &Book, after: &Book, scope: Scope) -> Result<(), TestCaseError> {
    let of = |book: &Book, of_line: bool| -> i64 {
        let parts = book.standing.parts.iter();
        parts.filter(|part| part.of_line == of_line).map(|part| part.left).sum()
    };
    if scope == Scope::Lines && of(after, true) > 0 {
        prop_assert_eq!(of(before, false), of(after, false));
    }
    Ok(())
}

#[test]
fn a_commission_is_taken_of_goods_alone_and_given_back_with_them() {
    let parts = vec![
        part(PartKind::Goods, VENDOR, 10_000, true),
        part(PartKind::SalesTax, "Treasury", 700, true),
        part(PartKind::Tip, "", 300, false),
    ];
    let mut book = Book::new(parts, 1_500);
    book.note(Movement::Captured { authorised: 0, captured: 11_000 }, "", Scope::All);
    assert_eq!(book.holds(Account::Commissions), 1_500);
    book.note(Movement::Refunded(5_350), "half of the lines", Scope::Lines);
    assert_eq!(book.holds(Account::Refunds), 5_000);
    assert_eq!(book.holds(Account::Taxes), -350);
    assert_eq!(book.holds(Account::Commissions), 750);
    assert_eq!(book.holds(Account::Tips), -300);
}
