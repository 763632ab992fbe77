use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kernel::{Currency, Money, StoreId};
use serde::{Deserialize, Serialize};
use store::Lagging;
use utoipa::IntoParams;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use super::product_view::ProductView;
use crate::{
    App, answers,
    db::{
        listings::{self, ListingRow, Wanted},
        stores,
    },
    product::{StockState, category_is_valid, price_per_litre},
};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListingsQuery {
    /// This category and all below it.
    #[param(max_length = 200, example = "wine/red")]
    category: Option<String>,
    /// Also what is not for sale now, where the store is within reach.
    inactive: Option<bool>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// A product as a store sells it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ListingView {
    #[serde(flatten)]
    product: ProductView,
    price: Money,
    /// Absent where the product has no volume to speak of.
    price_per_litre: Option<Money>,
    /// For all containers of one unit.
    deposit: Option<Money>,
    /// Names a rate in the tax table.
    tax_class: String,
    stock: StockState,
    /// Whether the store has it for sale.
    listed: bool,
    /// For `If-Match` when the listing is changed.
    listing_version: i64,
}

impl ListingView {
    pub fn new(row: ListingRow, currency: Currency) -> Self {
        let price = Money::new(row.price_minor, currency);
        Self {
            price,
            price_per_litre: price_per_litre(price, row.product.drink()),
            deposit: row.deposit_minor.map(|amount| Money { amount, currency }),
            tax_class: row.tax_class,
            stock: StockState::of(row.free, row.low_threshold),
            listed: row.listed,
            listing_version: row.listing_version,
            product: row.product.into(),
        }
    }
}

/// What a store sells, in the order of name.
#[utoipa::path(
    get, path = "/v1/catalogue/stores/{store}/listings", tag = "catalogue",
    operation_id = "list_listings",
    params(("store" = StoreId, Path), ListingsQuery),
    responses(
        (status = OK, body = Page<ListingView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    Path(store): Path<StoreId>,
    uri: Uri,
    Query(query): Query<ListingsQuery>,
    asker: Option<Signed>,
) -> Result<Response, Fault<Never>> {
    let inside = asker.is_some_and(|asker| asker.reach.store(store));
    if query.category.as_deref().is_some_and(|category| !category_is_valid(category)) {
        return Err(Problem::invalid("category", "is not a path of categories").into());
    }
    let page = PageQuery { after: query.after, limit: query.limit };
    let place = (super::after_name(&page)?, page.limit()?);
    let inactive = inside && query.inactive.unwrap_or(false);
    let (from, now, category) = (app.reads.lagging(), app.clock.now(), query.category);
    let load = async move {
        let wanted = Wanted { store, category: category.as_deref(), inactive };
        shown((&from, now), wanted, inside, place).await
    };
    let answer = if inside {
        load.await?.map(|(_, page)| Json(page).into_response())
    } else {
        answers::answer(&app.answers, &uri, load).await?
    };
    Ok(answer.ok_or_else(|| Problem::not_found("store"))?)
}

/// A page of them, where the asker may see the store.
async fn shown(
    (from, now): (&Lagging, Timestamp),
    wanted: Wanted<'_>,
    inside: bool,
    (after, limit): (Option<(String, Uuid)>, u32),
) -> anyhow::Result<Option<(Option<i64>, Page<ListingView>)>> {
    let row = stores::store(from, wanted.store).await?.filter(|row| row.active || inside);
    let Some(row) = row else { return Ok(None) };
    let currency = row.currency()?;
    let rows = listings::page(from, wanted, after.as_ref(), (limit, now)).await?;
    let page = Page::cut(rows, limit, |row| (row.name_key.clone(), row.product.id));
    Ok(Some((None, page.map(|row| ListingView::new(row, currency)))))
}
