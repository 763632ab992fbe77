//! Jobs: the row, how it comes to be from what orders tell, and how it is read.

use compliance_api::Reason;
use delivery_api::HandedLine;
use jiff::{SignedDuration, Timestamp};
use kernel::{CustomerId, DriverId, JobId, Money, OrderId, Place, StoreId};
use orders_api::OrderFacts;
use sqlx::{FromRow, Row, postgres::PgRow, types::Json};
use store::{Db, Tx};
use uuid::Uuid;

use crate::job::JobState;

/// A row of `job`, with its driver's name.
#[derive(Debug, Clone)]
pub struct JobRow {
    pub id: JobId,
    pub order: OrderId,
    pub store: StoreId,
    pub customer: CustomerId,
    pub facts: OrderFacts,
    pub state: JobState,
    pub driver: Option<DriverId>,
    pub driver_name: Option<String>,
    pub ready: bool,
    pub ready_at: Timestamp,
    /// Before then it does not leave the store, for the slot in which it is wanted.
    pub leaves_from: Option<Timestamp>,
    pub eta: Option<Timestamp>,
    /// Whether `eta` is by the built-in estimate.
    pub eta_rough: bool,
    /// What its driver is paid, the tip aside; none where that is not said.
    pub pay: Option<Money>,
    pub created_at: Timestamp,
    /// When its last step happened; none before its first.
    pub step_at: Option<Timestamp>,
    pub stop_reasons: Vec<Reason>,
    pub handed: Option<Vec<HandedLine>>,
    pub refused_because: Option<String>,
}

impl JobRow {
    pub fn store_place(&self) -> Place {
        self.facts.store_place
    }

    pub fn door_place(&self) -> Place {
        self.facts.destination.place
    }
}

pub(super) fn when(row: &PgRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<jiff_sqlx::Timestamp> = row.try_get(column)?;
    Ok(at.map(jiff_sqlx::Timestamp::to_jiff))
}

pub(super) fn instant(row: &PgRow, column: &str) -> sqlx::Result<Timestamp> {
    Ok(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff())
}

pub(super) fn place(row: &PgRow, lat: &str, lon: &str) -> sqlx::Result<Option<Place>> {
    let (lat, lon): (Option<f64>, Option<f64>) = (row.try_get(lat)?, row.try_get(lon)?);
    Ok(lat.zip(lon).map(|(lat, lon)| Place { lat, lon }))
}

pub(super) fn state(row: &PgRow, column: &str) -> sqlx::Result<Option<JobState>> {
    let Some(name) = row.try_get::<Option<&str>, _>(column)? else { return Ok(None) };
    let unknown = || sqlx::Error::Decode(format!("no job is in state {name}").into());
    JobState::named(name).ok_or_else(unknown).map(Some)
}

impl FromRow<'_, PgRow> for JobRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let id = |column: &str| row.try_get::<Uuid, _>(column);
        let stop_reasons: Option<Json<Vec<Reason>>> = row.try_get("stop_reasons")?;
        let handed: Option<Json<Vec<HandedLine>>> = row.try_get("handed")?;
        let driver: Option<Uuid> = row.try_get("driver")?;
        let driver_name: Option<String> = row.try_get("driver_name")?;
        let facts: OrderFacts = row.try_get::<Json<_>, _>("facts")?.0;
        let pay: Option<i64> = row.try_get("pay")?;
        Ok(Self {
            id: id("id")?.into(),
            order: id("order_id")?.into(),
            store: id("store_id")?.into(),
            customer: id("customer_id")?.into(),
            pay: pay.map(|amount| Money::new(amount, facts.total.currency)),
            facts,
            state: state(row, "state")?.ok_or(sqlx::Error::RowNotFound)?,
            driver: driver.map(DriverId::from_uuid),
            driver_name: driver_name.filter(|name| !name.is_empty()),
            ready: row.try_get("ready")?,
            ready_at: instant(row, "ready_at")?,
            leaves_from: when(row, "leaves_from")?,
            eta: when(row, "eta")?,
            eta_rough: row.try_get("eta_rough")?,
            created_at: instant(row, "created_at")?,
            step_at: when(row, "step_at")?,
            stop_reasons: stop_reasons.map(|reasons| reasons.0).unwrap_or_default(),
            handed: handed.map(|lines| lines.0),
            refused_because: row.try_get("refused_because")?,
        })
    }
}

/// What orders has told of one order.
pub struct Told<'a> {
    pub facts: &'a OrderFacts,
    pub version: i64,
    pub packed: bool,
    pub captured: bool,
    pub at: Timestamp,
    /// None for as soon as possible.
    pub wanted: Option<WantedThen>,
    /// What its driver is paid, in minor units of the order's currency; none where that is not said.
    pub pay: Option<i64>,
}

/// What a slot asks for.
#[derive(Clone, Copy)]
pub struct WantedThen {
    /// It does not leave the store before then.
    pub leaves_from: Timestamp,
    pub search_from: Timestamp,
}

impl Told<'_> {
    fn ready_at(&self) -> Timestamp {
        let minutes = if self.packed { 0 } else { i64::from(self.facts.preparation_minutes) };
        let packed = self.at + SignedDuration::from_mins(minutes);
        self.wanted.map_or(packed, |wanted| wanted.leaves_from.max(packed))
    }

    fn search_from(&self) -> Timestamp {
        self.wanted.map_or(self.at, |wanted| wanted.search_from.max(self.at))
    }
}

/// Makes the job of an order, or adds what is new to it. What was true stays true, so it does not
/// matter in which order it is told.
pub async fn keep_job(tx: &mut Tx<'_>, told: &Told<'_>) -> sqlx::Result<()> {
    let (facts, door) = (told.facts, told.facts.destination.place);
    sqlx::query(
        "insert into job (id, order_id, store_id, customer_id, facts, order_version, state, packed,
                          captured, ready_at, created_at, store_lat, store_lon, door_lat, door_lon,
                          search_from, leaves_from, pay)
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                 $17)
         on conflict on constraint job_order do update set
             packed = job.packed or excluded.packed,
             captured = job.captured or excluded.captured,
             facts = case when excluded.order_version > job.order_version and job.ended_at is null
                          then excluded.facts else job.facts end,
             order_version = greatest(job.order_version, excluded.order_version),
             ready_at = case when excluded.packed then least(job.ready_at, excluded.ready_at)
                             else job.ready_at end",
    )
    .bind(JobId::new().uuid())
    .bind(facts.order.uuid())
    .bind(facts.store.uuid())
    .bind(facts.customer.uuid())
    .bind(Json(facts))
    .bind(told.version)
    .bind(told.packed)
    .bind(told.captured)
    .bind(store::instant(told.ready_at()))
    .bind(store::instant(told.at))
    .bind(facts.store_place.lat)
    .bind(facts.store_place.lon)
    .bind(door.lat)
    .bind(door.lon)
    .bind(store::instant(told.search_from()))
    .bind(told.wanted.map(|wanted| store::instant(wanted.leaves_from)))
    .bind(told.pay)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends the job of a cancelled order and withdraws its offer. What is on the road already goes
/// back to the store. Gives the state after.
pub async fn cancel_job(tx: &mut Tx<'_>, told: &Told<'_>) -> sqlx::Result<JobState> {
    // Also where no job is known yet, so that an earlier event that comes late begins none.
    keep_job(tx, told).await?;
    let row = sqlx::query(
        "update job set
             state = case when state in ('waiting', 'offered', 'assigned') then 'cancelled'
                          when state in ('picked_up', 'arrived') then 'returning'
                          else state end,
             ended_at = case when state in ('waiting', 'offered', 'assigned') then $2
                             else ended_at end,
             eta = null
         where order_id = $1
         returning id, state",
    )
    .bind(told.facts.order.uuid())
    .bind(store::instant(told.at))
    .fetch_one(&mut **tx)
    .await?;
    withdraw_offer(tx, row.try_get::<Uuid, _>("id")?.into(), told.at).await?;
    state(&row, "state")?.ok_or(sqlx::Error::RowNotFound)
}

/// Ends the job of an order that is still in the store and withdraws its offer; none where there is
/// no such job. A pick-up at the same time comes before or after: the row's lock decides.
pub async fn recall(
    tx: &mut Tx<'_>,
    order: OrderId,
    now: Timestamp,
) -> sqlx::Result<Option<JobRow>> {
    let row: Option<JobRow> = sqlx::query_as(
        "update job set state = 'cancelled', ended_at = $2, eta = null
         where order_id = $1 and state in ('waiting', 'offered', 'assigned')
         returning job.*, (select given_name from driver where driver.id = job.driver)
             as driver_name",
    )
    .bind(order.uuid())
    .bind(store::instant(now))
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(row) = &row {
        withdraw_offer(tx, row.id, now).await?;
    }
    Ok(row)
}

async fn withdraw_offer(tx: &mut Tx<'_>, job: JobId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update offer set state = 'withdrawn', answered_at = $2 where job = $1 and state = 'open'",
    )
    .bind(job.uuid())
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn job(db: &Db, job: JobId) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "select job.*, driver.given_name as driver_name
         from job left join driver on driver.id = job.driver where job.id = $1",
    )
    .bind(job.uuid())
    .fetch_optional(db)
    .await
}

/// A job of this driver's.
pub async fn job_of_driver(db: &Db, job: JobId, driver: DriverId) -> sqlx::Result<Option<JobRow>> {
    sqlx::query_as(
        "select job.*, driver.given_name as driver_name
         from job join driver on driver.id = job.driver
         where job.id = $1 and job.driver = $2",
    )
    .bind(job.uuid())
    .bind(driver.uuid())
    .fetch_optional(db)
    .await
}

/// What a driver has in the bag or is to fetch: at most two.
pub async fn jobs_at_hand(db: &Db, driver: DriverId) -> sqlx::Result<Vec<JobRow>> {
    sqlx::query_as(
        "select job.*, driver.given_name as driver_name
         from job join driver on driver.id = job.driver
         where job.driver = $1 and state in ('assigned', 'picked_up', 'arrived', 'returning')",
    )
    .bind(driver.uuid())
    .fetch_all(db)
    .await
}

/// A driver's place and since when it is known.
pub type Known = Option<(Place, Timestamp)>;

/// The job of an order, and where its driver was last.
pub async fn job_of_order(db: &Db, order: OrderId) -> sqlx::Result<Option<(JobRow, Known)>> {
    let row = sqlx::query(
        "select job.*, driver.given_name as driver_name, shift.lat, shift.lon, shift.last_ping_at
         from job left join driver on driver.id = job.driver
                  left join shift on shift.driver = job.driver and shift.ended_at is null
         where job.order_id = $1",
    )
    .bind(order.uuid())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let known = place(&row, "lat", "lon")?.zip(when(&row, "last_ping_at")?);
    Ok(Some((JobRow::from_row(&row)?, known)))
}

/// Which jobs a list has.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    pub state: Option<JobState>,
    pub order: Option<OrderId>,
    pub store: Option<StoreId>,
}

/// Jobs, newest first.
pub async fn jobs_page(
    db: &Db,
    which: Listed,
    after: Option<JobId>,
    limit: u32,
) -> sqlx::Result<Vec<JobRow>> {
    sqlx::query_as(
        "select job.*, driver.given_name as driver_name
         from job left join driver on driver.id = job.driver
         where ($1::text is null or state = $1) and ($2::uuid is null or order_id = $2)
           and ($3::uuid is null or store_id = $3) and ($4::uuid is null or job.id < $4)
         order by job.id desc limit $5",
    )
    .bind(which.state.map(JobState::name))
    .bind(which.order.map(OrderId::uuid))
    .bind(which.store.map(StoreId::uuid))
    .bind(after.map(JobId::uuid))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// A job, and by when it should have moved, as the database's own `moves_by` says.
pub struct LateRow {
    pub job: JobRow,
    pub moves_by: Timestamp,
}

impl FromRow<'_, PgRow> for LateRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self { job: JobRow::from_row(row)?, moves_by: instant(row, "moves_by")? })
    }
}

/// Where to read on in a list of late ones.
pub type LateAfter = Option<(Timestamp, JobId)>;

/// Those that should have moved before `since`, what should have moved the longest ago first.
pub async fn late_jobs(
    db: &Db,
    (which, since): (Listed, Timestamp),
    after: LateAfter,
    limit: u32,
) -> sqlx::Result<Vec<LateRow>> {
    sqlx::query_as(
        "select job.*, driver.given_name as driver_name,
             moves_by(state, ready_at, eta, picked_up_at, arrived_at)
         from job left join driver on driver.id = job.driver
         where ended_at is null and moves_by(state, ready_at, eta, picked_up_at, arrived_at) < $1
           and ($2::text is null or state = $2) and ($3::uuid is null or order_id = $3)
           and ($4::uuid is null or store_id = $4)
           and ($5::timestamptz is null
                or (moves_by(state, ready_at, eta, picked_up_at, arrived_at), job.id) > ($5, $6))
         order by moves_by(state, ready_at, eta, picked_up_at, arrived_at), job.id limit $7",
    )
    .bind(store::instant(since))
    .bind(which.state.map(JobState::name))
    .bind(which.order.map(OrderId::uuid))
    .bind(which.store.map(StoreId::uuid))
    .bind(after.map(|(at, _)| store::instant(at)))
    .bind(after.map(|(_, job)| job.uuid()))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}
