use axum::extract::State;
use delivery_api::JobMove;
use kernel::JobId;
use wire::{Fault, Json, Path, Problem, Signed};

use super::{JobRefusal, views::DriverJob};
use crate::{
    App,
    db::{self, Act, Proof},
    job::JobState,
    offer,
};

/// All that went back is at the store again. For the job's driver; repeated, it gives the same
/// answer.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/return", tag = "delivery",
    operation_id = "return_to_store", params(("job" = JobId, Path)),
    responses(
        (status = OK, body = DriverJob),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn return_to_store(
    State(app): State<App>,
    signed: Signed,
    Path(job): Path<JobId>,
) -> Result<Json<DriverJob>, Fault<JobRefusal>> {
    let now = app.clock.now();
    let act = Act { job, driver: super::driver(&signed)?, at: now };
    let mut tx = app.db.begin().await?;
    if let Some(row) = db::bring_back(&mut tx, act).await? {
        db::driver_is_at(&mut tx, act, row.store_place()).await?;
        let proof = Proof { kind: "return", recipient_name: None, signature: None };
        db::keep_proof(&mut tx, act, &proof).await?;
        feed::append(&mut tx, &row.moved(JobMove::Returned), now).await?;
        tx.commit().await?;
        offer::round_now(&app).await;
        return Ok(Json(DriverJob::of(&row, None, false, now)));
    }
    drop(tx);
    let row = super::own_job::<JobRefusal>(&app, act).await?;
    if row.state != JobState::Returned {
        return Err(JobRefusal::WrongState { state: row.state }.into());
    }
    Ok(Json(DriverJob::of(&row, None, false, now)))
}
