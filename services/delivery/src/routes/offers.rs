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
    db::{self, JobRow},
    estimate::ride,
    offer::{self, OfferId},
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
    let eta = expected(&app, &mut tx, &job, driver, now).await?;
    let job = db::assign(&mut tx, job.id, driver, (now, eta)).await?;
    feed::append(&mut tx, &job.moved(JobMove::Assigned), now).await?;
    tx.commit().await?;
    Ok(Json(DriverJob::of(&job, None, carrying, now)))
}

/// When it is at the door if this driver fetches it next.
async fn expected(
    app: &App,
    tx: &mut Tx<'_>,
    job: &JobRow,
    driver: DriverId,
    now: Timestamp,
) -> sqlx::Result<Timestamp> {
    let found = db::drivers_on_shift(tx, Some(driver), app.config.heard_since(now), 1).await?;
    let Some(found) = found.first() else { return Ok(job.eta_from_store(now)) };
    let free = offer::candidate(&app.config, now, found);
    let ride = ride(free.place, job.store_place());
    let at_store = now + SignedDuration::from_secs(free.free_in + i64::from(ride.seconds));
    Ok(job.eta_from_store(at_store))
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
