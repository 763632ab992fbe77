//! Fills a fresh house with the demo city. What is there stays as it is, so it runs at every start.

use accounts::seed::{DemoHome, NewDemoPerson};
use anyhow::{Context as _, bail};
use catalogue::{
    Container,
    seed::{Demo, DemoListing, DemoProduct, DemoStore as CityStore, Seeded},
};
use compliance::NewLicence;
use host::House;
use kernel::{AlcoholClass, Currency, Drink, Hours, Role, StoreId, Zone};

use super::{
    data::{self, Bottle, DemoPerson, DemoStore},
    home::TIME_ZONE,
    simulator::YOURS,
};

/// The years in which the demo's licences hold.
const LICENSED: std::ops::RangeInclusive<i16> = 2020..=2090;

/// Brings stores, bottles, law, prices and people in, calling `told` before each. The store whose
/// counter is left to whoever tries the demo.
pub async fn fill(house: &House, password: &str, told: impl Fn(&str)) -> anyhow::Result<StoreId> {
    let (stores, now) = (data::stores()?, house.clock.now());
    told("stores, bottles and stock");
    let db = house.database("catalogue").await?;
    let seeded = catalogue::seed::seed(&db, &city(&stores, &data::bottles()?)?, now).await?;
    db.close().await;
    told("the law of Iowa and the stores' licences");
    let db = house.database("compliance").await?;
    let licences = stores
        .iter()
        .map(|store| {
            Ok(NewLicence::for_all(id_of(&seeded, &store.slug)?, &store.licence_number, LICENSED))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    compliance::seed(&db, &house.clock, &licences).await?;
    db.close().await;
    told("taxes, fees, a coupon and a promotion");
    let db = house.database("cart").await?;
    cart::seed(&db, now).await?;
    db.close().await;
    told("people");
    let db = house.database("accounts").await?;
    let people = data::people()?;
    let new =
        people.iter().map(|person| new(person, &seeded)).collect::<anyhow::Result<Vec<_>>>()?;
    let config = house.settings.section("accounts")?;
    accounts::seed::people(&db, &house.clock, &config, password, &new).await?;
    db.close().await;
    let clerk = people.iter().find(|person| person.role == "clerk" && yours(person));
    let store = clerk.and_then(|clerk| clerk.store.as_deref()).context("a counter for you")?;
    id_of(&seeded, store)
}

fn yours(person: &DemoPerson) -> bool {
    YOURS.contains(&person.email.as_str())
}

fn id_of(seeded: &Seeded, slug: &str) -> anyhow::Result<StoreId> {
    seeded.stores.get(slug).copied().with_context(|| format!("there is no store {slug}"))
}

fn city(stores: &[DemoStore], bottles: &[Bottle]) -> anyhow::Result<Demo> {
    let mut listings = Vec::new();
    for (number, store) in stores.iter().enumerate() {
        let sold = bottles.iter().enumerate().filter(|(row, _)| sells(number, *row));
        listings.extend(sold.map(|(row, bottle)| listing(store, bottle, number, row)));
    }
    Ok(Demo {
        stores: stores.iter().map(city_store).collect::<anyhow::Result<_>>()?,
        products: bottles.iter().map(product).collect::<anyhow::Result<_>>()?,
        listings,
    })
}

/// Every store sells most of the bottles, each another part of them.
fn sells(store: usize, row: usize) -> bool {
    !(row * 7 + store * 5).is_multiple_of(3)
}

fn listing(store: &DemoStore, bottle: &Bottle, number: usize, row: usize) -> DemoListing {
    // Prices differ a little from store to store, and some shelves are nearly empty.
    let premium = (number * 13 + row * 5) % 7;
    let price = bottle.price() * (100 + premium as i64) / 100;
    let on_hand = match (row * 11 + number * 17) % 20 {
        0 => 0,
        1 | 2 => 2,
        other => 12 + 3 * other as u32,
    };
    DemoListing {
        store: store.slug.clone(),
        product: bottle.sku.clone(),
        price_minor: price / 10 * 10 + 9,
        tax_class: "standard".into(),
        deposit_minor: Some(bottle.deposit()).filter(|deposit| *deposit > 0),
        on_hand,
        low_threshold: 4,
    }
}

fn city_store(store: &DemoStore) -> anyhow::Result<CityStore> {
    Ok(CityStore {
        key: store.slug.clone(),
        vendor: store.vendor.clone(),
        name: store.name.clone(),
        address: store.address(),
        place: store.place(),
        time_zone: TIME_ZONE.into(),
        currency: Currency::USD,
        hours: Hours { week: store.week()?, ..Hours::default() },
        zone: Zone::Radius { centre: store.place(), metres: store.delivery_radius_m },
        preparation_minutes: store.preparation_minutes,
        licence_number: Some(store.licence_number.clone()),
    })
}

fn product(bottle: &Bottle) -> anyhow::Result<DemoProduct> {
    let container = match bottle.container.as_str() {
        "bottle" => Container::Bottle,
        "can" => Container::Can,
        "box" => Container::BagInBox,
        "keg" => Container::Keg,
        other => bail!("{}: no such container as {other}", bottle.sku),
    };
    Ok(DemoProduct {
        key: bottle.sku.clone(),
        name: bottle.name.clone(),
        producer: bottle.producer.clone(),
        category: bottle.category.clone(),
        drink: Drink {
            class: class(&bottle.category),
            abv_bp: bottle.abv_bp(),
            volume_ml: bottle.volume_ml,
            pack: bottle.pack,
        },
        container,
        vintage: bottle.vintage,
        country: Some(bottle.country.clone()),
        region: bottle.region.clone(),
        gtin: None,
        description: bottle.description.clone(),
    })
}

/// How Iowa's law sees a category: fermented long drinks as beer.
fn class(category: &str) -> AlcoholClass {
    match category.split('/').next().unwrap_or_default() {
        "beer" | "cider" | "hard-seltzer" => AlcoholClass::Beer,
        "wine" => AlcoholClass::Wine,
        "spirits" => AlcoholClass::Spirits,
        _ => AlcoholClass::None,
    }
}

fn new(person: &DemoPerson, seeded: &Seeded) -> anyhow::Result<NewDemoPerson> {
    let roles = match person.role.as_str() {
        "driver" => vec![Role::Driver],
        "operator" => vec![Role::Operator],
        "clerk" => {
            let store = person.store.as_deref().context("a clerk works somewhere")?;
            vec![Role::Manager { stores: vec![id_of(seeded, store)?] }]
        }
        _ => vec![Role::Customer],
    };
    Ok(NewDemoPerson {
        email: person.email.clone(),
        given_name: person.given_name.clone(),
        family_name: person.family_name.clone(),
        date_of_birth: Some(person.date_of_birth),
        roles,
        home: person.place().map(|place| DemoHome { address: person.address(), place }),
    })
}
