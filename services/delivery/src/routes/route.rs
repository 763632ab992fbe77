use axum::extract::State;
use kernel::{OrderId, Place};
use serde::Serialize;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::{
    order::{drives, may_see},
    views::about,
};
use crate::{
    App,
    db::{self, JobRow},
    job::JobState,
};

/// The way that is left, along streets.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WayLeft {
    /// Through where it leads, as Google encodes it (a polyline of precision 5). To be shown on
    /// Google's map and on no other, and kept nowhere. Null where the house has no routes of Google's,
    /// nobody is on the way, or there is no answer now: then a straight line says as much as is known.
    google_polyline: Option<String>,
}

/// The way that is left to the next stop, asked for anew each time; a few times in five minutes. To
/// the customer only while it is on its way to the door, and from about where the driver is.
#[utoipa::path(
    get, path = "/v1/delivery/orders/{order}/route", tag = "delivery",
    operation_id = "route_of_order", params(("order" = OrderId, Path)),
    responses(
        (status = OK, body = WayLeft),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn route_of_order(
    State(app): State<App>,
    signed: Signed,
    Path(order): Path<OrderId>,
) -> Result<Json<WayLeft>, Fault<Never>> {
    let found = db::job_of_order(&app.db, order).await?;
    let (job, driver) = found
        .filter(|(job, _)| may_see(&signed, job))
        .ok_or_else(|| Problem::not_found("delivery"))?;
    let exactly = drives(&signed, &job) || signed.reach.store(job.store);
    let way = driver.and_then(|(place, _)| way_left(&job, place, exactly));
    let google_polyline = match way {
        Some(way) => app.router.line(order, signed.person, way).await,
        None => None,
    };
    Ok(Json(WayLeft { google_polyline }))
}

/// From where the driver is to where the driver goes next. Who may not know `exactly` where that is
/// learns of the way to the door alone.
fn way_left(job: &JobRow, driver: Place, exactly: bool) -> Option<(Place, Place)> {
    match job.state {
        JobState::PickedUp if exactly => Some((driver, job.door_place())),
        JobState::PickedUp => Some((about(driver), job.door_place())),
        JobState::Assigned | JobState::Returning if exactly => Some((driver, job.store_place())),
        _ => None,
    }
}
