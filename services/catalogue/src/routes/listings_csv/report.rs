//! What is told of each row: what it is called, and what changes of what.

use kernel::{Currency, Money};
use serde::Serialize;

use crate::{
    db::listings::{Line, ListingRow},
    sheet::Row,
};

/// What a row is about, in words that people know.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Label {
    /// The product's; what the file calls it where the product is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub name: Option<String>,
    /// As the file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub sku: Option<String>,
    /// The product's barcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub gtin: Option<String>,
}

impl Label {
    /// The product is known, and what it is called.
    pub fn known(&mut self, product: Option<&(String, Option<String>)>) {
        if let Some((name, gtin)) = product {
            self.name = Some(name.clone());
            self.gtin.clone_from(gtin);
        }
    }
}

/// What a row changes; nothing of what stays.
#[derive(Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RowChanges {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    price: Option<PriceChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    on_hand: Option<StockChange>,
    /// The other columns that change: `tax_class`, `deposit`, `active`, `low_threshold`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    others: Vec<&'static str>,
}

/// A price, before and after.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PriceChange {
    /// Absent of what was not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    before: Option<Money>,
    after: Money,
}

/// Units on hand, before and after.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StockChange {
    before: i32,
    after: i32,
}

impl RowChanges {
    /// What `line` and the stock of `row` change of what is listed.
    pub fn between(
        before: Option<&ListingRow>,
        (line, row): (&Line, &Row),
        currency: Currency,
    ) -> Self {
        let money = |minor| Money::new(minor, currency);
        let old = before.map(|before| before.price_minor);
        let price = (old != Some(line.price_minor))
            .then(|| PriceChange { before: old.map(money), after: money(line.price_minor) });
        let stock = before.map_or(0, |before| before.on_hand);
        let on_hand = row.on_hand.filter(|after| *after != stock);
        let on_hand = on_hand.map(|after| StockChange { before: stock, after });
        let others = before.map_or_else(Vec::new, |before| others(before, line, row));
        Self { price, on_hand, others }
    }
}

fn others(before: &ListingRow, line: &Line, row: &Row) -> Vec<&'static str> {
    let threshold = row.low_threshold.is_some_and(|after| after != before.low_threshold);
    [
        ("tax_class", line.tax_class != before.tax_class),
        ("deposit", line.deposit_minor != before.deposit_minor),
        ("active", line.active != before.listed),
        ("low_threshold", threshold),
    ]
    .into_iter()
    .filter_map(|(column, changes)| changes.then_some(column))
    .collect()
}
