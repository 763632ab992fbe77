use axum::{extract::State, http::StatusCode};
use catalogue_api::ProductChanged;
use garde::Validate;
use jiff::Timestamp;
use kernel::{AlcoholClass, Drink, ProductId};
use serde::Deserialize;
use store::Tx;
use wire::{Fault, IfMatch, Json, Never, Path, Problem};

use super::product_view::ProductView;
use crate::{
    App,
    db::{
        categories,
        products::{self, ProductFields, ProductRow},
    },
    product::Container,
};

/// The most alcohol that a product outside the law of alcohol may have: 1.2 %.
const MOST_WITHOUT_CLASS: u32 = 120;

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductInput {
    #[garde(length(chars, min = 1, max = 200), custom(super::visible_text))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[garde(length(chars, max = 200), custom(wire::plain_text))]
    #[schema(max_length = 200)]
    #[serde(default)]
    producer: String,
    /// Slug path of at most five parts; categories that do not exist are made.
    #[garde(custom(super::a_category))]
    #[schema(
        max_length = 200,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*){0,4}$",
        example = "spirits/whiskey/bourbon"
    )]
    category: String,
    #[garde(skip)]
    class: AlcoholClass,
    /// Alcohol by volume in hundredths of a percent; at most 120 for the class `none`.
    #[garde(range(max = 10_000))]
    #[schema(maximum = 10000)]
    abv_bp: u32,
    /// Millilitres in one container.
    #[garde(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    volume_ml: u32,
    /// Containers sold together as one unit.
    #[garde(range(min = 1, max = 1000))]
    #[schema(minimum = 1, maximum = 1000)]
    pack: u32,
    #[garde(skip)]
    container: Container,
    #[garde(inner(range(min = 1800, max = 2200)))]
    #[schema(minimum = 1800, maximum = 2200)]
    vintage: Option<u32>,
    /// ISO 3166-1 alpha-2.
    #[garde(inner(custom(a_country)))]
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    country: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::visible_text)))]
    #[schema(min_length = 1, max_length = 100)]
    region: Option<String>,
    /// Barcode; several products may share one.
    #[garde(inner(custom(a_barcode)))]
    #[schema(pattern = "^[0-9]{8,14}$")]
    gtin: Option<String>,
    #[garde(length(chars, max = 4000), custom(wire::plain_text))]
    #[schema(max_length = 4000)]
    #[serde(default)]
    description: String,
    #[garde(skip)]
    active: bool,
}

fn a_country(code: &str, (): &()) -> garde::Result {
    let fits = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits { Ok(()) } else { Err(garde::Error::new("is not a code of two capital letters")) }
}

fn a_barcode(code: &str, (): &()) -> garde::Result {
    let fits = (8..=14).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(()) } else { Err(garde::Error::new("is not 8 to 14 digits")) }
}

impl ProductInput {
    /// What one field alone cannot show.
    fn check(&self) -> Result<(), Problem> {
        if self.class == AlcoholClass::None && self.abv_bp > MOST_WITHOUT_CLASS {
            return Err(Problem::invalid("abv_bp", "is alcohol, which needs a class"));
        }
        Ok(())
    }

    fn fields(&self) -> ProductFields<'_> {
        ProductFields {
            name: self.name.trim(),
            producer: self.producer.trim(),
            category: &self.category,
            drink: Drink {
                class: self.class,
                abv_bp: self.abv_bp,
                volume_ml: self.volume_ml,
                pack: self.pack,
            },
            container: self.container,
            vintage: self.vintage.map(|year| year as i32),
            country: self.country.as_deref(),
            region: self.region.as_deref().map(str::trim),
            gtin: self.gtin.as_deref(),
            description: self.description.trim(),
            active: self.active,
        }
    }
}

async fn tell(tx: &mut Tx<'_>, row: &ProductRow, now: Timestamp) -> anyhow::Result<()> {
    let changed = ProductChanged {
        product: row.id,
        name: row.name.clone(),
        category: row.category.clone(),
        active: row.active,
        version: row.version,
    };
    feed::append(tx, &changed, now).await
}

/// Adds a product.
#[utoipa::path(
    post, path = "/v1/catalogue/products", tag = "catalogue", operation_id = "add_product",
    request_body = ProductInput,
    responses(
        (status = CREATED, body = ProductView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add(
    State(app): State<App>,
    Json(input): Json<ProductInput>,
) -> Result<(StatusCode, super::Tag, Json<ProductView>), Fault<Never>> {
    input.check()?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    categories::ensure(&mut tx, std::slice::from_ref(&input.category)).await?;
    let row = products::insert(&mut tx, ProductId::new(), &input.fields(), now).await?;
    tell(&mut tx, &row, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, wire::etag(row.version), Json(row.into())))
}

/// Changes all that is kept of a product.
#[utoipa::path(
    put, path = "/v1/catalogue/products/{product}", tag = "catalogue",
    operation_id = "change_product",
    params(("product" = ProductId, Path), ("If-Match" = String, Header)),
    request_body = ProductInput,
    responses(
        (status = OK, body = ProductView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change(
    State(app): State<App>,
    Path(product): Path<ProductId>,
    IfMatch(version): IfMatch,
    Json(input): Json<ProductInput>,
) -> Result<(super::Tag, Json<ProductView>), Fault<Never>> {
    input.check()?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    categories::ensure(&mut tx, std::slice::from_ref(&input.category)).await?;
    let row = products::update(&mut tx, (product, version), &input.fields(), now).await?;
    let Some(row) = row else {
        let known = products::product(&mut *tx, product).await?;
        let stale = || Problem::stale("product");
        return Err(known.map_or_else(|| Problem::not_found("product"), |_| stale()).into());
    };
    tell(&mut tx, &row, now).await?;
    tx.commit().await?;
    Ok((wire::etag(row.version), Json(row.into())))
}
