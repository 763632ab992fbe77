use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{Currency, PersonId, ProductId, StoreId};
use serde_json::json;
use store::Tx;
use uuid::Uuid;

use super::{
    ImportReport, Outcome, RowReport,
    report::{Label, RowChanges},
};
use crate::{
    App,
    db::{
        counts::{self, CountLine},
        listings::{self, Line, ListingRow},
        movements, stock,
    },
    sheet::{self, Deposit, Key, Numbered, Row, RowRefusal},
};

/// A row that will be taken unless its stock is promised.
struct Planned {
    row: Row,
    line: Line,
}

/// A row as it is told of.
struct Told {
    label: Label,
    product: Option<ProductId>,
    changes: RowChanges,
    outcome: Result<Outcome, RowRefusal>,
}

/// What is to be done, and what became of each row.
pub struct Plan {
    /// By line of the file.
    rows: BTreeMap<u64, Told>,
    planned: BTreeMap<u64, Planned>,
}

impl Plan {
    /// Locks what the rows are about, stock before listings, so that what a row does not say stays
    /// as it is.
    pub async fn new(
        tx: &mut Tx<'_>,
        store: StoreId,
        rows: Vec<sheet::Numbered>,
        (currency, now): (Currency, Timestamp),
    ) -> sqlx::Result<Self> {
        let keys = rows.iter().filter_map(|row| row.row.as_ref().ok()).map(|row| &row.key);
        let products = listings::keyed(tx, keys).await?;
        let ids: Vec<Uuid> = products.values().flatten().copied().collect();
        stock::lock(tx, store, &ids).await?;
        listings::lock(tx, store, &ids).await?;
        let listed = listings::of_products(&mut **tx, store, &ids, now).await?;
        let listed: BTreeMap<Uuid, ListingRow> =
            listed.into_iter().map(|row| (row.product.id.uuid(), row)).collect();
        let names = listings::labels(tx, &ids).await?;
        let names: BTreeMap<Uuid, (String, Option<String>)> =
            names.into_iter().map(|(id, name, gtin)| (id, (name, gtin))).collect();
        let mut plan = Self { rows: BTreeMap::new(), planned: BTreeMap::new() };
        let mut seen = BTreeSet::new();
        for Numbered { line, name, sku, row } in rows {
            let mut told = Told {
                label: Label { name, sku, gtin: None },
                product: None,
                changes: RowChanges::default(),
                outcome: Ok(Outcome::Unchanged),
            };
            let planned = row.and_then(|row| {
                let product = one(&products, &row.key)?;
                told.label.known(names.get(&product));
                told.product = Some(product.into());
                if !seen.insert(product) {
                    let why = "names a product that an earlier row names";
                    return Err(RowRefusal::row("named-twice", why));
                }
                let before = listed.get(&product);
                let line = wanted(&row, product, before)?;
                told.changes = RowChanges::between(before, (&line, &row), currency);
                Ok(Planned { row, line })
            });
            match planned {
                Ok(planned) => drop(plan.planned.insert(line, planned)),
                Err(why) => told.outcome = Err(why),
            }
            plan.rows.insert(line, told);
        }
        Ok(plan)
    }

    pub async fn carry_out(
        &mut self,
        tx: &mut Tx<'_>,
        app: &App,
        (store, person, now): (StoreId, PersonId, Timestamp),
    ) -> anyhow::Result<()> {
        let lines: Vec<Line> = self.planned.values().map(|planned| planned.line.clone()).collect();
        let products: Vec<Uuid> = lines.iter().map(|line| line.product).collect();
        movements::open(tx, store, &products, app.config.low_threshold, now).await?;
        let counts: Vec<CountLine> = self.planned.values().filter_map(count_line).collect();
        let counted = counts::count_all(tx, (store, person, now), &counts).await?;
        let refused: BTreeMap<Uuid, i32> = counted
            .iter()
            .filter_map(|row| row.promised.map(|promised| (row.product_id, promised)))
            .collect();
        let lines: Vec<Line> =
            lines.into_iter().filter(|line| !refused.contains_key(&line.product)).collect();
        let listed = listings::put_all(tx, store, &lines, now).await?;
        let listed: BTreeMap<Uuid, bool> = listed.into_iter().collect();
        let moved: BTreeSet<Uuid> = counted.iter().map(|row| row.product_id).collect();
        for (line, planned) in &self.planned {
            let product = planned.line.product;
            let outcome = match (refused.get(&product), listed.get(&product)) {
                (Some(promised), _) => Err(stock_promised(*promised, planned.row.on_hand)),
                (None, Some(true)) => Ok(Outcome::New),
                (None, Some(false)) => Ok(Outcome::Changed),
                (None, None) if moved.contains(&product) => Ok(Outcome::Changed),
                (None, None) => Ok(Outcome::Unchanged),
            };
            if let Some(told) = self.rows.get_mut(line) {
                told.outcome = outcome;
            }
        }
        Ok(())
    }

    pub fn report(self, dry_run: bool) -> ImportReport {
        let mut report = ImportReport {
            dry_run,
            new: 0,
            changed: 0,
            unchanged: 0,
            refused: 0,
            rows: Vec::new(),
        };
        for (line, Told { label, product, changes, outcome }) in self.rows {
            let (outcome, refusal) = match outcome {
                Ok(outcome) => (outcome, None),
                Err(why) => (Outcome::Refused, Some(why)),
            };
            let message = refusal.as_ref().map(|why| why.message.clone());
            *match outcome {
                Outcome::New => &mut report.new,
                Outcome::Changed => &mut report.changed,
                Outcome::Unchanged => &mut report.unchanged,
                Outcome::Refused => &mut report.refused,
            } += 1;
            report.rows.push(RowReport {
                line,
                label,
                product,
                outcome,
                changes,
                message,
                refusal,
            });
        }
        report
    }
}

fn stock_promised(promised: i32, on_hand: Option<i32>) -> RowRefusal {
    let why = format!("{promised} are promised to customers");
    let refusal = RowRefusal::column("stock-promised", "on_hand", &why);
    let cell = on_hand.map(|on_hand| on_hand.to_string());
    RowRefusal { cell, ..refusal.with(json!({"promised": promised})) }
}

fn one(products: &BTreeMap<String, Vec<Uuid>>, key: &Key) -> Result<Uuid, RowRefusal> {
    let (column, name) = match key {
        Key::Product(id) => ("product", id.to_string()),
        Key::Sku(sku) => ("sku", sku.clone()),
    };
    let refusal = match products.get(&name).map(Vec::as_slice) {
        Some([product]) => return Ok(*product),
        Some([_, ..]) => {
            let why = "belongs to several products; name it by product";
            RowRefusal::column("sku-of-several", "sku", why)
        }
        _ => RowRefusal::row("no-such-product", "names a product that does not exist"),
    };
    Err(RowRefusal { column: Some(column), cell: Some(name), ..refusal })
}

/// The listing that a row asks for: what it does not give stays as it is.
fn wanted(row: &Row, product: Uuid, listed: Option<&ListingRow>) -> Result<Line, RowRefusal> {
    let price = row.price_minor.or(listed.map(|listed| listed.price_minor));
    let tax_class = row.tax_class.clone().or_else(|| listed.map(|listed| listed.tax_class.clone()));
    Ok(Line {
        product,
        price_minor: price.ok_or_else(|| {
            let why = "is needed for a product that is not listed yet";
            RowRefusal::column("price-needed", "price", why)
        })?,
        tax_class: tax_class.unwrap_or_else(|| "standard".into()),
        deposit_minor: match row.deposit {
            Deposit::Kept => listed.and_then(|listed| listed.deposit_minor),
            Deposit::Set(minor) => minor,
        },
        active: row.active.unwrap_or(listed.is_none_or(|listed| listed.listed)),
    })
}

fn count_line(planned: &Planned) -> Option<CountLine> {
    let Row { on_hand, low_threshold, .. } = planned.row;
    (on_hand.is_some() || low_threshold.is_some()).then_some(CountLine {
        product: planned.line.product,
        on_hand,
        low_threshold,
    })
}
