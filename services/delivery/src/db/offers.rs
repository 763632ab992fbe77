//! Offers, as the drivers who get them answer them.

use jiff::Timestamp;
use kernel::{DriverId, JobId};
use sqlx::{FromRow, Row, postgres::PgRow};
use store::{Db, Tx};
use uuid::Uuid;

use super::jobs::{JobRow, instant};
use crate::{job::Expected, offer::OfferId};

/// A driver's own offer.
#[derive(Debug, Clone)]
pub struct OfferRow {
    pub id: OfferId,
    pub job: JobId,
    pub state: String,
    pub expires_at: Timestamp,
}

impl FromRow<'_, PgRow> for OfferRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            job: row.try_get::<Uuid, _>("job")?.into(),
            state: row.try_get("state")?,
            expires_at: instant(row, "expires_at")?,
        })
    }
}

pub async fn offer_of_driver(
    tx: &mut Tx<'_>,
    offer: OfferId,
    driver: DriverId,
) -> sqlx::Result<Option<OfferRow>> {
    sqlx::query_as("select id, job, state, expires_at from offer where id = $1 and driver = $2")
        .bind(offer.uuid())
        .bind(driver.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// The offer that a driver should answer now, and its job.
pub async fn open_offer(
    db: &Db,
    driver: DriverId,
    now: Timestamp,
) -> sqlx::Result<Option<(OfferRow, JobRow)>> {
    let row = sqlx::query(
        "select offer.id, offer.job, offer.state, offer.expires_at from offer
         where driver = $1 and state = 'open' and expires_at > $2",
    )
    .bind(driver.uuid())
    .bind(store::instant(now))
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let offer = OfferRow::from_row(&row)?;
    let job = sqlx::query_as(
        "select job.*, null::text as driver_name from job where id = $1 and state = 'offered'",
    )
    .bind(offer.job.uuid())
    .fetch_optional(db)
    .await?;
    Ok(job.map(|job| (offer, job)))
}

/// Takes the job of an offer: locked first, so that the job's row always is before the offer's.
pub async fn lock_job(tx: &mut Tx<'_>, job: JobId) -> sqlx::Result<JobRow> {
    sqlx::query_as(
        "select job.*, driver.given_name as driver_name
         from job left join driver on driver.id = job.driver
         where job.id = $1 for update of job",
    )
    .bind(job.uuid())
    .fetch_one(&mut **tx)
    .await
}

/// Accepts an open offer in time by a driver on shift; `false` when it is over.
pub async fn accept_offer(
    tx: &mut Tx<'_>,
    offer: OfferId,
    driver: DriverId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update offer set state = 'accepted', answered_at = $3
         where id = $1 and driver = $2 and state = 'open' and expires_at > $3
           and exists (select from shift where shift.driver = $2 and shift.ended_at is null)",
    )
    .bind(offer.uuid())
    .bind(driver.uuid())
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives the job to the driver who accepted it.
pub async fn assign(
    tx: &mut Tx<'_>,
    job: JobId,
    driver: DriverId,
    (now, eta): (Timestamp, Expected),
) -> sqlx::Result<JobRow> {
    sqlx::query_as(
        "update job set state = 'assigned', driver = $2, assigned_at = $3, step_at = $3, eta = $4,
                        eta_rough = $5
         from driver
         where job.id = $1 and driver.id = $2 and state = 'offered'
         returning job.*, driver.given_name as driver_name",
    )
    .bind(job.uuid())
    .bind(driver.uuid())
    .bind(store::instant(now))
    .bind(store::instant(eta.at))
    .bind(eta.rough)
    .fetch_one(&mut **tx)
    .await
}

/// Ends open offers of this driver, all or one of them, as `how`; their jobs wait again.
pub async fn close_offers(
    tx: &mut Tx<'_>,
    driver: DriverId,
    offer: Option<OfferId>,
    how: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "with mine as (
             select offer.id from offer join job on job.id = offer.job
             where offer.driver = $1 and ($2::uuid is null or offer.id = $2)
               and offer.state = 'open'
             for update of job),
         ended as (
             update offer set state = $3, answered_at = $4
             from mine where offer.id = mine.id and offer.state = 'open'
             returning offer.job)
         update job set state = 'waiting' from ended
         where job.id = ended.job and job.state = 'offered'",
    )
    .bind(driver.uuid())
    .bind(offer.map(OfferId::uuid))
    .bind(how)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
