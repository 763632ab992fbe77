use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use kernel::{Hours, Place, StoreId, VendorId, Zone};
use sqlx::{FromRow, types::Json};
use store::Tx;
use uuid::Uuid;

use crate::{
    db::stores::{Edited, currency},
    import::stores::{NewStore, Store},
};

/// A store that a row means.
pub struct Known {
    pub id: StoreId,
    /// Who has the row's key.
    key_of: Option<StoreId>,
    pub store: Store,
    pub has_listings: bool,
}

impl Known {
    /// Whether the row's id and its key mean different stores.
    pub fn is_another(&self, id: Option<StoreId>) -> bool {
        id.is_some_and(|id| id != self.id || self.key_of.is_some_and(|other| other != id))
    }
}

#[derive(FromRow)]
struct KnownRow {
    place: i64,
    key_of: Option<Uuid>,
    has_listings: bool,
    id: Uuid,
    vendor: String,
    name: String,
    address: String,
    lat: f64,
    lon: f64,
    time_zone: String,
    currency: String,
    hours: Json<Hours>,
    zone: Json<Zone>,
    preparation_minutes: i32,
    licence_number: Option<String>,
    active: bool,
}

/// The stores that these rows mean, by id or else by source and key, in the order of the rows;
/// nobody else can change them until `tx` ends.
pub async fn known<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = &'a NewStore>,
) -> anyhow::Result<Vec<Option<Known>>> {
    let (mut ids, mut sources, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        ids.push(row.id.map(StoreId::uuid));
        sources.push(row.source.as_deref());
        keys.push(row.key.as_deref());
    }
    let found: Vec<KnownRow> = sqlx::query_as(
        "select asked.place, by_key.id as key_of, s.*, vendor.name as vendor,
                exists (select from listing where listing.store_id = s.id) as has_listings
         from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality
              as asked (id, source, key, place)
         left join store by_id on by_id.id = asked.id
         left join store by_key on by_key.source = asked.source and by_key.source_key = asked.key
         join store s on s.id = coalesce(by_id.id, by_key.id)
         join vendor on vendor.id = s.vendor_id
         order by s.id for no key update of s",
    )
    .bind(&ids)
    .bind(&sources)
    .bind(&keys)
    .fetch_all(&mut **tx)
    .await?;
    let mut known: Vec<Option<Known>> = ids.iter().map(|_| None).collect();
    for row in found {
        let place = usize::try_from(row.place - 1)?;
        known[place] = Some(row.read()?);
    }
    Ok(known)
}

impl KnownRow {
    fn read(self) -> anyhow::Result<Known> {
        let store = Store {
            vendor: self.vendor,
            name: self.name,
            address: self.address,
            place: Place { lat: self.lat, lon: self.lon },
            time_zone: self.time_zone,
            currency: currency(&self.currency)?,
            hours: self.hours.0,
            zone: self.zone.0,
            preparation_minutes: self.preparation_minutes,
            licence_number: self.licence_number,
            active: self.active,
        };
        let (id, key_of) = (StoreId::from_uuid(self.id), self.key_of.map(StoreId::from_uuid));
        Ok(Known { id, key_of, store, has_listings: self.has_listings })
    }
}

/// The vendors of these names; those that are not there yet are made.
pub async fn vendors(
    tx: &mut Tx<'_>,
    names: &BTreeSet<&str>,
    at: Timestamp,
) -> sqlx::Result<HashMap<String, VendorId>> {
    let names: Vec<&str> = names.iter().copied().collect();
    sqlx::query(
        "insert into vendor (id, name, created_at)
         select n.id, n.name, $3 from unnest($1::uuid[], $2::text[]) as n (id, name)
         where not exists (select from vendor where vendor.name = n.name)",
    )
    .bind(names.iter().map(|_| VendorId::new().uuid()).collect::<Vec<_>>())
    .bind(&names)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    let rows: Vec<(String, Uuid)> = sqlx::query_as(
        "select distinct on (name) name, id from vendor where name = any($1) order by name, id",
    )
    .bind(&names)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(name, id)| (name, VendorId::from_uuid(id))).collect())
}

const SAVE: &str =
    "insert into store (id, source, source_key, vendor_id, name, address, lat, lon, time_zone,
                        currency, hours, zone, preparation_minutes, licence_number, active,
                        created_at, changed_at)
     select n.*, $16, $16
     from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[],
                 $7::float8[], $8::float8[], $9::text[], $10::text[], $11::jsonb[], $12::jsonb[],
                 $13::integer[], $14::text[], $15::boolean[]) as n
     on conflict (id) do update set
         vendor_id = case when (select name from vendor where id = store.vendor_id)
                               = (select name from vendor where id = excluded.vendor_id)
                          then store.vendor_id else excluded.vendor_id end,
         name = excluded.name, address = excluded.address,
         lat = excluded.lat, lon = excluded.lon, time_zone = excluded.time_zone,
         currency = excluded.currency, hours = excluded.hours, zone = excluded.zone,
         preparation_minutes = excluded.preparation_minutes,
         licence_number = excluded.licence_number, active = excluded.active,
         changed_at = excluded.changed_at, version = store.version + 1
     returning id as store, vendor_id as vendor, version";

/// Writes stores that are new or changed, in the order of their ids, and gives what to tell of them.
pub async fn save(
    tx: &mut Tx<'_>,
    rows: &[(StoreId, &NewStore, Store)],
    vendors: &HashMap<String, VendorId>,
    at: Timestamp,
) -> sqlx::Result<Vec<Edited>> {
    let stores = || rows.iter().map(|row| &row.2);
    let vendor = |store: &Store| vendors.get(&store.vendor).map(|vendor| vendor.uuid());
    sqlx::query_as(SAVE)
        .bind(rows.iter().map(|row| row.0.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.1.source.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.1.key.as_deref()).collect::<Vec<_>>())
        .bind(stores().map(vendor).collect::<Vec<_>>())
        .bind(stores().map(|it| it.name.as_str()).collect::<Vec<_>>())
        .bind(stores().map(|it| it.address.as_str()).collect::<Vec<_>>())
        .bind(stores().map(|it| it.place.lat).collect::<Vec<_>>())
        .bind(stores().map(|it| it.place.lon).collect::<Vec<_>>())
        .bind(stores().map(|it| it.time_zone.as_str()).collect::<Vec<_>>())
        .bind(stores().map(|it| it.currency.code()).collect::<Vec<_>>())
        .bind(stores().map(|it| Json(&it.hours)).collect::<Vec<_>>())
        .bind(stores().map(|it| Json(&it.zone)).collect::<Vec<_>>())
        .bind(stores().map(|it| it.preparation_minutes).collect::<Vec<_>>())
        .bind(stores().map(|it| it.licence_number.as_deref()).collect::<Vec<_>>())
        .bind(stores().map(|it| it.active).collect::<Vec<_>>())
        .bind(store::instant(at))
        .fetch_all(&mut **tx)
        .await
}
