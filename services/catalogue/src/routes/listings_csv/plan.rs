use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{PersonId, ProductId, StoreId};
use store::Tx;
use uuid::Uuid;

use super::{ImportReport, Outcome, RowReport};
use crate::{
    App,
    db::{
        counts::{self, CountLine},
        listings::{self, Line, ListingRow},
        movements, stock,
    },
    sheet::{self, Deposit, Key, Row},
};

/// A row that will be taken unless its stock is promised.
struct Planned {
    row: Row,
    line: Line,
}

/// What is to be done, and what became of each row.
pub struct Plan {
    /// By line of the file.
    rows: BTreeMap<u64, (Option<ProductId>, Result<Outcome, String>)>,
    planned: BTreeMap<u64, Planned>,
}

impl Plan {
    /// Locks what the rows are about, stock before listings, so that what a row does not say stays
    /// as it is.
    pub async fn new(
        tx: &mut Tx<'_>,
        store: StoreId,
        rows: Vec<sheet::Numbered>,
        now: Timestamp,
    ) -> sqlx::Result<Self> {
        let keys = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).map(|row| &row.key);
        let products = listings::keyed(tx, keys).await?;
        let ids: Vec<Uuid> = products.values().flatten().copied().collect();
        stock::lock(tx, store, &ids).await?;
        listings::lock(tx, store, &ids).await?;
        let listed = listings::of_products(&mut **tx, store, &ids, now).await?;
        let listed: BTreeMap<Uuid, ListingRow> =
            listed.into_iter().map(|row| (row.product.id.uuid(), row)).collect();
        let mut plan = Self { rows: BTreeMap::new(), planned: BTreeMap::new() };
        let mut seen = BTreeSet::new();
        for (line, row) in rows {
            let planned = row.and_then(|row| {
                let product = one(&products, &row.key)?;
                if !seen.insert(product) {
                    return Err("names a product that an earlier row names".into());
                }
                Ok(Planned { line: wanted(&row, product, listed.get(&product))?, row })
            });
            let product = planned.as_ref().ok().map(|planned| planned.line.product.into());
            match planned {
                Ok(planned) => {
                    plan.rows.insert(line, (product, Ok(Outcome::Unchanged)));
                    plan.planned.insert(line, planned);
                }
                Err(why) => {
                    plan.rows.insert(line, (product, Err(why)));
                }
            }
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
                (Some(promised), _) => {
                    Err(format!("on_hand: {promised} are promised to customers"))
                }
                (None, Some(true)) => Ok(Outcome::New),
                (None, Some(false)) => Ok(Outcome::Changed),
                (None, None) if moved.contains(&product) => Ok(Outcome::Changed),
                (None, None) => Ok(Outcome::Unchanged),
            };
            self.rows.insert(*line, (Some(product.into()), outcome));
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
        for (line, (product, result)) in self.rows {
            let (outcome, message) = match result {
                Ok(outcome) => (outcome, None),
                Err(why) => (Outcome::Refused, Some(why)),
            };
            *match outcome {
                Outcome::New => &mut report.new,
                Outcome::Changed => &mut report.changed,
                Outcome::Unchanged => &mut report.unchanged,
                Outcome::Refused => &mut report.refused,
            } += 1;
            report.rows.push(RowReport { line, product, outcome, message });
        }
        report
    }
}

fn one(products: &BTreeMap<String, Vec<Uuid>>, key: &Key) -> Result<Uuid, String> {
    let name = match key {
        Key::Product(id) => id.to_string(),
        Key::Sku(sku) => sku.clone(),
    };
    match products.get(&name).map(Vec::as_slice) {
        Some([product]) => Ok(*product),
        Some([_, ..]) => Err("sku: belongs to several products; name it by product".into()),
        _ => Err("names a product that does not exist".into()),
    }
}

/// The listing that a row asks for: what it does not give stays as it is.
fn wanted(row: &Row, product: Uuid, listed: Option<&ListingRow>) -> Result<Line, String> {
    let price = row.price_minor.or(listed.map(|listed| listed.price_minor));
    let tax_class = row.tax_class.clone().or_else(|| listed.map(|listed| listed.tax_class.clone()));
    Ok(Line {
        product,
        price_minor: price.ok_or("price: is needed for a product that is not listed yet")?,
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
