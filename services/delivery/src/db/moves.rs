//! What a driver does with a job. Each statement changes the row only from the state it must be
//! in, and gives it back as it is then; none where it was not.

use compliance_api::{Reason, Verdict};
use delivery_api::HandedLine;
use jiff::Timestamp;
use kernel::{DriverId, JobId, PersonId, Place};
use sqlx::types::Json;
use store::{Db, Tx};
use uuid::Uuid;

use super::JobRow;
use crate::job::Expected;

/// A driver's deed at some instant.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    pub job: JobId,
    pub driver: DriverId,
    pub at: Timestamp,
}

pub async fn pick_up(
    tx: &mut Tx<'_>,
    act: Act,
    verdict: &Verdict,
    eta: Expected,
) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "update job set state = 'picked_up', picked_up_at = $3, step_at = $3, dispatch_verdict = $4, eta = $5,
                        eta_rough = $6, eta_asked_at = $3
         from driver
         where job.id = $1 and driver = $2 and driver.id = $2 and state = 'assigned' and ready
         returning job.*, driver.given_name as driver_name",
    )
    .bind(act.job.uuid())
    .bind(act.driver.uuid())
    .bind(store::instant(act.at))
    .bind(verdict.verdict.uuid())
    .bind(store::instant(eta.at))
    .bind(eta.rough)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn stop(
    tx: &mut Tx<'_>,
    act: Act,
    verdict: &Verdict,
    reasons: &[Reason],
) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "update job set state = 'stopped', ended_at = $3, dispatch_verdict = $4, eta = null,
                        stop_reasons = $5
         from driver
         where job.id = $1 and driver = $2 and driver.id = $2 and state = 'assigned'
         returning job.*, driver.given_name as driver_name",
    )
    .bind(act.job.uuid())
    .bind(act.driver.uuid())
    .bind(store::instant(act.at))
    .bind(verdict.verdict.uuid())
    .bind(Json(reasons))
    .fetch_optional(&mut **tx)
    .await
}

pub async fn arrive(tx: &mut Tx<'_>, act: Act) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "update job set state = 'arrived', arrived_at = $3, step_at = $3, eta = null
         from driver
         where job.id = $1 and driver = $2 and driver.id = $2 and state = 'picked_up'
         returning job.*, driver.given_name as driver_name",
    )
    .bind(act.job.uuid())
    .bind(act.driver.uuid())
    .bind(store::instant(act.at))
    .fetch_optional(&mut **tx)
    .await
}

/// What changes hands, and on the strength of which check.
pub struct Handing<'a> {
    pub lines: &'a [HandedLine],
    pub whole: bool,
    /// Given where any of it is alcohol.
    pub allowed_by: Option<Uuid>,
}

pub async fn hand_over(
    tx: &mut Tx<'_>,
    act: Act,
    handing: &Handing<'_>,
) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "update job set state = case when $4 then 'handed_over' else 'returning' end,
                        ended_at = case when $4 then $3 end, step_at = $3,
                        handed = $5, allowed_by = $6, alcohol_handed = $6 is not null
         from driver
         where job.id = $1 and driver = $2 and driver.id = $2 and state = 'arrived'
         returning job.*, driver.given_name as driver_name",
    )
    .bind(act.job.uuid())
    .bind(act.driver.uuid())
    .bind(store::instant(act.at))
    .bind(handing.whole)
    .bind(Json(handing.lines))
    .bind(handing.allowed_by)
    .fetch_optional(&mut **tx)
    .await
}

/// From the door; from the road too where `on_the_road`.
pub async fn refuse(
    tx: &mut Tx<'_>,
    act: Act,
    (because, note): (&str, &str),
    on_the_road: bool,
) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "update job set state = 'returning', refused_because = $3, note = $4, step_at = $6, eta = null
         from driver
         where job.id = $1 and driver = $2 and driver.id = $2
           and (state = 'arrived' or (state = 'picked_up' and $5))
         returning job.*, driver.given_name as driver_name",
    )
    .bind(act.job.uuid())
    .bind(act.driver.uuid())
    .bind(because)
    .bind(note)
    .bind(on_the_road)
    .bind(store::instant(act.at))
    .fetch_optional(&mut **tx)
    .await
}

pub async fn bring_back(tx: &mut Tx<'_>, act: Act) -> sqlx::Result<Option<JobRow>> {
    end_way(tx, act, "returned").await
}

/// What is out, or on its way back, will not come.
pub async fn lose(tx: &mut Tx<'_>, act: Act) -> sqlx::Result<Option<JobRow>> {
    end_way(tx, act, "lost").await
}

/// Only what comes back is returned; lost may be what never got to the door too.
async fn end_way(tx: &mut Tx<'_>, act: Act, state: &str) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "update job set state = $4, ended_at = $3, step_at = $3, eta = null
         from driver
         where job.id = $1 and driver = $2 and driver.id = $2
           and (state = 'returning' or (state in ('picked_up', 'arrived') and $4 = 'lost'))
         returning job.*, driver.given_name as driver_name",
    )
    .bind(act.job.uuid())
    .bind(act.driver.uuid())
    .bind(store::instant(act.at))
    .bind(state)
    .fetch_optional(&mut **tx)
    .await
}

/// A driver who says so is there: keeps working where the network carries no pings.
pub async fn driver_is_at(tx: &mut Tx<'_>, act: Act, place: Place) -> sqlx::Result<()> {
    sqlx::query(
        "update shift set lat = $2, lon = $3, last_ping_at = $4, seen_at = greatest(seen_at, $4)
         where driver = $1 and ended_at is null and last_ping_at <= $4",
    )
    .bind(act.driver.uuid())
    .bind(place.lat)
    .bind(place.lon)
    .bind(store::instant(act.at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A step that changes no state.
pub async fn step(tx: &mut Tx<'_>, act: Act) -> sqlx::Result<()> {
    sqlx::query("update job set step_at = $2 where id = $1")
        .bind(act.job.uuid())
        .bind(store::instant(act.at))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps when a deed was told too, where it happened before that.
pub async fn told_later(
    tx: &mut Tx<'_>,
    act: Act,
    deed: &str,
    told_at: Timestamp,
) -> sqlx::Result<()> {
    if act.at >= told_at {
        return Ok(());
    }
    sqlx::query(
        "insert into told_later (job, deed, happened_at, told_at) values ($1, $2, $3, $4)
         on conflict (job, deed) do nothing",
    )
    .bind(act.job.uuid())
    .bind(deed)
    .bind(store::instant(act.at))
    .bind(store::instant(told_at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What shows afterwards that it happened, and where.
#[derive(Default)]
pub struct Proof<'a> {
    pub kind: &'a str,
    pub recipient_name: Option<&'a str>,
    pub signature: Option<&'a str>,
    /// Who says so, where that is not the driver.
    pub told_by: Option<PersonId>,
    pub note: Option<&'a str>,
}

pub async fn keep_proof(tx: &mut Tx<'_>, act: Act, proof: &Proof<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into proof (id, job, kind, at, driver, recipient_name, signature, told_by, note,
                            lat, lon)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, shift.lat, shift.lon
         from driver left join shift on shift.driver = driver.id and shift.ended_at is null
                                        and $8::uuid is null
         where driver.id = $5
         on conflict (job, kind) do nothing",
    )
    .bind(kernel::Id::<Proof<'_>>::new().uuid())
    .bind(act.job.uuid())
    .bind(proof.kind)
    .bind(store::instant(act.at))
    .bind(act.driver.uuid())
    .bind(proof.recipient_name)
    .bind(proof.signature)
    .bind(proof.told_by.map(PersonId::uuid))
    .bind(proof.note)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether a router is to be asked when it will be at the door: not asked since `before`. Then it is
/// asked now, by nobody else.
pub async fn router_is_asked(
    db: &Db,
    job: JobId,
    now: Timestamp,
    before: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update job set eta_asked_at = $2
         where id = $1 and state = 'picked_up' and (eta_asked_at is null or eta_asked_at <= $3)",
    )
    .bind(job.uuid())
    .bind(store::instant(now))
    .bind(store::instant(before))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A new expectation for what is on its way to the door. Unless it is `instead` of what a router
/// said, it leaves that alone.
pub async fn expect_at_door(db: &Db, job: JobId, eta: Expected, instead: bool) -> sqlx::Result<()> {
    sqlx::query(
        "update job set eta = $2, eta_rough = $3
         where id = $1 and state = 'picked_up' and ($4 or eta_rough)",
    )
    .bind(job.uuid())
    .bind(store::instant(eta.at))
    .bind(eta.rough)
    .bind(instead)
    .execute(db)
    .await?;
    Ok(())
}
