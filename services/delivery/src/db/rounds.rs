//! What a round of offers needs to know, and the offers it makes.

use jiff::Timestamp;
use kernel::{DriverId, JobId, Place};
use sqlx::{Row, postgres::PgRow};
use store::{Db, Tx};
use uuid::Uuid;

use super::jobs::{instant, place, state, when};
use crate::{job::JobState, offer::OfferId};

/// One round at a time in the whole house, until the transaction ends.
pub async fn round_is_mine(tx: &mut Tx<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext('tipple.delivery.round'))")
        .fetch_one(&mut **tx)
        .await
}

/// Waits for whoever makes offers now, for it is over in no time: what a router has answered is not
/// thrown away.
pub async fn round_will_be_mine(tx: &mut Tx<'_>) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('tipple.delivery.round'))")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Leaves asking a router to this round until it is over, or `until`; `false` where it is left to
/// another.
pub async fn round_asks(tx: &mut Tx<'_>, now: Timestamp, until: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query("update round_asking set until = $2 where until <= $1")
        .bind(store::instant(now))
        .bind(store::instant(until))
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What a router has answered has been used.
pub async fn round_is_over(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update round_asking set until = $1").bind(store::instant(now)).execute(db).await?;
    Ok(())
}

/// Ends offers that nobody answered in time; their jobs wait again.
pub async fn expire_offers(tx: &mut Tx<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "with due as (
             select offer.id from offer join job on job.id = offer.job
             where offer.state = 'open' and offer.expires_at <= $1
             for update of job skip locked),
         ended as (
             update offer set state = 'expired', answered_at = $1
             from due where offer.id = due.id and offer.state = 'open'
             returning offer.job)
         update job set state = 'waiting' from ended
         where job.id = ended.job and job.state = 'offered'",
    )
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A job that wants a driver.
pub struct WaitingRow {
    pub job: JobId,
    /// Whoever ordered it, should they drive: nobody brings their own.
    pub own: DriverId,
    pub store: Place,
    pub ready_at: Timestamp,
    pub since: Timestamp,
}

/// The oldest jobs without a driver.
pub async fn waiting_jobs(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<WaitingRow>> {
    let rows = sqlx::query(
        "select id, customer_id, store_lat, store_lon, ready_at, coalesce(search_from, created_at) as since
         from job where state = 'waiting' and coalesce(search_from, created_at) <= $2
         order by coalesce(search_from, created_at) limit $1",
    )
    .bind(limit)
    .bind(store::instant(now))
    .fetch_all(&mut **tx)
    .await?;
    let waiting = |row: &PgRow| {
        Ok(WaitingRow {
            job: row.try_get::<Uuid, _>("id")?.into(),
            own: row.try_get::<Uuid, _>("customer_id")?.into(),
            store: Place { lat: row.try_get("store_lat")?, lon: row.try_get("store_lon")? },
            ready_at: instant(row, "ready_at")?,
            since: instant(row, "since")?,
        })
    };
    rows.iter().map(waiting).collect()
}

/// Whether more than so many are on shift.
pub async fn more_on_shift_than(tx: &mut Tx<'_>, many: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select count(*) > $1 from (select from shift where ended_at is null limit $1 + 1) as open",
    )
    .bind(many)
    .fetch_one(&mut **tx)
    .await
}

/// An offer that did not lead to a delivery.
pub struct PastOffer {
    pub job: JobId,
    pub driver: DriverId,
    /// Otherwise it was let pass.
    pub declined: bool,
    pub at: Timestamp,
}

pub async fn past_offers(tx: &mut Tx<'_>, jobs: &[Uuid]) -> sqlx::Result<Vec<PastOffer>> {
    let rows = sqlx::query(
        "select job, driver, state = 'declined' as declined, answered_at from offer
         where job = any($1) and state in ('declined', 'expired')",
    )
    .bind(jobs)
    .fetch_all(&mut **tx)
    .await?;
    let past = |row: &PgRow| {
        Ok(PastOffer {
            job: row.try_get::<Uuid, _>("job")?.into(),
            driver: row.try_get::<Uuid, _>("driver")?.into(),
            declined: row.try_get("declined")?,
            at: instant(row, "answered_at")?,
        })
    };
    rows.iter().map(past).collect()
}

/// A driver on shift.
pub struct OnShift {
    pub driver: DriverId,
    pub place: Place,
    pub idle_since: Timestamp,
    /// Has an open offer or a job to fetch already.
    pub taken: bool,
    /// What is in the bag.
    pub carried: Option<Carried>,
}

pub struct Carried {
    pub state: JobState,
    pub eta: Option<Timestamp>,
    pub store: Place,
    pub door: Place,
}

/// All who are on shift and were heard of since then, or only one of them; these first, as far as they
/// are on shift.
pub async fn drivers_on_shift(
    tx: &mut Tx<'_>,
    only: Option<DriverId>,
    first: &[DriverId],
    since: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<OnShift>> {
    let rows = sqlx::query(
        "select shift.driver, shift.lat, shift.lon, carried.state as carried, carried.eta,
                carried.store_lat, carried.store_lon, carried.door_lat, carried.door_lon,
                greatest(shift.began_at, (select max(ended_at) from job done
                                          where done.driver = shift.driver)) as idle_since,
                exists (select from offer where offer.driver = shift.driver
                                            and offer.state = 'open')
                or exists (select from job next where next.driver = shift.driver
                                                  and next.state = 'assigned') as taken
         from shift join driver on driver.id = shift.driver and driver.active
         left join job carried on carried.driver = shift.driver
                              and carried.state in ('picked_up', 'arrived', 'returning')
         where shift.ended_at is null and ($1::uuid is null or shift.driver = $1)
           and shift.seen_at >= $2
         order by shift.driver = any($4) desc, shift.driver limit $3",
    )
    .bind(only.map(DriverId::uuid))
    .bind(store::instant(since))
    .bind(limit)
    .bind(first.iter().map(|driver| driver.uuid()).collect::<Vec<_>>())
    .fetch_all(&mut **tx)
    .await?;
    let on_shift = |row: &PgRow| {
        let places = place(row, "store_lat", "store_lon")?.zip(place(row, "door_lat", "door_lon")?);
        let eta = when(row, "eta")?;
        let carried = state(row, "carried")?.zip(places);
        Ok(OnShift {
            driver: row.try_get::<Uuid, _>("driver")?.into(),
            place: Place { lat: row.try_get("lat")?, lon: row.try_get("lon")? },
            idle_since: instant(row, "idle_since")?,
            taken: row.try_get("taken")?,
            carried: carried.map(|(state, (store, door))| Carried { state, eta, store, door }),
        })
    };
    rows.iter().map(on_shift).collect()
}

/// Offers these jobs to these drivers, where they still wait.
pub async fn make_offers(
    tx: &mut Tx<'_>,
    pairs: &[(JobId, DriverId)],
    now: Timestamp,
    expires_at: Timestamp,
) -> sqlx::Result<u64> {
    let ids: Vec<Uuid> = pairs.iter().map(|_| OfferId::new().uuid()).collect();
    let (jobs, drivers): (Vec<Uuid>, Vec<Uuid>) =
        pairs.iter().map(|(job, driver)| (job.uuid(), driver.uuid())).unzip();
    let done = sqlx::query(
        "with wanted as (
             select * from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as w (id, job, driver)),
         taken as (
             update job set state = 'offered' from wanted
             where job.id = wanted.job and job.state = 'waiting'
             returning job.id)
         insert into offer (id, job, driver, offered_at, expires_at, state)
         select wanted.id, wanted.job, wanted.driver, $4, $5, 'open'
         from wanted join taken on taken.id = wanted.job",
    )
    .bind(ids)
    .bind(jobs)
    .bind(drivers)
    .bind(store::instant(now))
    .bind(store::instant(expires_at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
