use axum::extract::State;
use delivery_api::JobMove;
use garde::Validate;
use kernel::JobId;
use serde::Deserialize;
use wire::{Fault, Json, Path, Problem, Signed};

use super::{
    JobRefusal,
    jobs::{JobSummary, summary},
};
use crate::{
    App,
    db::{self, Act, Proof},
    job::JobState,
    offer,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lose {
    /// What is known of it: for the house, not for the customer.
    #[garde(length(chars, min = 1, max = 500), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What left the store, and was not handed over, will not come back: it is written off, and the
/// customer gets the money for it back. Repeated, it gives the same answer.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/lose", tag = "delivery", operation_id = "lose_job",
    params(("job" = JobId, Path)), request_body = Lose,
    responses(
        (status = OK, body = JobSummary),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn lose_job(
    State(app): State<App>,
    signed: Signed,
    Path(job): Path<JobId>,
    Json(input): Json<Lose>,
) -> Result<Json<JobSummary>, Fault<JobRefusal>> {
    let now = app.clock.now();
    let row = db::job(&app.db, job).await?.ok_or_else(|| Problem::not_found("job"))?;
    let Some(driver) = row.driver else {
        return Err(JobRefusal::WrongState { state: row.state }.into());
    };
    let act = Act { job, driver, at: now };
    let mut tx = app.db.begin().await?;
    if let Some(row) = db::lose(&mut tx, act).await? {
        let (told_by, note) = (Some(signed.person), Some(input.reason.as_str()));
        let proof = Proof { kind: "loss", told_by, note, ..Proof::default() };
        db::keep_proof(&mut tx, act, &proof).await?;
        let event = row.moved_by(signed.person, JobMove::Lost { note: input.reason });
        feed::append(&mut tx, &event, now).await?;
        db::end_shifts_of_gone(&mut *tx, Some(driver), now).await?;
        tx.commit().await?;
        app.live.ring(row.order);
        offer::round_now(&app).await;
        return Ok(Json(summary(row, &signed)));
    }
    drop(tx);
    let row = db::job(&app.db, job).await?.ok_or_else(|| Problem::not_found("job"))?;
    if row.state != JobState::Lost {
        return Err(JobRefusal::WrongState { state: row.state }.into());
    }
    Ok(Json(summary(row, &signed)))
}
