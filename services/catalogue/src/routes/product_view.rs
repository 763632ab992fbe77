use kernel::{AlcoholClass, Drink, ProductId};
use serde::Serialize;

use crate::{
    db::products::ProductRow,
    product::{Container, alcohol_units_hundredths},
};

/// A product as everyone may see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProductView {
    pub product: ProductId,
    pub name: String,
    pub producer: String,
    /// Slug path.
    pub category: String,
    pub class: AlcoholClass,
    /// Alcohol by volume in hundredths of a percent: 4000 is 40 %.
    pub abv_bp: u32,
    /// Millilitres in one container.
    pub volume_ml: u32,
    /// Containers sold together as one unit.
    pub pack: u32,
    pub container: Container,
    pub vintage: Option<u32>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub region: Option<String>,
    pub gtin: Option<String>,
    pub description: String,
    /// Units of 10 ml of pure alcohol in one sold unit, in hundredths: 2800 is 28 units.
    pub alcohol_units_hundredths: u64,
    /// Whether the law of alcohol says anything about it: then its buyer must be of age.
    pub alcoholic: bool,
    pub active: bool,
    pub version: i64,
}

impl From<ProductRow> for ProductView {
    fn from(row: ProductRow) -> Self {
        let drink: Drink = row.drink();
        Self {
            product: row.id,
            class: drink.class,
            abv_bp: drink.abv_bp,
            volume_ml: drink.volume_ml,
            pack: drink.pack,
            container: row.container(),
            alcohol_units_hundredths: alcohol_units_hundredths(drink),
            alcoholic: compliance_api::is_alcohol(&drink),
            name: row.name,
            producer: row.producer,
            category: row.category,
            vintage: row.vintage.map(|year| year as u32),
            country: row.country,
            region: row.region,
            gtin: row.gtin,
            description: row.description,
            active: row.active,
            version: row.version,
        }
    }
}
