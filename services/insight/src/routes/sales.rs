use anyhow::Context;
use axum::extract::State;
use jiff::civil::Date;
use kernel::{Currency, Money};
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::range::Range;
use crate::{
    App,
    db::{self, DayRow},
};

/// What was sold on one day in one currency. A sale is an order that was paid and not cancelled;
/// it belongs to the day on which it was placed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SalesDay {
    #[schema(value_type = String, format = Date)]
    day: Date,
    orders: i64,
    /// Bottles, as sold.
    units: i64,
    /// What customers paid.
    gross: Money,
    /// What went back to them for what went back to the store.
    refunded: Money,
    /// The difference.
    net: Money,
}

impl SalesDay {
    fn new(row: &DayRow) -> anyhow::Result<Self> {
        let currency = Currency::from_code(&row.currency).context("a currency that is kept")?;
        let gross = Money::new(row.gross, currency);
        let refunded = Money::new(row.refunded, currency);
        let net = gross.minus(refunded)?;
        Ok(Self { day: row.day(), orders: row.orders, units: row.units, gross, refunded, net })
    }
}

/// Sales by day and currency; days without any are left out.
#[utoipa::path(
    get, path = "/v1/insight/sales", tag = "insight", operation_id = "sales",
    params(Range, PageQuery),
    responses(
        (status = OK, body = Page<SalesDay>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn sales(
    actor: Signed,
    State(app): State<App>,
    Query(range): Query<Range>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<SalesDay>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<(Date, Currency)>()?);
    if let Some((day, _)) = after {
        wire::sensible_day("after", day)?;
    }
    let days = range.days(&actor.reach, app.clock.now())?;
    let rows = db::sales(&app.reads.lagging(), &days, after, limit).await?;
    let days: Vec<SalesDay> = rows.iter().map(SalesDay::new).collect::<anyhow::Result<_>>()?;
    Ok(Json(Page::cut(days, limit, |day| (day.day, day.gross.currency))))
}
