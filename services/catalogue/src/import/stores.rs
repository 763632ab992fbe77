//! Stores: what a row says, and what it changes.

mod read;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use catalogue_api::StoreChanged;
use jiff::Timestamp;
use kernel::{Clock, Currency, Hours, Place, StoreId, Zone};
use store::{Db, Tx};

use super::{
    Import, Progress, Report, Summary, Written,
    batches::{self, Read},
};
use crate::db::{self, import::stores::Known};

pub const FIELDS: &[&str] = &[
    "id",
    "source",
    "key",
    "vendor",
    "name",
    "address",
    "lat",
    "lon",
    "time_zone",
    "currency",
    "hours",
    "zone",
    "delivery_radius_m",
    "preparation_minutes",
    "licence_number",
    "active",
];
pub const NEEDED: &[&[&str]] = &[
    &["key", "id"],
    &["vendor"],
    &["name"],
    &["address"],
    &["lat"],
    &["lon"],
    &["time_zone"],
    &["currency"],
    &["hours"],
    &["zone", "delivery_radius_m"],
];

/// What is kept of a store.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    pub vendor: String,
    pub name: String,
    pub address: String,
    pub place: Place,
    pub time_zone: String,
    pub currency: Currency,
    pub hours: Hours,
    pub zone: Zone,
    pub preparation_minutes: i32,
    pub licence_number: Option<String>,
    pub active: bool,
}

/// What a row says.
#[derive(Debug, Clone)]
pub struct NewStore {
    pub id: Option<StoreId>,
    pub source: Option<String>,
    pub key: Option<String>,
    pub store: Store,
    /// What the file itself says of it; the rest is for new stores only.
    said: Vec<&'static str>,
}

impl NewStore {
    /// The store as the file wants it: what it says, and for the rest what is there.
    fn over(&self, old: &Store) -> Store {
        let mut then = old.clone();
        let new = self.store.clone();
        for field in &self.said {
            match *field {
                "vendor" => then.vendor.clone_from(&new.vendor),
                "name" => then.name.clone_from(&new.name),
                "address" => then.address.clone_from(&new.address),
                "lat" => then.place = new.place,
                "time_zone" => then.time_zone.clone_from(&new.time_zone),
                "currency" => then.currency = new.currency,
                "hours" => then.hours = new.hours.clone(),
                "preparation_minutes" => then.preparation_minutes = new.preparation_minutes,
                "licence_number" => then.licence_number.clone_from(&new.licence_number),
                "active" => then.active = new.active,
                _ => {}
            }
        }
        then.zone = self.zone_over(old, then.place);
        then
    }

    /// A circle around the store stays around it when it moves.
    fn zone_over(&self, old: &Store, place: Place) -> Zone {
        if self.said.contains(&"zone") || self.said.contains(&"delivery_radius_m") {
            return self.store.zone.clone();
        }
        match &old.zone {
            Zone::Radius { centre, metres } if *centre == old.place => {
                Zone::Radius { centre: place, metres: *metres }
            }
            zone => zone.clone(),
        }
    }
}

pub(super) async fn run(
    db: &Db,
    clock: &Clock,
    import: &Import,
    report: &mut Report,
    progress: &impl Fn(Progress),
) -> anyhow::Result<Summary> {
    let rows = super::check(import).await?;
    let mapping = Arc::clone(&import.mapping);
    let batches = batches::batches(import.file.clone(), Arc::clone(&mapping), move |row| {
        read::store(row, &mapping)
    });
    let mut seen = HashMap::new();
    let write = async |rows: &[Read<NewStore>]| {
        let mut tx = db.begin().await?;
        let written = write(&mut tx, rows, &mut seen, (import.commit, clock.now())).await?;
        if import.commit {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(written)
    };
    super::take(batches, rows, report, progress, write).await
}

async fn write(
    tx: &mut Tx<'_>,
    rows: &[Read<NewStore>],
    seen: &mut HashMap<StoreId, u64>,
    (commit, now): (bool, Timestamp),
) -> anyhow::Result<Written> {
    let mut written = Written::default();
    db::import::one_at_a_time(tx).await?;
    let known = db::import::stores::known(tx, rows.iter().map(|row| &row.item)).await?;
    let mut differing = decide(rows, &known, seen, &mut written);
    if commit && !differing.is_empty() {
        differing.sort_by_key(|it| it.0);
        let vendors: BTreeSet<&str> = differing.iter().map(|it| it.2.vendor.as_str()).collect();
        let vendors = db::import::stores::vendors(tx, &vendors, now).await?;
        let edited = db::import::stores::save(tx, &differing, &vendors, now).await?;
        let told: Vec<StoreChanged> = edited.into_iter().map(Into::into).collect();
        feed::append_all(tx, &told, now).await?;
    }
    Ok(written)
}

/// The rows that have to be written, with the id and the store they shall become. No I/O.
fn decide<'a>(
    rows: &'a [Read<NewStore>],
    known: &[Option<Known>],
    seen: &mut HashMap<StoreId, u64>,
    written: &mut Written,
) -> Vec<(StoreId, &'a NewStore, Store)> {
    let mut differing = Vec::new();
    for (row, known) in rows.iter().zip(known) {
        let Some(known) = known else {
            written.things.count(false, false);
            let id = row.item.id.unwrap_or_else(StoreId::new);
            seen.insert(id, row.line);
            differing.push((id, &row.item, row.item.store.clone()));
            continue;
        };
        if known.is_another(row.item.id) {
            let why = "its key belongs to another store, which has another id".to_owned();
            written.refuse(row, "key-taken", why);
            continue;
        }
        if !written.is_first(seen, known.id, row) {
            continue;
        }
        let store = row.item.over(&known.store);
        if store.currency != known.store.currency && known.has_listings {
            let why = format!("it has prices in {}", known.store.currency.code());
            written.refuse(row, "currency", why);
            continue;
        }
        let same = store == known.store;
        written.things.count(true, same);
        if !same {
            differing.push((known.id, &row.item, store));
        }
    }
    differing
}
