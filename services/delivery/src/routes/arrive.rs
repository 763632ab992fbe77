use axum::extract::State;
use delivery_api::JobMove;
use kernel::JobId;
use wire::{Fault, Json, Path, Problem, Query, Signed};

use super::{JobRefusal, happened::Happened, views::DriverJob};
use crate::{
    App,
    db::{self, Act},
    job::JobState,
};

/// The driver is at the door. Repeated, it gives the same answer.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/arrive", tag = "delivery", operation_id = "arrive",
    params(("job" = JobId, Path), Happened),
    responses(
        (status = OK, body = DriverJob),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn arrive(
    State(app): State<App>,
    signed: Signed,
    Path(job): Path<JobId>,
    Query(happened): Query<Happened>,
) -> Result<Json<DriverJob>, Fault<JobRefusal>> {
    let now = app.clock.now();
    let act = Act { job, driver: signed.driver(), at: now };
    let act = happened.act::<JobRefusal>(&app, act).await?;
    let mut tx = app.db.begin().await?;
    if let Some(row) = db::arrive(&mut tx, act).await? {
        db::driver_is_at(&mut tx, act, row.door_place()).await?;
        db::told_later(&mut tx, act, "arrive", now).await?;
        feed::append(&mut tx, &row.moved(JobMove::Arrived), now).await?;
        tx.commit().await?;
        app.live.ring(row.order);
        return Ok(Json(DriverJob::of(&row, None, true, now)));
    }
    drop(tx);
    let row = super::own_job::<JobRefusal>(&app, act).await?;
    if row.state != JobState::Arrived {
        return Err(JobRefusal::WrongState { state: row.state }.into());
    }
    let check = db::newest_check(&app.db, job).await?;
    Ok(Json(DriverJob::of(&row, check, true, now)))
}
