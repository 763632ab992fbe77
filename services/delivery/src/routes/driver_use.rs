use axum::extract::State;
use jiff::civil::Date;
use kernel::DriverId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use crate::{
    App,
    db::{self, UseRow},
};

/// Which days, and of whom.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UseQuery {
    /// The first day; 30 days up to the last one unless told.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day, included; today unless told. At most 366 days in all.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// The IANA name of the time zone whose days are meant, such as `America/Chicago`; UTC unless
    /// told.
    #[param(min_length = 1, max_length = 64)]
    time_zone: Option<String>,
    /// Only this driver's.
    driver: Option<DriverId>,
}

/// How drivers' time was used on one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DriverUse {
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// Who were on shift.
    drivers: i64,
    /// On shift, all of them together.
    shift_minutes: f64,
    /// With at least one job at hand, from accepting it to its end. A job that somebody gave back
    /// counts for whoever ended it.
    job_minutes: f64,
    /// Jobs that ended on that day and of which something changed hands.
    deliveries: i64,
}

impl From<UseRow> for DriverUse {
    fn from(row: UseRow) -> Self {
        let tenths = |minutes: f64| (minutes * 10.0).round() / 10.0;
        Self {
            day: row.day(),
            drivers: row.drivers,
            shift_minutes: tenths(row.shift_minutes),
            job_minutes: tenths(row.job_minutes),
            deliveries: row.deliveries,
        }
    }
}

/// How drivers' time was used, by day.
#[utoipa::path(
    get, path = "/v1/delivery/driver-use", tag = "delivery", operation_id = "driver_use",
    params(UseQuery, PageQuery),
    responses(
        (status = OK, body = Page<DriverUse>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn driver_use(
    State(app): State<App>,
    Query(query): Query<UseQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DriverUse>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<Date>()?);
    if let Some(day) = after {
        wire::sensible_day("after", day)?;
    }
    let now = app.clock.now();
    let days = wire::days((query.from, query.to), query.time_zone.as_deref(), now)?;
    let rows = db::driver_use(&app.db, &days, query.driver, now, (after, limit)).await?;
    Ok(Json(Page::cut(rows, limit, UseRow::day).map(DriverUse::from)))
}
