use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use wire::{Fault, Json, Never, Problem, Signed};

use super::views::{DriverJob, OfferView};
use crate::{
    App,
    db::{self, JobRow},
    job::JobState,
};

/// All that a driver needs to know now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// The one next thing to do.
    step: Step,
    given_name: Option<String>,
    on_shift_since: Option<Timestamp>,
    /// A job to accept or decline.
    offer: Option<OfferView>,
    /// What is in the bag, or else what is to be fetched.
    job: Option<DriverJob>,
    /// What is to be fetched after that.
    next: Option<DriverJob>,
    /// What may be done about the shift now.
    can: Vec<ShiftDeed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShiftDeed {
    BeginShift,
    /// Not with something in the bag.
    EndShift,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    BeginShift,
    WaitForOffer,
    AnswerOffer,
    /// To the store, to fetch it.
    GoToStore,
    GoToDoor,
    /// Check, then hand over or refuse.
    AtDoor,
    /// To the store, with what was refused.
    GoBack,
}

/// The driver's shift, offer and jobs; who reads it is there still.
#[utoipa::path(
    get, path = "/v1/delivery/me", tag = "delivery", operation_id = "driver_me",
    responses(
        (status = OK, body = Me),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn me(State(app): State<App>, signed: Signed) -> Result<Json<Me>, Fault<Never>> {
    let driver = signed.driver();
    let now = app.clock.now();
    db::seen(&app.db, driver, now).await?;
    let Some(shift) = db::open_shift(&app.db, driver).await? else {
        return Ok(Json(Me {
            step: Step::BeginShift,
            given_name: None,
            on_shift_since: None,
            offer: None,
            job: None,
            next: None,
            can: vec![ShiftDeed::BeginShift],
        }));
    };
    let mut rows = db::jobs_at_hand(&app.db, driver).await?;
    rows.sort_by_key(|row| !row.state.carried());
    let carrying = rows.first().is_some_and(|row| row.state.carried());
    let offer = db::open_offer(&app.db, driver, now).await?;
    let check = match rows.first() {
        Some(row) if row.state == JobState::Arrived => db::newest_check(&app.db, row.id).await?,
        _ => None,
    };
    let step = step(rows.first(), offer.is_some());
    let mut views = rows.iter().map(|row| {
        let others = carrying && !row.state.carried();
        DriverJob::of(row, check.filter(|_| row.state == JobState::Arrived), others, now)
    });
    Ok(Json(Me {
        step,
        given_name: Some(shift.given_name).filter(|name| !name.is_empty()),
        on_shift_since: Some(shift.began_at),
        offer: offer.map(|(offer, job)| OfferView::of(&offer, &job, shift.place)),
        job: views.next(),
        next: views.next(),
        can: if carrying { Vec::new() } else { vec![ShiftDeed::EndShift] },
    }))
}

fn step(job: Option<&JobRow>, offered: bool) -> Step {
    match job.map(|job| job.state) {
        Some(JobState::PickedUp) => Step::GoToDoor,
        Some(JobState::Arrived) => Step::AtDoor,
        Some(JobState::Returning) => Step::GoBack,
        Some(_) => Step::GoToStore,
        None if offered => Step::AnswerOffer,
        None => Step::WaitForOffer,
    }
}
