use axum::extract::State;
use jiff::civil::Date;
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::range::Range;
use crate::{
    App,
    db::{self, FunnelRow},
};

/// How far the carts of one day came, each step a part of the one before; and what is counted beside
/// them. Looks name no person, so nobody can say which of them led to a cart: they are no step.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FunnelDay {
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// Beside the steps: browsers in which a product was looked at; for a store, at that store.
    visitors: i64,
    /// Beside the steps: products that were looked at, once per browser and hour. Views are forgotten
    /// after `insight.keep_views_days`.
    views: i64,
    /// Beside the steps: all orders that were placed on this day, whenever their cart was begun.
    orders: i64,
    /// The first step: carts into which something was put for the first time on this day.
    carts: i64,
    /// Those of `carts` that were ordered, on whatever day.
    placed: i64,
    /// Those of `placed` that were paid.
    paid: i64,
    /// Those of `paid` that were delivered, all of it.
    delivered: i64,
}

impl From<FunnelRow> for FunnelDay {
    fn from(row: FunnelRow) -> Self {
        Self {
            day: row.day(),
            visitors: row.visitors,
            views: row.views,
            orders: row.orders,
            carts: row.carts,
            placed: row.placed,
            paid: row.paid,
            delivered: row.delivered,
        }
    }
}

/// From a cart to having it, by the day on which the cart was begun: `delivered` is at most `paid`, that at
/// most `placed`, that at most `carts`. A share of a step is its number by that of `carts`. Orders made of
/// carts from before orders told their cart are in `orders` alone.
#[utoipa::path(
    get, path = "/v1/insight/funnel", tag = "insight", operation_id = "funnel",
    params(Range, PageQuery),
    responses(
        (status = OK, body = Page<FunnelDay>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn funnel(
    actor: Signed,
    State(app): State<App>,
    Query(range): Query<Range>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FunnelDay>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<Date>()?);
    if let Some(day) = after {
        wire::sensible_day("after", day)?;
    }
    let days = range.days(&actor.reach, app.clock.now())?;
    let rows = db::funnel(&app.reads.lagging(), &days, after, limit).await?;
    Ok(Json(Page::cut(rows, limit, FunnelRow::day).map(FunnelDay::from)))
}
