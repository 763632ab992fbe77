//! What an order's money is made of: what the books and the invoice know of a sale.

use kernel::{Currency, LineId, Money, StoreId, VendorId};
use serde::{Deserialize, Serialize};

/// No sale has more lines than a cart.
const MOST_LINES: usize = 200;
/// Nor a line, or the whole, more parts.
const MOST_PARTS: usize = 100;

/// What was sold, by whom and to whom. All its parts together are the money that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    pub vendor: VendorId,
    pub store: StoreId,
    pub store_name: String,
    pub store_address: String,
    /// IANA name, such as `America/Chicago`: it decides the day of the sale.
    pub time_zone: String,
    /// Of the order, for people to say.
    pub number: String,
    /// Who the invoice is for.
    pub recipient: String,
    pub address: String,
    pub lines: Vec<SaleLine>,
    /// Fees, their taxes, and the tip.
    pub charges: Vec<Part>,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    pub line: LineId,
    pub name: String,
    pub quantity: u32,
    /// At list price, before discounts.
    pub unit_price: Money,
    /// What the customer pays for it: the sum of its parts.
    pub total: Money,
    pub parts: Vec<Part>,
}

/// An amount that belongs to one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub kind: PartKind,
    /// Of a tax: who is owed it. Goods and deposits are the vendor's, the rest is the platform's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// For people: `Iowa sales tax 6 %`.
    pub label: String,
    /// Of a tax: parts per million, where it has a rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ppm: Option<u32>,
    /// Above zero. Taxes that a price contains are parts of their own and not in the goods.
    pub amount: Money,
}

/// What a part is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    Goods,
    Excise,
    SalesTax,
    Deposit,
    DeliveryFee,
    ServiceFee,
    Tip,
}

impl PartKind {
    /// Whether it is owed to an authority.
    pub const fn is_tax(self) -> bool {
        matches!(self, Self::Excise | Self::SalesTax)
    }
}

/// What is wrong with a sale, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleError {
    /// Such as `sale.lines[2].total`.
    pub field: String,
    pub why: &'static str,
}

impl Sale {
    /// All parts, those of the lines first; each with the line that it belongs to. A part's place
    /// here is its number in the books.
    pub fn parts(&self) -> impl Iterator<Item = (Option<LineId>, &Part)> {
        let of_lines = self.lines.iter().flat_map(|line| {
            let id = line.line;
            line.parts.iter().map(move |part| (Some(id), part))
        });
        of_lines.chain(self.charges.iter().map(|part| (None, part)))
    }

    /// Whether its parts add up to `amount`, line by line and as a whole.
    pub fn check(&self, amount: Money) -> Result<(), SaleError> {
        let wrong = |field: String, why| Err(SaleError { field, why });
        if self.lines.len() > MOST_LINES {
            return wrong("sale.lines".into(), "has too many lines");
        }
        let mut sum = 0_i64;
        for (number, line) in self.lines.iter().enumerate() {
            let at = format!("sale.lines[{number}]");
            let parts = of(&line.parts, amount.currency, &format!("{at}.parts"))?;
            if Money::new(parts, amount.currency) != line.total {
                return wrong(format!("{at}.total"), "is not what its parts add up to");
            }
            sum = sum.saturating_add(parts);
        }
        let sum = sum.saturating_add(of(&self.charges, amount.currency, "sale.charges")?);
        if sum != amount.amount {
            return wrong("sale".into(), "does not add up to the amount");
        }
        Ok(())
    }
}

/// What parts add up to, where each makes sense.
fn of(parts: &[Part], currency: Currency, at: &str) -> Result<i64, SaleError> {
    let wrong = |field: String, why| Err(SaleError { field, why });
    if parts.len() > MOST_PARTS {
        return wrong(at.to_owned(), "has too many parts");
    }
    let mut sum = 0_i64;
    for (number, part) in parts.iter().enumerate() {
        let at = format!("{at}[{number}]");
        if part.amount.currency != currency {
            return wrong(format!("{at}.amount"), "is in another currency");
        }
        if part.amount.amount <= 0 {
            return wrong(format!("{at}.amount"), "must be above zero");
        }
        if part.kind.is_tax() != part.authority.as_ref().is_some_and(|name| !name.is_empty()) {
            return wrong(format!("{at}.authority"), "is there for taxes, and only for them");
        }
        let added = sum.checked_add(part.amount.amount);
        let Some(added) = added else { return wrong(at, "is too large") };
        sum = added;
    }
    Ok(sum)
}
