use axum::extract::State;
use kernel::ProductId;
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::range::Range;
use crate::{App, db};

/// How often a product was sold.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PopularProduct {
    product: ProductId,
    name: String,
    category: String,
    /// Bottles, as sold.
    units: i64,
    orders: i64,
}

/// Products by units sold, most first.
#[utoipa::path(
    get, path = "/v1/insight/popular", tag = "insight", operation_id = "popular_products",
    params(Range, PageQuery),
    responses(
        (status = OK, body = Page<PopularProduct>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn popular(
    actor: Signed,
    State(app): State<App>,
    Query(range): Query<Range>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PopularProduct>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after()?);
    let days = range.days(&actor.reach, app.clock.now())?;
    let rows = db::popular(&app.reads.lagging(), &days, after, limit).await?;
    let page = Page::cut(rows, limit, |row| (row.units, row.product));
    Ok(Json(page.map(|row| PopularProduct {
        product: row.product,
        name: row.name,
        category: row.category,
        units: row.units,
        orders: row.orders,
    })))
}
