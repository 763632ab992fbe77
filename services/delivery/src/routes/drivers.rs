use axum::extract::State;
use jiff::Timestamp;
use kernel::{DriverId, OrderId, Place};
use serde::Serialize;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use crate::{
    App,
    db::{self, AtWork},
    job::JobState,
};

/// A driver on shift.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DriverAtWork {
    driver: DriverId,
    given_name: String,
    on_shift_since: Timestamp,
    place: Place,
    /// When the driver was there.
    place_at: Timestamp,
    /// What the driver brings, or is about to fetch.
    order: Option<OrderId>,
    job_state: Option<JobState>,
}

/// Drivers on shift.
#[utoipa::path(
    get, path = "/v1/delivery/drivers", tag = "delivery", operation_id = "list_drivers",
    params(PageQuery),
    responses(
        (status = OK, body = Page<DriverAtWork>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list_drivers(
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DriverAtWork>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<DriverId>()?);
    let rows = db::drivers_page(&app.db, after, limit).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.driver).map(view)))
}

fn view(row: AtWork) -> DriverAtWork {
    DriverAtWork {
        driver: row.driver,
        given_name: row.given_name,
        on_shift_since: row.began_at,
        place: row.place,
        place_at: row.place_at,
        order: row.order,
        job_state: row.job_state,
    }
}
