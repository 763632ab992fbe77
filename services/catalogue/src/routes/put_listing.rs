use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::{ProductId, StoreId};
use serde::Deserialize;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::{Seen, listings::ListingView};
use crate::{
    App,
    db::{
        listings::{self, ListingFields},
        movements, stores,
    },
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingInput {
    /// Minor units of the store's currency.
    #[garde(range(min = 1, max = 1_000_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    price_minor: i64,
    /// Names a rate in the tax table.
    #[garde(custom(super::a_tax_class))]
    #[schema(pattern = "^[a-z][a-z0-9_-]{0,39}$", example = "standard")]
    tax_class: String,
    /// For all containers of one unit, in minor units.
    #[garde(inner(range(min = 1, max = 1_000_000_000)))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    deposit_minor: Option<i64>,
    #[garde(skip)]
    active: bool,
}

/// Lists a product at a store, or changes its price and the like; `If-Match` is needed where it is
/// listed already.
#[utoipa::path(
    put, path = "/v1/catalogue/stores/{store}/listings/{product}", tag = "catalogue",
    operation_id = "put_listing",
    params(
        ("store" = StoreId, Path), ("product" = ProductId, Path),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = ListingInput,
    responses(
        (status = OK, body = ListingView),
        (status = CREATED, body = ListingView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put(
    asker: Signed,
    State(app): State<App>,
    Path((store, product)): Path<(StoreId, ProductId)>,
    Seen(seen): Seen,
    Json(input): Json<ListingInput>,
) -> Result<(StatusCode, super::Tag, Json<ListingView>), Fault<Never>> {
    super::of_store(&asker.reach, store)?;
    let now = app.clock.now();
    let row = stores::store(&app.db, store).await?.ok_or_else(|| Problem::not_found("store"))?;
    let currency = row.currency()?;
    let fields = ListingFields {
        price_minor: input.price_minor,
        tax_class: &input.tax_class,
        deposit_minor: input.deposit_minor,
        active: input.active,
    };
    let mut tx = app.db.begin().await?;
    // Stock before listing, as everyone who writes both does.
    movements::open(&mut tx, store, &[product.uuid()], app.config.low_threshold, now).await?;
    let put = listings::put(&mut tx, (store, product), &fields, seen, now).await;
    let put = put.map_err(|error| match store::violated(&error) {
        Some("listing_product") => Problem::not_found("product").into(),
        _ => Fault::from(error),
    })?;
    let Some(version) = put else { return Err(not_put(seen).into()) };
    tx.commit().await?;
    let rows = listings::of_products(&app.db, store, &[product.uuid()], now).await?;
    let row = rows.into_iter().next().ok_or_else(|| Problem::not_found("product"))?;
    let status = if seen.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, wire::etag(version), Json(ListingView::new(row, currency))))
}

fn not_put(seen: Option<i64>) -> Problem {
    if seen.is_some() {
        return Problem::stale("listing");
    }
    let detail = "The product is listed already. Send If-Match with the ETag that you read.";
    let status = StatusCode::PRECONDITION_REQUIRED;
    Problem::new(status, "if-match-missing", detail).with_field("If-Match")
}
