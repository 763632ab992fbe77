use axum::extract::State;
use delivery_api::{JobMove, RefusedBecause};
use garde::Validate;
use kernel::JobId;
use serde::Deserialize;
use wire::{Fault, Json, Path, Problem, Query, Signed};

use super::{JobRefusal, happened::Happened, views::DriverJob};
use crate::{
    App,
    db::{self, Act, Proof},
    job::{self, JobState},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    #[garde(custom(of_a_driver))]
    because: RefusedBecause,
    /// For the store and the operator. Nothing from a document belongs here.
    #[garde(length(chars, max = 500), custom(wire::plain_text))]
    #[schema(max_length = 500)]
    #[serde(default)]
    note: String,
}

/// Hands nothing over: all of it goes back to the store. At the door for any reason, on the way
/// for damage, danger or the law. Repeated, it gives the same answer.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/refuse", tag = "delivery", operation_id = "refuse",
    params(("job" = JobId, Path), Happened), request_body = Refuse,
    responses(
        (status = OK, body = DriverJob),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn refuse(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<JobId>,
    Query(happened): Query<Happened>,
    Json(input): Json<Refuse>,
) -> Result<Json<DriverJob>, Fault<JobRefusal>> {
    let now = app.clock.now();
    let act = Act { job: id, driver: signed.driver(), at: now };
    let act = happened.act::<JobRefusal>(&app, act).await?;
    let because = name(input.because);
    let on_the_road = job::ON_THE_ROAD.contains(&input.because);
    let mut tx = app.db.begin().await?;
    if let Some(row) = db::refuse(&mut tx, act, (because, &input.note), on_the_road).await? {
        let proof = Proof { kind: "refusal", ..Proof::default() };
        db::keep_proof(&mut tx, act, &proof).await?;
        db::told_later(&mut tx, act, "refuse", now).await?;
        let moved = JobMove::Refused { because: input.because, note: input.note };
        feed::append(&mut tx, &row.moved(moved), now).await?;
        tx.commit().await?;
        app.live.ring(row.order);
        return Ok(Json(DriverJob::of(&row, None, true, now)));
    }
    drop(tx);
    let row = super::own_job::<JobRefusal>(&app, act).await?;
    if row.state == JobState::Returning && row.refused_because.as_deref() == Some(because) {
        return Ok(Json(DriverJob::of(&row, None, true, now)));
    }
    Err(JobRefusal::WrongState { state: row.state }.into())
}

/// A garde rule.
fn of_a_driver(because: &RefusedBecause, (): &()) -> garde::Result {
    if !job::AT_THE_DOOR.contains(because) {
        return Err(garde::Error::new("is for the store or an operator to say"));
    }
    Ok(())
}

pub(super) const fn name(because: RefusedBecause) -> &'static str {
    match because {
        RefusedBecause::UnderAge => "under_age",
        RefusedBecause::NoDocument => "no_document",
        RefusedBecause::DocumentNotTheirs => "document_not_theirs",
        RefusedBecause::Intoxicated => "intoxicated",
        RefusedBecause::NobodyThere => "nobody_there",
        RefusedBecause::CustomerDeclined => "customer_declined",
        RefusedBecause::Damaged => "damaged",
        RefusedBecause::NotLawful => "not_lawful",
        RefusedBecause::Unsafe => "unsafe",
        RefusedBecause::NotDelivered => "not_delivered",
    }
}
