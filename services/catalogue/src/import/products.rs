//! Products: what a row says, what it changes, and what is suspicious about it.

mod barcodes;
pub(super) mod prices;
mod read;

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context as _, ensure};
use catalogue_api::ProductChanged;
use jiff::Timestamp;
use kernel::{AlcoholClass, Clock, Currency, ProductId, StoreId};
use store::{Db, Tx};
use tokio::task::spawn_blocking;

use self::{barcodes::Barcodes, prices::Typical};
use super::{
    Import, Outcome, Progress, Report, Summary, Written,
    batches::{self, Read},
    text::share_a_word,
};
use crate::{
    db::{self, import::products::Known},
    product::Container,
};

pub const FIELDS: &[&str] = &[
    "id",
    "source",
    "key",
    "name",
    "producer",
    "category",
    "class",
    "abv",
    "volume",
    "pack",
    "container",
    "vintage",
    "country",
    "region",
    "gtin",
    "description",
    "active",
    "price",
];
pub const NEEDED: &[&[&str]] = &[&["key", "id"], &["name"], &["category"], &["abv"], &["volume"]];

/// What is kept of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub name: String,
    pub producer: String,
    pub category: String,
    pub class: AlcoholClass,
    pub abv_bp: i32,
    pub volume_ml: i32,
    pub pack: i32,
    pub container: Container,
    pub vintage: Option<i32>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub gtin: Option<String>,
    pub description: String,
    pub active: bool,
}

/// What a row says.
#[derive(Debug, Clone)]
pub struct NewProduct {
    pub id: Option<ProductId>,
    pub source: Option<String>,
    pub key: Option<String>,
    pub product: Product,
    /// What the file itself says of it; the rest is for new products only.
    said: Vec<&'static str>,
    /// Ten-thousandths of the currency's unit.
    price: Option<i64>,
    /// Whether the price seems to be that of several.
    dubious: bool,
}

impl NewProduct {
    /// The product as the file wants it: what it says, and for the rest what is there.
    fn over(&self, old: &Product) -> Product {
        let mut then = old.clone();
        let new = self.product.clone();
        for field in &self.said {
            match *field {
                "name" => then.name.clone_from(&new.name),
                "producer" => then.producer.clone_from(&new.producer),
                "category" => then.category.clone_from(&new.category),
                "class" => then.class = new.class,
                "abv" => then.abv_bp = new.abv_bp,
                "volume" => then.volume_ml = new.volume_ml,
                "pack" => then.pack = new.pack,
                "container" => then.container = new.container,
                "vintage" => then.vintage = new.vintage,
                "country" => then.country.clone_from(&new.country),
                "region" => then.region.clone_from(&new.region),
                "gtin" => then.gtin.clone_from(&new.gtin),
                "description" => then.description.clone_from(&new.description),
                "active" => then.active = new.active,
                _ => {}
            }
        }
        then
    }
}

/// What can only be known of a row when all others have been seen.
#[derive(Default)]
struct Survey {
    rows: u64,
    barcodes: Barcodes,
    typical: Typical,
}

pub(super) async fn run(
    db: &Db,
    clock: &Clock,
    import: &Import,
    report: &mut Report,
    progress: &impl Fn(Progress),
) -> anyhow::Result<Summary> {
    let (file, mapping) = (import.file.clone(), Arc::clone(&import.mapping));
    let survey = spawn_blocking(move || {
        let mut survey = Survey::default();
        survey.rows = batches::each_row(&file, &mapping, |line, layout, record| {
            read::surveyed(&mut survey, &mapping, line, layout, record);
            Ok(())
        })?;
        survey.typical.settle();
        anyhow::Ok(survey)
    });
    let survey = survey.await??;
    let currency = currency(db, import).await?;
    let (rows, shared) = (survey.rows, survey.barcodes.shared());
    let mapping = Arc::clone(&import.mapping);
    let batches = batches::batches(import.file.clone(), Arc::clone(&mapping), {
        move |row| read::product(row, &mapping, &survey)
    });
    let mut seen = HashMap::new();
    let write = async |rows: &[Read<NewProduct>]| {
        let mut tx = db.begin().await?;
        let about = (import, currency, clock.now());
        let written = write(&mut tx, rows, &mut seen, about).await?;
        if import.commit {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(written)
    };
    let summary = super::take(batches, rows, report, progress, write).await?;
    Ok(Summary { shared_barcodes: shared, ..summary })
}

/// The currency of the store that is to list the products.
async fn currency(db: &Db, import: &Import) -> anyhow::Result<Option<Currency>> {
    let Some(store) = import.store else { return Ok(None) };
    let row = db::stores::store(db, store).await?;
    let currency = row.with_context(|| format!("there is no store {store}"))?.currency()?;
    let columns = &import.mapping.columns;
    ensure!(columns.contains_key("price"), "the mapping says no price to list products at");
    if let Some(said) = &import.mapping.currency {
        ensure!(
            said == currency.code(),
            "the file has prices in {said}, the store in {currency:?}"
        );
    }
    Ok(Some(currency))
}

/// A product to be written, under its row's id or a new one.
struct Wanted<'a> {
    row: &'a Read<NewProduct>,
    id: ProductId,
    product: Product,
    /// Whether it has to be written.
    differs: bool,
}

async fn write(
    tx: &mut Tx<'_>,
    rows: &[Read<NewProduct>],
    seen: &mut HashMap<ProductId, u64>,
    (import, currency, now): (&Import, Option<Currency>, Timestamp),
) -> anyhow::Result<Written> {
    let mut written = Written::default();
    db::import::one_at_a_time(tx).await?;
    let known = db::import::products::known(tx, rows.iter().map(|row| &row.item)).await?;
    let wanted = decide(rows, &known, seen, &mut written);
    if import.commit {
        save(tx, &wanted, now).await?;
    }
    if let (Some(store), Some(currency)) = (import.store, currency) {
        list(tx, &wanted, import, (store, currency, now), &mut written).await?;
    }
    Ok(written)
}

/// What is to become of each row. No I/O.
fn decide<'a>(
    rows: &'a [Read<NewProduct>],
    known: &[Option<Known>],
    seen: &mut HashMap<ProductId, u64>,
    written: &mut Written,
) -> Vec<Wanted<'a>> {
    let mut wanted = Vec::with_capacity(rows.len());
    for (row, known) in rows.iter().zip(known) {
        let Some(known) = known else {
            let id = row.item.id.unwrap_or_else(ProductId::new);
            seen.insert(id, row.line);
            written.things.count(false, false);
            wanted.push(Wanted { row, id, product: row.item.product.clone(), differs: true });
            continue;
        };
        if known.is_another(row.item.id) {
            let why = "its key belongs to another product, which has another id".to_owned();
            written.refuse(row, "key-taken", why);
            continue;
        }
        if !written.is_first(seen, known.id, row) {
            continue;
        }
        let product = row.item.over(&known.product);
        if !share_a_word(&known.product.name, &product.name) {
            let why = format!("the key was {:?} and is now {:?}", known.product.name, product.name);
            written.say(row, Outcome::Warning, "reused-key", why);
        }
        let differs = product != known.product;
        written.things.count(true, !differs);
        wanted.push(Wanted { row, id: known.id, product, differs });
    }
    wanted
}

async fn save(tx: &mut Tx<'_>, wanted: &[Wanted<'_>], now: Timestamp) -> anyhow::Result<()> {
    let mut differing: Vec<&Wanted<'_>> = wanted.iter().filter(|wanted| wanted.differs).collect();
    if differing.is_empty() {
        return Ok(());
    }
    differing.sort_by_key(|wanted| wanted.id);
    let mut paths: Vec<String> = differing.iter().map(|it| it.product.category.clone()).collect();
    paths.sort_unstable();
    paths.dedup();
    db::categories::ensure(tx, &paths).await?;
    let rows = differing.iter().map(|it| (it.id, &it.row.item, &it.product));
    let versions = db::import::products::save(tx, rows, now).await?;
    let changed = |it: &&Wanted<'_>| ProductChanged {
        product: it.id,
        name: it.product.name.clone(),
        category: it.product.category.clone(),
        active: it.product.active,
        version: versions.get(&it.id).copied().unwrap_or(1),
    };
    let events: Vec<ProductChanged> = differing.iter().map(changed).collect();
    feed::append_all(tx, &events, now).await
}

/// Lists the products at a store for the file's prices, with nothing on hand where they are new.
async fn list(
    tx: &mut Tx<'_>,
    wanted: &[Wanted<'_>],
    import: &Import,
    (store, currency, now): (StoreId, Currency, Timestamp),
    written: &mut Written,
) -> anyhow::Result<()> {
    let ids: Vec<uuid::Uuid> = wanted.iter().map(|wanted| wanted.id.uuid()).collect();
    let known = db::import::listings::prices(tx, store, &ids).await?;
    let mut listings = Vec::new();
    for it in wanted {
        let Some(price) = it.row.item.price else { continue };
        let Some(price) = prices::minor(price, currency) else {
            let why = format!("the price is not above nothing, or no whole number of {currency:?}");
            written.say(it.row, Outcome::Warning, "price", why);
            continue;
        };
        let old = known.get(&it.id).copied();
        written.listings.count(old.is_some(), old == Some(price));
        if old != Some(price) {
            // Nobody should buy one for the price of ten, or ten for the price of one, before
            // someone of the store has looked.
            listings.push((it.id, price, !it.row.item.dubious));
        }
    }
    if import.commit && !listings.is_empty() {
        listings.sort_unstable();
        let ids: Vec<uuid::Uuid> = listings.iter().map(|listing| listing.0.uuid()).collect();
        // Stock before listing, as everyone who writes both does.
        db::movements::open(tx, store, &ids, import.low_threshold, now).await?;
        db::import::listings::save(tx, store, &listings, now).await?;
    }
    Ok(())
}
