use axum::extract::State;
use jiff::civil::Date;
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::range::Range;
use crate::{
    App,
    db::{self, FunnelRow},
};

/// How many came how far on one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FunnelDay {
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// Browsers in which a product was looked at: for a store, at that store.
    visitors: i64,
    /// Products that were looked at, once per browser and hour. Views are forgotten after
    /// `insight.keep_views_days`.
    views: i64,
    /// Carts into which something was put for the first time.
    carts: i64,
    /// Orders that were placed.
    placed: i64,
    /// Those of them that were paid.
    paid: i64,
    /// Those of them that were delivered, all of it.
    delivered: i64,
}

impl From<FunnelRow> for FunnelDay {
    fn from(row: FunnelRow) -> Self {
        Self {
            day: row.day(),
            visitors: row.visitors,
            views: row.views,
            carts: row.carts,
            placed: row.placed,
            paid: row.paid,
            delivered: row.delivered,
        }
    }
}

/// From looking to having it, by day: an order belongs to the day on which it was placed.
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
    let rows = db::funnel(&app.db, &days, after, limit).await?;
    Ok(Json(Page::cut(rows, limit, FunnelRow::day).map(FunnelDay::from)))
}
