//! What the demo city is made of: the CSV files beside the sources, read and typed.

use anyhow::Context as _;
use jiff::civil::Date;
use kernel::{Place, Span};
use serde::{Deserialize, de::DeserializeOwned};

/// A row of `products.csv`.
#[derive(Debug, Deserialize)]
pub struct Bottle {
    pub sku: String,
    pub name: String,
    pub producer: String,
    pub category: String,
    abv_percent: f64,
    pub volume_ml: u32,
    pub container: String,
    pub pack: u32,
    pub vintage: Option<u32>,
    pub country: String,
    pub region: Option<String>,
    price_usd: f64,
    pub description: String,
}

impl Bottle {
    /// Hundredths of a percent.
    pub fn abv_bp(&self) -> u32 {
        (self.abv_percent * 100.0).round() as u32
    }

    /// Cents.
    pub fn price(&self) -> i64 {
        (self.price_usd * 100.0).round() as i64
    }

    /// Iowa's container deposit: five cents on each container of a carbonated or alcoholic drink
    /// (Iowa Code chapter 455C).
    pub fn deposit(&self) -> i64 {
        let mixer = self.category == "mixers" || self.category == "alcohol-free";
        if mixer { 0 } else { 5 * i64::from(self.pack) }
    }
}

/// A row of `stores.csv`.
#[derive(Debug, Deserialize)]
pub struct DemoStore {
    pub slug: String,
    pub name: String,
    pub vendor: String,
    pub licence_number: String,
    street: String,
    city: String,
    postal_code: String,
    lat: f64,
    lon: f64,
    pub delivery_radius_m: u32,
    pub preparation_minutes: u32,
    open_weekday: String,
    open_friday_saturday: String,
    open_sunday: String,
}

impl DemoStore {
    pub fn address(&self) -> String {
        format!("{}, {}, IA {}", self.street, self.city, self.postal_code)
    }

    pub fn place(&self) -> Place {
        Place { lat: self.lat, lon: self.lon }
    }

    /// Opening hours, Monday first.
    pub fn week(&self) -> anyhow::Result<[Vec<Span>; 7]> {
        let (weekday, weekend) = (span(&self.open_weekday)?, span(&self.open_friday_saturday)?);
        let sunday = span(&self.open_sunday)?;
        Ok([weekday, weekday, weekday, weekday, weekend, weekend, sunday].map(|span| vec![span]))
    }
}

fn span(text: &str) -> anyhow::Result<Span> {
    let (from, until) = text.split_once('-').context("a span of hours")?;
    Ok(Span { from: from.parse()?, until: until.parse()? })
}

/// A row of `people.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct DemoPerson {
    /// `customer`, `driver`, `clerk` or `operator`.
    pub role: String,
    pub email: String,
    pub given_name: String,
    pub family_name: String,
    pub date_of_birth: Date,
    street: String,
    city: String,
    postal_code: String,
    lat: Option<f64>,
    lon: Option<f64>,
    /// The slug of the store where a clerk works.
    pub store: Option<String>,
}

impl DemoPerson {
    pub fn address(&self) -> String {
        format!("{}, {}, IA {}", self.street, self.city, self.postal_code)
    }

    pub fn place(&self) -> Option<Place> {
        Some(Place { lat: self.lat?, lon: self.lon? })
    }
}

/// 300 bottles and cans.
pub fn bottles() -> anyhow::Result<Vec<Bottle>> {
    read(include_str!("../../demo/products.csv"))
}

/// 12 stores.
pub fn stores() -> anyhow::Result<Vec<DemoStore>> {
    read(include_str!("../../demo/stores.csv"))
}

/// Customers, drivers, clerks and an operator.
pub fn people() -> anyhow::Result<Vec<DemoPerson>> {
    read(include_str!("../../demo/people.csv"))
}

fn read<T: DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .context("read the demo's data")
}
