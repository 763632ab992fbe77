use axum::{extract::State, http::StatusCode};
use compliance_api::{Facts, Moment, Reason, Verdict};
use delivery_api::{Estimate, JobMove};
use jiff::Timestamp;
use kernel::JobId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Refusal, Signed};

use super::views::DriverJob;
use crate::{
    App,
    db::{self, Act, JobRow, Proof},
    job::JobState,
    rides::Rides,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PickUpRefusal {
    WrongState {
        state: JobState,
    },
    /// Not packed, or not paid for.
    NotReady,
    /// It would be there before it is wanted, and what is wanted is known to be lawful only then.
    TooEarly {
        from: Timestamp,
    },
    /// There is another order in the bag.
    CarryingAnother,
    Unlawful {
        reasons: Vec<Reason>,
    },
}

impl Refusal for PickUpRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        match self {
            Self::WrongState { state } => super::wrong_state(*state),
            Self::NotReady => "The store has not finished this order. Wait for it.".into(),
            Self::TooEarly { .. } => {
                "It is wanted later. Leave with it when its slot says so.".into()
            }
            Self::CarryingAnother => "Deliver or return first what you carry.".into(),
            Self::Unlawful { reasons } => {
                format!("Leave it at the store: {}", in_words(reasons))
            }
        }
    }
}

/// Takes the order out of the store, if the law allows it until the driver could be back.
/// Repeated, it gives the same answer.
#[utoipa::path(
    post, path = "/v1/delivery/jobs/{job}/pick-up", tag = "delivery", operation_id = "pick_up",
    params(("job" = JobId, Path)),
    responses(
        (status = OK, body = DriverJob),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn pick_up(
    State(app): State<App>,
    signed: Signed,
    Path(job): Path<JobId>,
) -> Result<Json<DriverJob>, Fault<PickUpRefusal>> {
    let now = app.clock.now();
    let act = Act { job, driver: signed.driver(), at: now };
    let row = super::own_job(&app, act).await?;
    match row.state {
        JobState::Assigned if row.is_early(now) => {
            return Err(PickUpRefusal::TooEarly { from: row.leaves_from.unwrap_or(now) }.into());
        }
        JobState::Assigned if row.ready => {}
        JobState::Assigned => return Err(PickUpRefusal::NotReady.into()),
        _ => return settled(row, now),
    }
    let rides = app.router.rides(&[(row.store_place(), row.door_place())]).await;
    let verdict = app.compliance.judge(&facts(&app, &row, now, &rides)).await;
    let verdict = verdict.map_err(|error| Fault::from_call(error, |never| match never {}))?;
    let row = if verdict.allowed {
        take_out(&app, act, &row, (&verdict, &rides)).await?
    } else {
        stop(&app, act, &verdict).await?
    };
    match row {
        Some(row) => settled(row, now),
        // It changed while the law was asked.
        None => settled(super::own_job(&app, act).await?, now),
    }
}

/// The answer for what a pick-up has led to, now or before.
fn settled(row: JobRow, now: Timestamp) -> Result<Json<DriverJob>, Fault<PickUpRefusal>> {
    match row.state {
        JobState::PickedUp => Ok(Json(DriverJob::of(&row, None, true, now))),
        JobState::Stopped => Err(PickUpRefusal::Unlawful { reasons: row.stop_reasons }.into()),
        state => Err(PickUpRefusal::WrongState { state }.into()),
    }
}

/// What the law looks at when it leaves the store: now, and until the driver would be back at the
/// latest if the door refused, after all that is done there. That is as it was promised, and later
/// where a router says that roads are worse now than on the bad day that was reckoned with.
fn facts(app: &App, row: &JobRow, now: Timestamp, rides: &Rides) -> Facts {
    let (store, door) = (row.store_place(), row.door_place());
    let worst_seconds = rides.ride(store, door).worst_seconds;
    let trip = Estimate { worst_seconds, ..app.config.estimate(store, door) };
    Facts {
        moment: Moment::Dispatch,
        subject: row.order.to_string(),
        store: row.store,
        store_place: row.store_place(),
        door_place: Some(row.door_place()),
        address_kind: row.facts.destination.kind,
        customer: row.customer.cast(),
        at: now,
        back_by: Some(trip.back_by(now)),
        shown_date_of_birth: None,
        shown_valid_until: None,
        items: row.facts.lines.iter().map(orders_api::OrderLine::item).collect(),
    }
}

async fn take_out(
    app: &App,
    act: Act,
    row: &JobRow,
    (verdict, rides): (&Verdict, &Rides),
) -> Result<Option<JobRow>, Fault<PickUpRefusal>> {
    let mut tx = app.db.begin().await?;
    let eta = row.eta_from_now(act.at, rides);
    let told = row.eta_from_now(act.at, &Rides::default());
    let done =
        db::pick_up(&mut tx, act, verdict, eta).await.map_err(|error| {
            match store::violated(&error) {
                Some("job_one_carried") => PickUpRefusal::CarryingAnother.into(),
                _ => Fault::from(error),
            }
        })?;
    let Some(row) = done else { return Ok(None) };
    db::driver_is_at(&mut tx, act, row.store_place()).await?;
    let proof = Proof { kind: "pick_up", ..Proof::default() };
    db::keep_proof(&mut tx, act, &proof).await?;
    feed::append(&mut tx, &row.moved_expected(JobMove::PickedUp, told), act.at).await?;
    tx.commit().await?;
    app.live.ring(row.order);
    Ok(Some(row))
}

async fn stop(
    app: &App,
    act: Act,
    verdict: &Verdict,
) -> Result<Option<JobRow>, Fault<PickUpRefusal>> {
    let mut tx = app.db.begin().await?;
    let done = db::stop(&mut tx, act, verdict, &verdict.reasons).await?;
    let Some(row) = done else { return Ok(None) };
    let reason = in_words(&verdict.reasons);
    feed::append(&mut tx, &row.moved(JobMove::Stopped { reason }), act.at).await?;
    tx.commit().await?;
    crate::offer::round_now(app).await;
    Ok(Some(row))
}

fn in_words(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.detail.as_str()).collect::<Vec<_>>().join(" ")
}
