//! A city to try it out with: stores, products and what stores list, given by the caller. Safe to
//! run again: what is there already stays as it is.

use std::collections::BTreeMap;

use anyhow::Context as _;
use catalogue_api::{ProductChanged, StoreChanged};
use jiff::Timestamp;
use kernel::{Currency, Drink, Hours, Place, ProductId, StoreId, Zone};
use store::Db;

use crate::{
    Container,
    db::{
        categories,
        products::ProductFields,
        seeding::{self, NewListing},
        stores::StoreFields,
    },
};

/// A store to be. `key` is its own among the demo's stores, whatever its name.
#[derive(Debug, Clone)]
pub struct DemoStore {
    pub key: String,
    /// The vendor's name; stores with the same one belong together.
    pub vendor: String,
    pub name: String,
    pub address: String,
    pub place: Place,
    pub time_zone: String,
    pub currency: Currency,
    pub hours: Hours,
    pub zone: Zone,
    pub preparation_minutes: u32,
    pub licence_number: Option<String>,
}

/// A product to be. `key` is its own among the demo's products.
#[derive(Debug, Clone)]
pub struct DemoProduct {
    pub key: String,
    pub name: String,
    pub producer: String,
    pub category: String,
    pub drink: Drink,
    pub container: Container,
    pub vintage: Option<u32>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub gtin: Option<String>,
    pub description: String,
}

/// What a store sells, and what it has of it to begin with.
#[derive(Debug, Clone)]
pub struct DemoListing {
    /// The store's key.
    pub store: String,
    /// The product's key.
    pub product: String,
    pub price_minor: i64,
    pub tax_class: String,
    pub deposit_minor: Option<i64>,
    pub on_hand: u32,
    pub low_threshold: u32,
}

/// All that is seeded.
#[derive(Debug, Clone, Default)]
pub struct Demo {
    pub stores: Vec<DemoStore>,
    pub products: Vec<DemoProduct>,
    pub listings: Vec<DemoListing>,
}

/// The ids of what was seeded, by key.
#[derive(Debug, Clone, Default)]
pub struct Seeded {
    pub stores: BTreeMap<String, StoreId>,
    pub products: BTreeMap<String, ProductId>,
}

/// Brings the demo's stores, products and listings into the catalogue's database, all or nothing.
pub async fn seed(db: &Db, demo: &Demo, now: Timestamp) -> anyhow::Result<Seeded> {
    let mut tx = db.begin().await?;
    let mut seeded = Seeded::default();
    for store in &demo.stores {
        let vendor = seeding::vendor(&mut tx, &store.vendor, now).await?;
        let fields = StoreFields { vendor, ..store.fields() };
        let new = seeding::store(&mut tx, &store.key, &fields, now).await;
        let (id, is_new) = new.with_context(|| store.key.clone())?;
        seeded.stores.insert(store.key.clone(), id);
        if is_new {
            let told = StoreChanged { store: id, vendor, version: 1 };
            feed::append(&mut tx, &told, now).await?;
        }
    }
    let paths: Vec<String> = demo.products.iter().map(|product| product.category.clone()).collect();
    categories::ensure(&mut tx, &paths).await?;
    for product in &demo.products {
        let new = seeding::product(&mut tx, &product.key, &product.fields(), now).await;
        let (id, is_new) = new.with_context(|| product.key.clone())?;
        seeded.products.insert(product.key.clone(), id);
        if is_new {
            feed::append(&mut tx, &product.changed(id), now).await?;
        }
    }
    let listings = demo.listings.iter().map(|listing| listing.resolved(&seeded));
    let listings = listings.collect::<anyhow::Result<Vec<_>>>()?;
    seeding::listings(&mut tx, &listings, now).await?;
    tx.commit().await?;
    Ok(seeded)
}

impl DemoStore {
    fn fields(&self) -> StoreFields<'_> {
        StoreFields {
            vendor: kernel::VendorId::from_uuid(uuid::Uuid::nil()),
            name: &self.name,
            address: &self.address,
            place: self.place,
            time_zone: &self.time_zone,
            currency: self.currency,
            hours: &self.hours,
            zone: &self.zone,
            preparation_minutes: self.preparation_minutes,
            licence_number: self.licence_number.as_deref(),
            active: true,
        }
    }
}

impl DemoProduct {
    fn fields(&self) -> ProductFields<'_> {
        ProductFields {
            name: &self.name,
            producer: &self.producer,
            category: &self.category,
            drink: self.drink,
            container: self.container,
            vintage: self.vintage.map(|year| year as i32),
            country: self.country.as_deref(),
            region: self.region.as_deref(),
            gtin: self.gtin.as_deref(),
            description: &self.description,
            active: true,
        }
    }

    fn changed(&self, product: ProductId) -> ProductChanged {
        ProductChanged {
            product,
            name: self.name.clone(),
            category: self.category.clone(),
            active: true,
            version: 1,
        }
    }
}

impl DemoListing {
    fn resolved<'a>(&'a self, seeded: &Seeded) -> anyhow::Result<NewListing<'a>> {
        let store = seeded.stores.get(&self.store);
        let product = seeded.products.get(&self.product);
        Ok(NewListing {
            store: *store.with_context(|| format!("no demo store {}", self.store))?,
            product: *product.with_context(|| format!("no demo product {}", self.product))?,
            price_minor: self.price_minor,
            tax_class: &self.tax_class,
            deposit_minor: self.deposit_minor,
            on_hand: i32::try_from(self.on_hand)?,
            low_threshold: i32::try_from(self.low_threshold)?,
        })
    }
}
