use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use catalogue_api::{
    Deposit, Offer, OfferMissing, Offers, OffersRefusal, OffersWanted, Search, StoreFacts,
};
use kernel::{Currency, Money, ProductId};
use uuid::Uuid;
use wire::{Fault, House, Json};

use crate::{
    App,
    db::{
        listings::{self, ListingRow},
        search::{self, Sort},
        stores::{self, StoreRow},
    },
};

/// A store and what it offers of some products, as they are now: for services of the house.
pub async fn offers(
    _: House,
    State(app): State<App>,
    Json(wanted): Json<OffersWanted>,
) -> Result<Json<Offers>, Fault<OffersRefusal>> {
    let now = app.clock.now();
    let store = stores::store(&app.db, wanted.store).await?.filter(|store| store.active);
    let store = store.ok_or(OffersRefusal::NoSuchStore)?;
    let products: Vec<Uuid> = wanted.products.iter().map(|product| product.uuid()).collect();
    let rows = listings::of_products(&app.db, wanted.store, &products, now).await?;
    let currency = store.currency()?;
    let offers: Vec<Offer> = rows
        .iter()
        .filter(|row| row.listed && row.product.active)
        .map(|row| offer(row, currency))
        .collect();
    let missing = missing(&app, &wanted.products, &offers).await?;
    let zone = store.time_zone()?;
    Ok(Json(Offers {
        open_now: store.sells_at(now, &zone),
        hours: store.hours.0.clone(),
        paused: store.pause(now),
        least_order: store.least_order()?,
        reaches_door: wanted.door.map(|door| store.zone.contains(door)),
        store: facts(&store)?,
        offers,
        missing,
    }))
}

/// What a store has on its shelf that fits some words, the best first: for services of the house.
pub async fn search(
    _: House,
    State(app): State<App>,
    Json(Search { store, words, category, limit }): Json<Search>,
) -> Result<Json<Vec<Offer>>, Fault<OffersRefusal>> {
    let now = app.clock.now();
    // One that is switched off still packs what was ordered before.
    let currency = stores::store(&app.db, store).await?;
    let currency = currency.ok_or(OffersRefusal::NoSuchStore)?.currency()?;
    let sort = if words.is_some() { Sort::Relevance(None) } else { Sort::Name(None) };
    let store_only = search::Search { store: Some(store), in_stock: true, ..Default::default() };
    let wanted = search::Search { words, category, ..store_only };
    let found = search::page(&app.db, &wanted, &sort, (limit, now)).await?;
    let products: Vec<Uuid> =
        found.iter().take(limit as usize).map(|found| found.product.id.uuid()).collect();
    let rows = listings::of_products(&app.db, store, &products, now).await?;
    let listed = |id: &Uuid| rows.iter().find(|row| row.product.id.uuid() == *id && row.listed);
    let offers = products.iter().filter_map(listed).map(|row| offer(row, currency));
    Ok(Json(offers.collect()))
}

fn offer(row: &ListingRow, currency: Currency) -> Offer {
    let deposit = row.deposit_minor.map(|amount| Deposit { per_unit: Money { amount, currency } });
    Offer {
        product: row.product.id,
        name: row.product.name.clone(),
        category: row.product.category.clone(),
        drink: row.product.drink(),
        price: Money::new(row.price_minor, currency),
        tax_class: row.tax_class.clone(),
        deposit,
        free: u32::try_from(row.free).unwrap_or(0),
    }
}

async fn missing(
    app: &App,
    wanted: &[ProductId],
    offers: &[Offer],
) -> sqlx::Result<Vec<OfferMissing>> {
    let offered: BTreeSet<ProductId> = offers.iter().map(|offer| offer.product).collect();
    let missing: BTreeSet<ProductId> =
        wanted.iter().copied().filter(|product| !offered.contains(product)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = missing.iter().map(|product| product.uuid()).collect();
    let mut names: BTreeMap<Uuid, String> =
        listings::names(&app.db, &ids).await?.into_iter().collect();
    let named = |product: ProductId| OfferMissing { product, name: names.remove(&product.uuid()) };
    Ok(missing.into_iter().map(named).collect())
}

fn facts(store: &StoreRow) -> anyhow::Result<StoreFacts> {
    Ok(StoreFacts {
        store: store.id,
        vendor: store.vendor_id,
        name: store.name.clone(),
        address: store.address.clone(),
        place: store.place(),
        time_zone: store.time_zone.clone(),
        currency: store.currency()?,
        preparation_minutes: store.preparation_minutes(),
    })
}
