use catalogue_api::{Pause, StoreChanged};
use jiff::{Timestamp, tz::TimeZone};
use kernel::{Currency, Hours, Money, Place, StoreId, VendorId, Zone};
use sqlx::{FromRow, PgConnection, PgExecutor, types::Json};
use store::{Db, Lagging, Tx};
use uuid::Uuid;

/// A row of `store`, with its vendor's name.
#[derive(Debug, Clone, FromRow)]
pub struct StoreRow {
    #[sqlx(try_from = "Uuid")]
    pub id: StoreId,
    #[sqlx(try_from = "Uuid")]
    pub vendor_id: VendorId,
    pub vendor_name: String,
    pub name: String,
    /// By what stores are ordered.
    pub name_key: String,
    pub address: String,
    lat: f64,
    lon: f64,
    pub time_zone: String,
    currency: String,
    pub hours: Json<Hours>,
    pub zone: Json<Zone>,
    preparation_minutes: i32,
    pub licence_number: Option<String>,
    pub active: bool,
    pub version: i64,
    paused_until: Option<jiff_sqlx::Timestamp>,
    pause_reason: Option<String>,
    least_order_minor: Option<i64>,
}

impl StoreRow {
    pub const fn place(&self) -> Place {
        Place { lat: self.lat, lon: self.lon }
    }

    pub fn currency(&self) -> anyhow::Result<Currency> {
        currency(&self.currency)
    }

    pub const fn preparation_minutes(&self) -> u32 {
        self.preparation_minutes as u32
    }

    /// The store's time zone; an unknown one is an error, for nothing could be said of its hours.
    pub fn time_zone(&self) -> anyhow::Result<TimeZone> {
        Ok(TimeZone::get(&self.time_zone)?)
    }

    /// What an order has to be worth at list price.
    pub fn least_order(&self) -> anyhow::Result<Option<Money>> {
        let Some(amount) = self.least_order_minor else { return Ok(None) };
        Ok(Some(Money { amount, currency: self.currency()? }))
    }

    /// The pause that is not over at `now`.
    pub fn pause(&self, now: Timestamp) -> Option<Pause> {
        let until = self.paused_until?.to_jiff();
        let reason = self.pause_reason.clone()?;
        (until > now).then_some(Pause { until, reason })
    }

    /// Whether it is open at `now` and takes orders.
    pub fn sells_at(&self, now: Timestamp, zone: &TimeZone) -> bool {
        self.hours.open_at(now, zone) && self.pause(now).is_none()
    }
}

/// The currency of a code that the database keeps.
pub fn currency(code: &str) -> anyhow::Result<Currency> {
    Currency::from_code(code).ok_or_else(|| anyhow::anyhow!("{code} is no currency"))
}

/// All that an operator may set of a store.
#[derive(Debug, Clone)]
pub struct StoreFields<'a> {
    pub vendor: VendorId,
    pub name: &'a str,
    pub address: &'a str,
    pub place: Place,
    pub time_zone: &'a str,
    pub currency: Currency,
    pub hours: &'a Hours,
    pub zone: &'a Zone,
    pub preparation_minutes: u32,
    pub licence_number: Option<&'a str>,
    pub active: bool,
}

/// What others are told of a store that is new or changed.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Edited {
    #[sqlx(try_from = "Uuid")]
    pub store: StoreId,
    #[sqlx(try_from = "Uuid")]
    pub vendor: VendorId,
    pub version: i64,
}

impl From<Edited> for StoreChanged {
    fn from(Edited { store, vendor, version }: Edited) -> Self {
        Self { store, vendor, version }
    }
}

const INSERT: &str =
    "insert into store (id, vendor_id, name, address, lat, lon, time_zone, currency, hours, zone,
                        preparation_minutes, licence_number, active, created_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)";

/// A currency cannot change while amounts are kept in it.
const UPDATE: &str =
    "update store set vendor_id = $2, name = $3, address = $4, lat = $5, lon = $6, time_zone = $7,
            currency = $8, hours = $9, zone = $10, preparation_minutes = $11, licence_number = $12,
            active = $13, changed_at = $14, version = version + 1,
            least_order_minor = case when currency = $8 then least_order_minor end
     where id = $1 and version = $15
       and (currency = $8 or not exists (select from listing where store_id = $1))";

fn bound<'q>(
    statement: &'static str,
    id: StoreId,
    fields: &'q StoreFields<'_>,
    at: Timestamp,
) -> sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments> {
    sqlx::query(statement)
        .bind(id.uuid())
        .bind(fields.vendor.uuid())
        .bind(fields.name)
        .bind(fields.address)
        .bind(fields.place.lat)
        .bind(fields.place.lon)
        .bind(fields.time_zone)
        .bind(fields.currency.code())
        .bind(Json(fields.hours))
        .bind(Json(fields.zone))
        .bind(fields.preparation_minutes as i32)
        .bind(fields.licence_number)
        .bind(fields.active)
        .bind(store::instant(at))
}

pub async fn insert(
    connection: &mut PgConnection,
    id: StoreId,
    fields: &StoreFields<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    bound(INSERT, id, fields, at).execute(connection).await.map(|_| ())
}

/// None when it is not there at that version, or has listings in another currency.
pub async fn update(
    tx: &mut Tx<'_>,
    (id, version): (StoreId, i64),
    fields: &StoreFields<'_>,
    at: Timestamp,
) -> sqlx::Result<Option<Edited>> {
    let done = bound(UPDATE, id, fields, at).bind(version).execute(&mut **tx).await?;
    let edited = Edited { store: id, vendor: fields.vendor, version: version.saturating_add(1) };
    Ok((done.rows_affected() == 1).then_some(edited))
}

/// What a store's own people may set of it; what is absent stays.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub hours: Option<&'a Hours>,
    pub zone: Option<&'a Zone>,
    pub preparation_minutes: Option<u32>,
    /// Minor units; 0 for none.
    pub least_order_minor: Option<i64>,
}

/// None when it is not there at that version.
pub async fn set_terms(
    tx: &mut Tx<'_>,
    (id, version): (StoreId, i64),
    terms: Terms<'_>,
    at: Timestamp,
) -> sqlx::Result<Option<Edited>> {
    sqlx::query_as(
        "update store set hours = coalesce($3, hours), zone = coalesce($4, zone),
                          preparation_minutes = coalesce($5, preparation_minutes),
                          least_order_minor = nullif(coalesce($7, least_order_minor), 0),
                          changed_at = $6, version = version + 1
         where id = $1 and version = $2
         returning id as store, vendor_id as vendor, version",
    )
    .bind(id.uuid())
    .bind(version)
    .bind(terms.hours.map(Json))
    .bind(terms.zone.map(Json))
    .bind(terms.preparation_minutes.map(|minutes| minutes as i32))
    .bind(store::instant(at))
    .bind(terms.least_order_minor)
    .fetch_optional(&mut **tx)
    .await
}

/// Keeps that the store takes no orders for a while, or that it takes them again. Not a change of
/// its version: who edits the store meanwhile sees nothing of it.
pub async fn set_pause(db: &Db, id: StoreId, pause: Option<&Pause>) -> sqlx::Result<()> {
    sqlx::query("update store set paused_until = $2, pause_reason = $3 where id = $1")
        .bind(id.uuid())
        .bind(pause.map(|pause| store::instant(pause.until)))
        .bind(pause.map(|pause| &pause.reason))
        .execute(db)
        .await?;
    Ok(())
}

pub async fn store(db: impl PgExecutor<'_>, id: StoreId) -> sqlx::Result<Option<StoreRow>> {
    sqlx::query_as(
        "select store.*, lower(store.name) as name_key, vendor.name as vendor_name
         from store join vendor on vendor.id = store.vendor_id where store.id = $1",
    )
    .bind(id.uuid())
    .fetch_optional(db)
    .await
}

/// Which stores a list has.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Only those that are switched on, or only those that are not.
    pub active: Option<bool>,
    pub vendor: Option<VendorId>,
    /// Those that are switched off and may be seen all the same; none for every one.
    pub inside: Option<Vec<Uuid>>,
}

/// Up to `limit` stores in the order of name.
pub async fn page(
    db: &Db,
    which: &Listed,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<StoreRow>> {
    sqlx::query_as(
        "select store.*, lower(store.name) as name_key, vendor.name as vendor_name
         from store join vendor on vendor.id = store.vendor_id
         where ($1::text is null or (lower(store.name), store.id) > ($1, $2))
           and ($4::boolean is null or store.active = $4)
           and (store.active or $5::uuid[] is null or store.id = any($5))
           and ($6::uuid is null or store.vendor_id = $6)
         order by lower(store.name), store.id limit $3",
    )
    .bind(after.map(|after| &after.0))
    .bind(after.map(|after| after.1))
    .bind(limit)
    .bind(which.active)
    .bind(which.inside.as_ref())
    .bind(which.vendor.map(VendorId::uuid))
    .fetch_all(db)
    .await
}

/// The active stores whose delivery zone may hold a place, the nearest first; whether it does is
/// for the caller to look at. At most 500: nobody chooses among more.
pub async fn around(db: &Db, place: Place) -> sqlx::Result<Vec<StoreRow>> {
    sqlx::query_as(
        "select store.*, lower(store.name) as name_key, vendor.name as vendor_name
         from store join vendor on vendor.id = store.vendor_id
         where store.active and (
             zone_box(store.zone) @> box(point($2, $1), point($2, $1))
             -- A circle across the 180th meridian reaches beyond it.
             or zone_box(store.zone) @> box(point($2 - 360, $1), point($2 - 360, $1))
             or zone_box(store.zone) @> box(point($2 + 360, $1), point($2 + 360, $1)))
         order by (lat - $1) ^ 2 + ((lon - $2) * cosd($1)) ^ 2, store.id limit 500",
    )
    .bind(place.lat)
    .bind(place.lon)
    .fetch_all(db)
    .await
}

/// The active stores nearest to a place, whether they deliver there or not. At most 500: nobody looks
/// at more.
pub async fn nearest(db: &Db, place: Place) -> sqlx::Result<Vec<StoreRow>> {
    sqlx::query_as(
        "select store.*, lower(store.name) as name_key, vendor.name as vendor_name
         from store join vendor on vendor.id = store.vendor_id
         where store.active
         order by (lat - $1) ^ 2 + ((lon - $2) * cosd($1)) ^ 2, store.id limit 500",
    )
    .bind(place.lat)
    .bind(place.lon)
    .fetch_all(db)
    .await
}

/// A business that owns stores.
#[derive(Debug, Clone, FromRow)]
pub struct VendorRow {
    #[sqlx(try_from = "Uuid")]
    pub id: VendorId,
    pub name: String,
    pub name_key: String,
    pub version: i64,
}

/// None when it is not there at that version.
pub async fn rename_vendor(
    tx: &mut Tx<'_>,
    (id, version): (VendorId, i64),
    name: &str,
) -> sqlx::Result<Option<VendorRow>> {
    sqlx::query_as(
        "update vendor set name = $3, version = version + 1 where id = $1 and version = $2
         returning id, name, lower(name) as name_key, version",
    )
    .bind(id.uuid())
    .bind(version)
    .bind(name)
    .fetch_optional(&mut **tx)
    .await
}

pub async fn has_vendor(tx: &mut Tx<'_>, id: VendorId) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from vendor where id = $1)")
        .bind(id.uuid())
        .fetch_one(&mut **tx)
        .await
}

pub async fn insert_vendor(
    tx: &mut Tx<'_>,
    id: VendorId,
    name: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("insert into vendor (id, name, created_at) values ($1, $2, $3)")
        .bind(id.uuid())
        .bind(name)
        .bind(store::instant(at))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn vendors(
    db: &Lagging,
    after: Option<&(String, Uuid)>,
    limit: u32,
) -> sqlx::Result<Vec<VendorRow>> {
    sqlx::query_as(
        "select id, name, lower(name) as name_key, version from vendor
         where $1::text is null or (lower(name), id) > ($1, $2)
         order by lower(name), id limit $3",
    )
    .bind(after.map(|after| &after.0))
    .bind(after.map(|after| after.1))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}
