//! Products, stores and stock as CSV files, which can be imported again as they are and opened in
//! a spreadsheet without anything in them being computed.

use std::io::Write;

use anyhow::Context as _;
use kernel::{Currency, Money, StoreId};
use store::Db;

use crate::{
    db::export::{self, PAGE, ProductRow, StockRow, StoreRow},
    import::{Kind, text::escaped},
};

/// Writes everything of a kind, or what a store has of it, and gives the number of rows.
pub async fn run(
    db: &Db,
    kind: Kind,
    store: Option<StoreId>,
    out: impl Write,
) -> anyhow::Result<u64> {
    let store = store.map(StoreId::uuid);
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(header(kind))?;
    let mut rows = 0;
    match kind {
        Kind::Products => {
            let mut after = None;
            loop {
                let page = export::products(db, after, store).await?;
                page.iter().try_for_each(|row| writer.write_record(product(row)))?;
                rows += page.len();
                after = page.last().map(|row| row.id);
                if page.len() < PAGE {
                    break;
                }
            }
        }
        Kind::Stores => {
            let mut after = None;
            loop {
                let page = export::stores(db, after, store).await?;
                page.iter().try_for_each(|row| writer.write_record(store_record(row)))?;
                rows += page.len();
                after = page.last().map(|row| row.id);
                if page.len() < PAGE {
                    break;
                }
            }
        }
        Kind::Stock => {
            let mut after = None;
            loop {
                let page = export::stock(db, after, store).await?;
                for row in &page {
                    writer.write_record(stock(row)?)?;
                }
                rows += page.len();
                after = page.last().map(|row| (row.store_id, row.product_id));
                if page.len() < PAGE {
                    break;
                }
            }
        }
    }
    writer.flush().context("write the file")?;
    Ok(rows as u64)
}

const fn header(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Products => &[
            "id",
            "source",
            "key",
            "name",
            "producer",
            "category",
            "class",
            "abv_percent",
            "volume_ml",
            "pack",
            "container",
            "vintage",
            "country",
            "region",
            "gtin",
            "description",
            "active",
        ],
        Kind::Stores => &[
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
            "preparation_minutes",
            "licence_number",
            "active",
        ],
        Kind::Stock => &[
            "store",
            "store_name",
            "product",
            "product_name",
            "gtin",
            "on_hand",
            "allocated",
            "price",
            "currency",
        ],
    }
}

fn text(text: Option<&String>) -> String {
    text.map(|text| escaped(text)).unwrap_or_default()
}

fn number(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn product(row: &ProductRow) -> [String; 17] {
    [
        row.id.to_string(),
        text(row.source.as_ref()),
        text(row.source_key.as_ref()),
        escaped(&row.name),
        escaped(&row.producer),
        row.category.clone(),
        row.class.clone(),
        format!("{}.{:02}", row.abv_bp / 100, row.abv_bp % 100),
        row.volume_ml.to_string(),
        row.pack.to_string(),
        row.container.clone(),
        number(row.vintage),
        row.country.clone().unwrap_or_default(),
        text(row.region.as_ref()),
        row.gtin.clone().unwrap_or_default(),
        escaped(&row.description),
        row.active.to_string(),
    ]
}

fn store_record(row: &StoreRow) -> [String; 15] {
    [
        row.id.to_string(),
        text(row.source.as_ref()),
        text(row.source_key.as_ref()),
        escaped(&row.vendor),
        escaped(&row.name),
        escaped(&row.address),
        row.lat.to_string(),
        row.lon.to_string(),
        row.time_zone.clone(),
        row.currency.clone(),
        row.hours.to_string(),
        row.zone.to_string(),
        row.preparation_minutes.to_string(),
        text(row.licence_number.as_ref()),
        row.active.to_string(),
    ]
}

fn stock(row: &StockRow) -> anyhow::Result<[String; 9]> {
    let currency = Currency::from_code(&row.currency).context("a currency")?;
    let price = row.price_minor.map(|price| plain(Money::new(price, currency)));
    Ok([
        row.store_id.to_string(),
        escaped(&row.store_name),
        row.product_id.to_string(),
        escaped(&row.product_name),
        row.gtin.clone().unwrap_or_default(),
        row.on_hand.to_string(),
        row.allocated.to_string(),
        price.unwrap_or_default(),
        row.currency.clone(),
    ])
}

/// Only the number of an amount.
fn plain(money: Money) -> String {
    let written = money.to_string();
    written.split(' ').next().unwrap_or_default().to_owned()
}
