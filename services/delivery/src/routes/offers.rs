use axum::{extract::State, http::StatusCode};
use delivery_api::JobMove;
use jiff::{SignedDuration, Timestamp};
use kernel::DriverId;
use serde::{Deserialize, Serialize};
use store::Tx;
use wire::{Fault, Json, Path, Problem, Refusal, Signed};

use super::views::DriverJob;
use crate::{
    App,
    assign::Candidate,
    db::{self, JobRow},
    job::Expected,
    offer::{self, OfferId},
    rides::Rides,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum OfferRefusal {
    OfferOver,
}

impl Refusal for OfferRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        "This offer is over: its time is up, it was answered, or the order was cancelled.".into()
    }
}

/// Takes the offered job. Repeated, it gives the same answer.
#[utoipa::path(
    post, path = "/v1/delivery/offers/{offer}/accept", tag = "delivery",
    operation_id = "accept_offer", params(("offer" = OfferId, Path)),
    responses(
        (status = OK, body = DriverJob),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn accept_offer(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<OfferId>,
) -> Result<Json<DriverJob>, Fault<OfferRefusal>> {
    let driver = signed.driver();
    let now = app.clock.now();
    let rides = asked(&app, id, driver, now).await?;
    let mut tx = app.db.begin().await?;
    db::lock_driver(&mut tx, driver).await?;
    let offer = db::offer_of_driver(&mut tx, id, driver).await?;
    let offer = offer.ok_or_else(|| Problem::not_found("offer"))?;
    let job = db::lock_job(&mut tx, offer.job).await?;
    let carrying = db::carries(&mut tx, driver).await?;
    if !db::accept_offer(&mut tx, id, driver, now).await? {
        let before = db::offer_of_driver(&mut tx, id, driver).await?;
        if before.is_some_and(|offer| offer.state == "accepted") && job.driver == Some(driver) {
            return Ok(Json(DriverJob::of(&job, None, carrying && !job.state.carried(), now)));
        }
        return Err(OfferRefusal::OfferOver.into());
    }
    let free = free(&app, &mut tx, driver, now).await?;
    let expects = |rides: &Rides| expected(&job, free.as_ref(), now, rides);
    let told = expects(&Rides::default());
    let job = db::assign(&mut tx, job.id, driver, (now, expects(&rides))).await?;
    feed::append(&mut tx, &job.moved_expected(JobMove::Assigned, told), now).await?;
    tx.commit().await?;
    app.live.ring(job.order);
    Ok(Json(DriverJob::of(&job, None, carrying, now)))
}

/// When and where this driver is free; none of whom nothing was heard for long.
async fn free(
    app: &App,
    tx: &mut Tx<'_>,
    driver: DriverId,
    now: Timestamp,
) -> sqlx::Result<Option<Candidate>> {
    let found = db::drivers_on_shift(tx, Some(driver), &[], app.config.heard_since(now), 1).await?;
    Ok(found.first().map(|found| offer::candidate(&app.config, now, found)))
}

/// What a router says of the ways to which an open offer leads: to the store, and to the door.
async fn asked(app: &App, id: OfferId, driver: DriverId, now: Timestamp) -> sqlx::Result<Rides> {
    if !app.router.is_asked() {
        return Ok(Rides::default());
    }
    let mut tx = app.db.begin().await?;
    let offer = db::offer_of_driver(&mut tx, id, driver).await?;
    let Some(offer) = offer.filter(|offer| offer.state == "open") else {
        return Ok(Rides::default());
    };
    let free = free(app, &mut tx, driver, now).await?;
    tx.commit().await?;
    let Some(job) = db::job(&app.db, offer.job).await? else { return Ok(Rides::default()) };
    let to_store = free.map(|free| (free.place, job.store_place()));
    let to_door = (job.store_place(), job.door_place());
    let ways: Vec<_> = to_store.into_iter().chain([to_door]).collect();
    Ok(app.router.rides(&ways).await)
}

/// When it is at the door if a driver who is free like this fetches it next.
fn expected(job: &JobRow, free: Option<&Candidate>, now: Timestamp, rides: &Rides) -> Expected {
    let Some(free) = free else {
        return job.eta_from_store(Expected { at: now, rough: true }, rides);
    };
    // What is in the bag first is known by an estimate only.
    let busy = free.free_in > 0;
    let begins = Expected { at: now + SignedDuration::from_secs(free.free_in), rough: busy };
    job.eta_from_store(begins.and(rides.ride(free.place, job.store_place())), rides)
}

/// Leaves the offered job to another. Repeated, it gives the same answer.
#[utoipa::path(
    post, path = "/v1/delivery/offers/{offer}/decline", tag = "delivery",
    operation_id = "decline_offer", params(("offer" = OfferId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn decline_offer(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<OfferId>,
) -> Result<StatusCode, Fault<OfferRefusal>> {
    let driver = signed.driver();
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if db::close_offers(&mut tx, driver, Some(id), "declined", now).await? == 0 {
        let offer = db::offer_of_driver(&mut tx, id, driver).await?;
        let offer = offer.ok_or_else(|| Problem::not_found("offer"))?;
        if offer.state != "declined" {
            return Err(OfferRefusal::OfferOver.into());
        }
    }
    tx.commit().await?;
    offer::round_now(&app).await;
    Ok(StatusCode::NO_CONTENT)
}
