use axum::extract::State;
use delivery_api::{JobMove, RefusedBecause};
use jiff::Timestamp;
use kernel::{JobId, PersonId};
use store::Tx;
use wire::{Fault, Json, Path, Problem, Query, Signed};

use super::{JobRefusal, happened::Happened, refuse, views::DriverJob};
use crate::{
    App,
    db::{self, Act, JobRow, Proof},
    job::JobState,
    offer,
};

/// All that went back is at the store again. Its driver says so once it goes back; the store and
/// operators also while it is still out, where the driver will not say so. Repeated, it gives the
/// same answer.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/return", tag = "delivery",
    operation_id = "return_to_store", params(("job" = JobId, Path), Happened),
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
    Query(happened): Query<Happened>,
) -> Result<Json<DriverJob>, Fault<JobRefusal>> {
    let now = app.clock.now();
    let row = db::job(&app.db, job).await?;
    let row = row.filter(|row| may(&signed, row)).ok_or_else(|| Problem::not_found("job"))?;
    let Some(driver) = row.driver else {
        return Err(JobRefusal::WrongState { state: row.state }.into());
    };
    let act = Act { job, driver, at: happened.on(&row, now)? };
    let told_by = if is_driver_of(&signed, &row) { None } else { Some(signed.person) };
    let mut tx = app.db.begin().await?;
    if let Some(row) = book(&mut tx, act, told_by, now).await? {
        db::told_later(&mut tx, act, "return", now).await?;
        db::end_shifts_of_gone(&mut *tx, Some(driver), now).await?;
        tx.commit().await?;
        app.live.ring(row.order);
        offer::round_now(&app).await;
        return Ok(Json(DriverJob::of(&row, None, false, now)));
    }
    drop(tx);
    let row = db::job(&app.db, job).await?.ok_or_else(|| Problem::not_found("job"))?;
    if row.state != JobState::Returned {
        return Err(JobRefusal::WrongState { state: row.state }.into());
    }
    Ok(Json(DriverJob::of(&row, None, false, now)))
}

fn is_driver_of(signed: &Signed, row: &JobRow) -> bool {
    signed.reach.own && row.driver == Some(signed.driver())
}

fn may(signed: &Signed, row: &JobRow) -> bool {
    is_driver_of(signed, row) || signed.reach.store(row.store)
}

/// Books it in, if it can come back. What the driver never said goes back is turned round first,
/// so that everyone hears the same story as of any other return.
async fn book(
    tx: &mut Tx<'_>,
    act: Act,
    told_by: Option<PersonId>,
    now: Timestamp,
) -> anyhow::Result<Option<JobRow>> {
    if let Some(by) = told_by {
        let because = RefusedBecause::NotDelivered;
        if let Some(row) = db::refuse(tx, act, (refuse::name(because), ""), true).await? {
            let moved = JobMove::Refused { because, note: String::new() };
            feed::append(tx, &row.moved_by(by, moved), now).await?;
        }
    }
    let Some(row) = db::bring_back(tx, act).await? else { return Ok(None) };
    let proof = Proof { kind: "return", told_by, ..Proof::default() };
    db::keep_proof(tx, act, &proof).await?;
    let event = if let Some(by) = told_by {
        row.moved_by(by, JobMove::Returned)
    } else {
        db::driver_is_at(tx, act, row.store_place()).await?;
        row.moved(JobMove::Returned)
    };
    feed::append(tx, &event, now).await?;
    Ok(Some(row))
}
