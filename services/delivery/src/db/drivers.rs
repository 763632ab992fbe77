//! Drivers, their shifts and where they were.

use accounts_api::PersonChanged;
use jiff::Timestamp;
use kernel::{DriverId, JobId, OrderId, Place, Role};
use sqlx::{Row, postgres::PgRow};
use store::{Db, Tx};
use uuid::Uuid;

use super::jobs::{JobRow, instant, place, state};
use crate::job::JobState;

/// Keeps what a newer event says about a driver; people who never drove are not kept. Tells
/// whether it was newer.
pub async fn keep_driver(tx: &mut Tx<'_>, person: &PersonChanged) -> sqlx::Result<bool> {
    let statement = if person.roles.contains(&Role::Driver) {
        "insert into driver (id, given_name, active, version) values ($1, $2, true, $3)
         on conflict (id) do update
             set given_name = excluded.given_name, active = true, version = excluded.version
             where driver.version < excluded.version"
    } else {
        "update driver set given_name = $2, active = false, version = $3
         where id = $1 and version < $3"
    };
    let done = sqlx::query(statement)
        .bind(person.person.uuid())
        .bind(&person.given_name)
        .bind(person.version)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Whoever changes what a driver has at hand holds this lock, before any other.
pub async fn lock_driver(tx: &mut Tx<'_>, driver: DriverId) -> sqlx::Result<()> {
    sqlx::query("select from driver where id = $1 for no key update")
        .bind(driver.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Begins a shift, or finds the one that has begun: since when. None where accounts took the role
/// away. A driver of whom accounts has not told yet has no name for now.
pub async fn begin_shift(
    tx: &mut Tx<'_>,
    driver: DriverId,
    at: Place,
    now: Timestamp,
) -> sqlx::Result<Option<Timestamp>> {
    sqlx::query(
        "insert into driver (id, given_name, active, version) values ($1, '', true, 0)
         on conflict (id) do nothing",
    )
    .bind(driver.uuid())
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "insert into shift (id, driver, began_at, lat, lon, last_ping_at, seen_at)
         select $1, driver.id, $3, $4, $5, $3, $3 from driver where driver.id = $2 and driver.active
         on conflict (driver) where ended_at is null do nothing",
    )
    .bind(kernel::Id::<ShiftRow>::new().uuid())
    .bind(driver.uuid())
    .bind(store::instant(now))
    .bind(at.lat)
    .bind(at.lon)
    .execute(&mut **tx)
    .await?;
    let began: Option<jiff_sqlx::Timestamp> = sqlx::query_scalar(
        "select began_at from shift join driver on driver.id = shift.driver and driver.active
         where driver = $1 and ended_at is null",
    )
    .bind(driver.uuid())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(began.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Takes from a driver what is not fetched yet; it waits for another.
pub async fn unassign(tx: &mut Tx<'_>, driver: DriverId) -> sqlx::Result<Vec<JobRow>> {
    sqlx::query_as(
        "update job set state = 'waiting', driver = null, assigned_at = null, eta = null
         from driver
         where driver.id = $1 and job.driver = $1 and state = 'assigned'
         returning job.*, driver.given_name as driver_name",
    )
    .bind(driver.uuid())
    .fetch_all(&mut **tx)
    .await
}

pub async fn carries(tx: &mut Tx<'_>, driver: DriverId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from job where driver = $1
                        and state in ('picked_up', 'arrived', 'returning'))",
    )
    .bind(driver.uuid())
    .fetch_one(&mut **tx)
    .await
}

pub async fn end_shift(tx: &mut Tx<'_>, driver: DriverId, now: Timestamp) -> sqlx::Result<()> {
    // Another process may have begun it by a clock a little ahead.
    sqlx::query(
        "update shift set ended_at = greatest(began_at, $2) where driver = $1 and ended_at is null",
    )
    .bind(driver.uuid())
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends shifts of people who no longer drive and have nothing left to bring, or of one of them.
pub async fn end_shifts_of_gone<'e>(
    db: impl sqlx::PgExecutor<'e>,
    only: Option<DriverId>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update shift set ended_at = greatest(began_at, $1) from driver
         where driver.id = shift.driver and not driver.active and ended_at is null
           and ($2::uuid is null or driver.id = $2)
           and not exists (select from job where job.driver = driver.id
                           and state in ('assigned', 'picked_up', 'arrived', 'returning'))",
    )
    .bind(store::instant(now))
    .bind(only.map(DriverId::uuid))
    .execute(db)
    .await?;
    Ok(())
}

/// The driver is there still.
pub async fn seen(db: &Db, driver: DriverId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update shift set seen_at = $2
         where driver = $1 and ended_at is null and seen_at < $2 - interval '1 minute'",
    )
    .bind(driver.uuid())
    .bind(store::instant(now))
    .execute(db)
    .await?;
    Ok(())
}

/// Drivers who are to fetch something and of whom nothing was heard since then.
pub async fn silent(db: &Db, since: Timestamp, limit: i64) -> sqlx::Result<Vec<DriverId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select shift.driver from shift join job on job.driver = shift.driver
         where shift.ended_at is null and shift.seen_at < $1 and job.state = 'assigned'
         order by shift.seen_at limit $2",
    )
    .bind(store::instant(since))
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(DriverId::from_uuid).collect())
}

/// Whether nothing was heard of this driver since then.
pub async fn is_silent(tx: &mut Tx<'_>, driver: DriverId, since: Timestamp) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from shift where driver = $1 and ended_at is null and seen_at < $2)",
    )
    .bind(driver.uuid())
    .bind(store::instant(since))
    .fetch_one(&mut **tx)
    .await
}

/// An open shift.
pub struct ShiftRow {
    pub given_name: String,
    pub began_at: Timestamp,
    pub place: Place,
}

pub async fn open_shift(db: &Db, driver: DriverId) -> sqlx::Result<Option<ShiftRow>> {
    let row = sqlx::query(
        "select given_name, began_at, lat, lon from shift join driver on driver.id = shift.driver
         where shift.driver = $1 and ended_at is null",
    )
    .bind(driver.uuid())
    .fetch_optional(db)
    .await?;
    let shift = |row: PgRow| {
        Ok(ShiftRow {
            given_name: row.try_get("given_name")?,
            began_at: instant(&row, "began_at")?,
            place: Place { lat: row.try_get("lat")?, lon: row.try_get("lon")? },
        })
    };
    row.map(shift).transpose()
}

/// Where a driver was.
pub struct Point {
    pub at: Timestamp,
    pub place: Place,
}

/// What keeping pings came to.
pub struct Pinged {
    pub on_shift: bool,
    pub kept: i64,
    /// Where the driver is now, where that is news.
    pub moved_to: Option<Place>,
    /// What is on its way to which door.
    pub carries: Option<(JobId, Place)>,
    /// Whose order that is.
    pub order: Option<OrderId>,
}

/// Keeps what was not known yet and happened in the shift; only the newest moves the driver.
pub async fn keep_pings(db: &Db, driver: DriverId, points: &[Point]) -> sqlx::Result<Pinged> {
    let at: Vec<_> = points.iter().map(|point| store::instant(point.at)).collect();
    let lat: Vec<f64> = points.iter().map(|point| point.place.lat).collect();
    let lon: Vec<f64> = points.iter().map(|point| point.place.lon).collect();
    let row = sqlx::query(
        "with mine as (select id, began_at from shift where driver = $1 and ended_at is null),
         come as (
             select * from unnest($2::timestamptz[], $3::float8[], $4::float8[]) as p (at, lat, lon)),
         kept as (
             insert into ping (driver, at, lat, lon)
             select $1, come.at, come.lat, come.lon from come join mine on come.at >= mine.began_at
             on conflict do nothing
             returning at, lat, lon),
         newest as (select * from kept order by at desc limit 1),
         moved as (
             update shift set lat = newest.lat, lon = newest.lon, last_ping_at = newest.at
             from newest, mine
             where shift.id = mine.id and newest.at > shift.last_ping_at
             returning shift.lat, shift.lon)
         select exists (select from mine) as on_shift, (select count(*) from kept) as kept,
                moved.lat, moved.lon, job.id as job, job.order_id, job.door_lat, job.door_lon
         from (select) as always left join moved on true
         left join job on job.driver = $1 and job.state = 'picked_up'",
    )
    .bind(driver.uuid())
    .bind(at)
    .bind(lat)
    .bind(lon)
    .fetch_one(db)
    .await?;
    let job: Option<Uuid> = row.try_get("job")?;
    Ok(Pinged {
        on_shift: row.try_get("on_shift")?,
        kept: row.try_get("kept")?,
        moved_to: place(&row, "lat", "lon")?,
        order: row.try_get::<Option<Uuid>, _>("order_id")?.map(OrderId::from_uuid),
        carries: job.map(JobId::from_uuid).zip(place(&row, "door_lat", "door_lon")?),
    })
}

pub async fn forget_pings(db: &Db, before: Timestamp) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from ping where at < $1")
        .bind(store::instant(before))
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// A driver on shift, as an operator sees it.
pub struct AtWork {
    pub driver: DriverId,
    pub given_name: String,
    pub began_at: Timestamp,
    pub place: Place,
    pub place_at: Timestamp,
    pub order: Option<OrderId>,
    pub job_state: Option<JobState>,
}

pub async fn drivers_page(
    db: &Db,
    after: Option<DriverId>,
    limit: u32,
) -> sqlx::Result<Vec<AtWork>> {
    let rows = sqlx::query(
        "select shift.driver, given_name, began_at, lat, lon, last_ping_at, job.order_id,
                job.state as job_state
         from shift join driver on driver.id = shift.driver
         left join lateral (
             select order_id, state from job
             where job.driver = shift.driver
               and job.state in ('assigned', 'picked_up', 'arrived', 'returning')
             order by job.state = 'assigned' limit 1) as job on true
         where ended_at is null and ($1::uuid is null or shift.driver > $1)
         order by shift.driver limit $2",
    )
    .bind(after.map(DriverId::uuid))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await?;
    let at_work = |row: &PgRow| {
        Ok(AtWork {
            driver: row.try_get::<Uuid, _>("driver")?.into(),
            given_name: row.try_get("given_name")?,
            began_at: instant(row, "began_at")?,
            place: Place { lat: row.try_get("lat")?, lon: row.try_get("lon")? },
            place_at: instant(row, "last_ping_at")?,
            order: row.try_get::<Option<Uuid>, _>("order_id")?.map(OrderId::from_uuid),
            job_state: state(row, "job_state")?,
        })
    };
    rows.iter().map(at_work).collect()
}
