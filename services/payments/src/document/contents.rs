//! The contents of a document, from the sale and the shares of its parts that moved.

use jiff::{Timestamp, tz::TimeZone};
use kernel::{Currency, Money};
use payments_api::{Part, PartKind, Sale};

use super::{
    DocumentCharge, DocumentContents, DocumentKind, DocumentLine, DocumentParty, DocumentReference,
    DocumentTax,
};

/// What a document says beside its amounts.
pub struct Frame {
    pub kind: DocumentKind,
    pub number: String,
    pub issued_on: String,
    pub seller: DocumentParty,
    pub buyer: DocumentParty,
    pub refers_to: Option<DocumentReference>,
}

/// How much of each part of the sale moved, by its number in the books, and all together: what
/// belongs to no part is the difference.
pub struct Amounts<'a> {
    pub parts: &'a [i64],
    pub total: Money,
}

impl Amounts<'_> {
    fn of(&self, number: usize) -> i64 {
        self.parts.get(number).copied().unwrap_or_default()
    }
}

/// The day of an instant at the store, and its year. A zone that is not known is UTC.
pub fn day(at: Timestamp, zone: &str) -> (String, i16) {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let date = at.to_zoned(zone).date();
    (date.to_string(), date.year())
}

/// All that is written on a document.
pub fn contents(frame: Frame, sale: &Sale, amounts: &Amounts<'_>) -> DocumentContents {
    let mut sums = Sums::new(amounts.total.currency);
    let mut number = 0;
    let mut lines = Vec::new();
    for line in &sale.lines {
        let mut sum = Sums::new(amounts.total.currency);
        let shares: Vec<i64> =
            (0..line.parts.len()).map(|place| amounts.of(number + place)).collect();
        number += line.parts.len();
        sum.add(&line.parts, &shares);
        sums.add(&line.parts, &shares);
        if shares.iter().all(|share| *share == 0) {
            continue;
        }
        let sold = frame.kind == DocumentKind::Invoice && frame.refers_to.is_none();
        lines.push(DocumentLine {
            name: line.name.clone(),
            quantity: sold.then_some(line.quantity),
            unit_price: sold.then_some(line.unit_price),
            goods: sum.money(sum.goods),
            tax: sum.money(sum.tax),
            deposit: sum.money(sum.deposits),
            total: sum.money(shares.iter().sum()),
        });
    }
    let shares: Vec<i64> =
        (0..sale.charges.len()).map(|place| amounts.of(number + place)).collect();
    sums.add(&sale.charges, &shares);
    let mut charges: Vec<DocumentCharge> = sale
        .charges
        .iter()
        .zip(&shares)
        .filter(|(part, share)| **share != 0 && is_fee(part.kind))
        .map(|(part, share)| charge(part.label.clone(), sums.money(*share)))
        .collect();
    let rest = amounts.total.amount - sums.all();
    if rest != 0 {
        charges.push(charge("Other".into(), sums.money(rest)));
    }
    sums.fees += rest;
    let money = |amount| Money::new(amount, amounts.total.currency);
    DocumentContents {
        kind: frame.kind,
        number: frame.number,
        seller: frame.seller,
        buyer: frame.buyer,
        order: sale.number.clone(),
        issued_on: frame.issued_on,
        refers_to: frame.refers_to,
        lines,
        charges,
        goods: money(sums.goods),
        deposits: money(sums.deposits),
        fees: money(sums.fees),
        tax: money(sums.tax),
        tip: money(sums.tip),
        taxes: sums.taxes,
        total: amounts.total,
    }
}

const fn is_fee(kind: PartKind) -> bool {
    matches!(kind, PartKind::DeliveryFee | PartKind::ServiceFee)
}

fn charge(label: String, amount: Money) -> DocumentCharge {
    DocumentCharge { label, amount }
}

/// Amounts of one line, or of all.
struct Sums {
    currency: Currency,
    goods: i64,
    deposits: i64,
    fees: i64,
    tax: i64,
    tip: i64,
    taxes: Vec<DocumentTax>,
}

impl Sums {
    const fn new(currency: Currency) -> Self {
        Self { currency, goods: 0, deposits: 0, fees: 0, tax: 0, tip: 0, taxes: Vec::new() }
    }

    const fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency)
    }

    const fn all(&self) -> i64 {
        self.goods + self.deposits + self.fees + self.tax + self.tip
    }

    /// The parts of one line, or of the order as a whole: taxes among them are on the goods and fees
    /// among them.
    fn add(&mut self, parts: &[Part], shares: &[i64]) {
        let mut net = 0;
        for (part, share) in parts.iter().zip(shares) {
            match part.kind {
                PartKind::Goods => self.goods += share,
                PartKind::Deposit => self.deposits += share,
                PartKind::DeliveryFee | PartKind::ServiceFee => self.fees += share,
                PartKind::Tip => self.tip += share,
                PartKind::Excise | PartKind::SalesTax => self.tax += share,
            }
            if part.kind == PartKind::Goods || is_fee(part.kind) {
                net += share;
            }
        }
        // A tax that stands twice among the parts is on the same goods.
        let mut named: Vec<(&str, &str, Option<u32>)> = Vec::new();
        for (part, share) in parts.iter().zip(shares).filter(|(part, _)| part.kind.is_tax()) {
            let authority = part.authority.as_deref().unwrap_or_default();
            let name = (authority, part.label.as_str(), part.ppm);
            let new = !named.contains(&name);
            named.push(name);
            self.tax(part, *share, if new { net } else { 0 });
        }
    }

    fn tax(&mut self, part: &Part, share: i64, net: i64) {
        if share == 0 {
            return;
        }
        let authority = part.authority.as_deref().unwrap_or_default();
        let place = self.taxes.iter().position(|tax| {
            tax.authority == authority && tax.label == part.label && tax.ppm == part.ppm
        });
        let place = place.unwrap_or_else(|| {
            self.taxes.push(DocumentTax {
                authority: authority.to_owned(),
                label: part.label.clone(),
                ppm: part.ppm,
                net: self.money(0),
                amount: self.money(0),
            });
            self.taxes.len() - 1
        });
        self.taxes[place].net.amount += net;
        self.taxes[place].amount.amount += share;
    }
}
