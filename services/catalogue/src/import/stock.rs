//! Stock: what was counted at a store, and what it is sold for.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{Clock, ProductId, StoreId};
use store::{Db, Tx};

use super::{
    Import, Progress, Report, Summary, Written, barcode,
    batches::{self, Read},
    products::prices,
    row::Row,
};
use crate::db::{
    self,
    import::stock::{Counted, Found},
};

pub const FIELDS: &[&str] = &["store", "product", "key", "gtin", "on_hand", "price"];
pub const NEEDED: &[&[&str]] = &[&["product", "key", "gtin"], &["on_hand"]];

/// What the movements of an import say of why.
const REASON: &str = "stock import";

/// What a row says.
#[derive(Debug, Clone)]
pub struct NewStock {
    pub store: Named<StoreId>,
    pub product: Wanted,
    pub on_hand: i32,
    /// Ten-thousandths of the currency's unit.
    price: Option<i64>,
}

/// By our own id, or by the key of the mapping's source.
#[derive(Debug, Clone)]
pub enum Named<T> {
    Id(T),
    Key(String),
}

/// The product that a row means.
#[derive(Debug, Clone)]
pub enum Wanted {
    Named(Named<ProductId>),
    Barcode(String),
}

pub(super) async fn run(
    db: &Db,
    clock: &Clock,
    import: &Import,
    report: &mut Report,
    progress: &impl Fn(Progress),
) -> anyhow::Result<Summary> {
    anyhow::ensure!(
        import.store.is_some() || import.mapping.columns.contains_key("store"),
        "say whose stock it is: with --store, or by a column of the mapping"
    );
    let rows = super::check(import).await?;
    let (mapping, store) = (Arc::clone(&import.mapping), import.store);
    let batches =
        batches::batches(import.file.clone(), Arc::clone(&mapping), move |row| stock(row, store));
    let mut seen = HashMap::new();
    let write = async |rows: &[Read<NewStock>]| {
        let mut tx = db.begin().await?;
        let written = write(&mut tx, rows, &mut seen, (import, clock.now())).await?;
        if import.commit {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(written)
    };
    super::take(batches, rows, report, progress, write).await
}

/// The stock of a row, or none where it is refused.
fn stock(row: &mut Row<'_>, ours: Option<StoreId>) -> Option<NewStock> {
    let store = match (row.text("store", 200), ours) {
        (Some(text), _) => Some(named(&text)),
        (None, Some(store)) => Some(Named::Id(store)),
        (None, None) => {
            row.refuse("missing", "it does not say which store it is about");
            None
        }
    };
    let product = product(row);
    let on_hand = row.whole("on_hand", (0, 1_000_000));
    if on_hand.is_none() && row.raw("on_hand").is_none() {
        row.refuse("missing", "it does not say how many there are");
    }
    let price = row.number("price", prices::PLACES);
    if price.is_some_and(|price| price < 1) {
        row.refuse("price", "its price is not above nothing");
    }
    if row.is_refused() {
        return None;
    }
    Some(NewStock { store: store?, product: product?, on_hand: on_hand?, price })
}

fn named<T: From<uuid::Uuid>>(text: &str) -> Named<T> {
    match uuid::Uuid::parse_str(text) {
        Ok(id) => Named::Id(id.into()),
        Err(_) => Named::Key(text.to_owned()),
    }
}

fn product(row: &mut Row<'_>) -> Option<Wanted> {
    let store = row.raw("store").map(|store| format!("{} ", store.trim())).unwrap_or_default();
    for field in ["product", "key"] {
        if let Some(text) = row.text(field, 200) {
            row.key = format!("{store}{text}");
            return Some(Wanted::Named(named(&text)));
        }
    }
    let raw = row.raw("gtin")?;
    row.key = format!("{store}{}", raw.trim());
    let gtin = barcode::gtin(raw.trim(), row.reading("gtin").pad);
    if gtin.is_none() {
        row.refuse("invalid-barcode", "its barcode is none: its check digit or length is wrong");
    }
    gtin.map(Wanted::Barcode)
}

async fn write(
    tx: &mut Tx<'_>,
    rows: &[Read<NewStock>],
    seen: &mut HashMap<(StoreId, ProductId), u64>,
    (import, now): (&Import, Timestamp),
) -> anyhow::Result<Written> {
    let mut written = Written::default();
    let source = &import.mapping.source;
    let found = db::import::stock::find(tx, source, rows.iter().map(|row| &row.item)).await?;
    let mut stores: BTreeMap<StoreId, Vec<(&Read<NewStock>, Found)>> = BTreeMap::new();
    for (row, found) in rows.iter().zip(found) {
        let Some(found) = judged(row, found, &mut written) else { continue };
        if !written.is_first(seen, (found.store, found.product), row) {
            continue;
        }
        stores.entry(found.store).or_default().push((row, found));
    }
    for (store, rows) in stores {
        count(tx, store, &rows, (import, now), &mut written).await?;
        reprice(tx, store, &rows, (import, now), &mut written).await?;
    }
    Ok(written)
}

/// What the row is about, unless that cannot be told.
fn judged(
    row: &Read<NewStock>,
    found: Option<db::import::stock::Candidates>,
    written: &mut Written,
) -> Option<Found> {
    let Some(found) = found else {
        written.refuse(row, "store-unknown", "there is no such store".to_owned());
        return None;
    };
    match found.only() {
        Ok(found) => Some(found),
        Err(0) => {
            written.refuse(row, "product-unknown", "there is no such product".to_owned());
            None
        }
        Err(several) => {
            let why = format!("its barcode belongs to {several} products: name the one by its key");
            written.refuse(row, "shared-barcode", why);
            None
        }
    }
}

/// Sets what is on hand where something else was counted, with a movement for each.
async fn count(
    tx: &mut Tx<'_>,
    store: StoreId,
    rows: &[(&Read<NewStock>, Found)],
    (import, now): (&Import, Timestamp),
    written: &mut Written,
) -> anyhow::Result<()> {
    let mut ids: Vec<uuid::Uuid> = rows.iter().map(|(_, found)| found.product.uuid()).collect();
    ids.sort_unstable();
    if import.commit {
        db::movements::open(tx, store, &ids, import.low_threshold, now).await?;
        db::stock::lock(tx, store, &ids).await?;
    }
    let counts: Vec<(ProductId, i32)> =
        rows.iter().map(|(row, found)| (found.product, row.item.on_hand)).collect();
    let counted =
        db::import::stock::count(tx, store, &counts, (import.commit, REASON, now)).await?;
    let mut low = Vec::new();
    for (row, found) in rows {
        let counted = counted.get(&found.product).copied().unwrap_or_default();
        let Counted { on_hand, promised, .. } = counted;
        if row.item.on_hand < on_hand && row.item.on_hand < promised {
            let why =
                format!("{promised} are promised to orders, and {} were counted", row.item.on_hand);
            written.refuse(row, "promised", why);
            continue;
        }
        written.things.count(found.there, row.item.on_hand == on_hand);
        low.extend(counted.low(store, found.product, row.item.on_hand));
    }
    if import.commit {
        db::stock::tell_low(tx, &low, now).await?;
    }
    Ok(())
}

/// Sets prices where the file has others.
async fn reprice(
    tx: &mut Tx<'_>,
    store: StoreId,
    rows: &[(&Read<NewStock>, Found)],
    (import, now): (&Import, Timestamp),
    written: &mut Written,
) -> anyhow::Result<()> {
    let mut listings = Vec::new();
    for (row, found) in rows {
        let Some(price) = row.item.price else { continue };
        let Some(price) = prices::minor(price, found.currency) else {
            let why = format!("the price is no whole number of {:?}'s least unit", found.currency);
            written.say(row, super::Outcome::Warning, "price", why);
            continue;
        };
        written.listings.count(found.price.is_some(), found.price == Some(price));
        if found.price != Some(price) {
            listings.push((found.product, price, true));
        }
    }
    if import.commit && !listings.is_empty() {
        listings.sort_unstable();
        db::import::listings::save(tx, store, &listings, now).await?;
    }
    Ok(())
}
