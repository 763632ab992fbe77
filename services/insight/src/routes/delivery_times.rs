use axum::extract::State;
use kernel::StoreId;
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::range::Range;
use crate::{
    App,
    db::{self, DeliveryRow},
};

/// How long one store's deliveries took.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StoreTimes {
    store: StoreId,
    store_name: String,
    /// Orders that changed hands, in whole or in part.
    deliveries: i64,
    /// Orders that were refused at the door.
    refused: i64,
    /// Minutes to the door, from placing or from where the slot begins; none where it came before that:
    /// half were faster.
    median_minutes: Option<f64>,
    /// Nine of ten were faster.
    p90_minutes: Option<f64>,
    /// Minutes from leaving the store to the door: half were faster.
    road_median_minutes: Option<f64>,
}

impl From<DeliveryRow> for StoreTimes {
    fn from(row: DeliveryRow) -> Self {
        let tenths = |minutes: f64| (minutes * 10.0).round() / 10.0;
        Self {
            store: row.store,
            store_name: row.store_name,
            deliveries: row.deliveries,
            refused: row.refused,
            median_minutes: row.median.map(tenths),
            p90_minutes: row.p90.map(tenths),
            road_median_minutes: row.road_median.map(tenths),
        }
    }
}

/// Delivery times by store, of orders placed on these days.
#[utoipa::path(
    get, path = "/v1/insight/delivery-times", tag = "insight", operation_id = "delivery_times",
    params(Range, PageQuery),
    responses(
        (status = OK, body = Page<StoreTimes>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn delivery_times(
    actor: Signed,
    State(app): State<App>,
    Query(range): Query<Range>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StoreTimes>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after()?);
    let days = range.days(&actor.reach, app.clock.now())?;
    let rows = db::delivery_times(&app.reads.lagging(), &days, after, limit).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.store).map(StoreTimes::from)))
}
