//! Addresses of people. Whoever changes one has locked the person first.

use compliance_api::AddressKind;
use kernel::{AddressId, PersonId, Place};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// A row of `address`.
#[derive(Debug, Clone, FromRow)]
pub struct AddressRow {
    #[sqlx(try_from = "Uuid")]
    pub id: AddressId,
    pub label: String,
    #[sqlx(json(nullable))]
    pub kind: Option<AddressKind>,
    pub recipient: String,
    pub address: String,
    pub instructions: String,
    lat: f64,
    lon: f64,
    pub is_default: bool,
    pub version: i64,
}

impl AddressRow {
    pub const fn place(&self) -> Place {
        Place { lat: self.lat, lon: self.lon }
    }
}

/// What a person says of an address.
pub struct NewAddress<'a> {
    pub label: &'a str,
    pub kind: Option<AddressKind>,
    pub recipient: &'a str,
    pub address: &'a str,
    pub instructions: &'a str,
    pub place: Place,
    pub is_default: bool,
}

/// The person's addresses, oldest first, from after `after`.
pub async fn addresses(
    db: &Db,
    person: PersonId,
    after: Option<AddressId>,
    limit: u32,
) -> sqlx::Result<Vec<AddressRow>> {
    sqlx::query_as(
        "select * from address where person_id = $1 and ($2::uuid is null or id > $2)
         order by id limit $3",
    )
    .bind(person.uuid())
    .bind(after.map(AddressId::uuid))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}

pub async fn count(tx: &mut Tx<'_>, person: PersonId) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from address where person_id = $1")
        .bind(person.uuid())
        .fetch_one(&mut **tx)
        .await
}

/// The version of the person's address.
pub async fn version(
    tx: &mut Tx<'_>,
    person: PersonId,
    address: AddressId,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("select version from address where id = $1 and person_id = $2")
        .bind(address.uuid())
        .bind(person.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// No address of the person but `address` is the default any more.
pub async fn only_default(
    tx: &mut Tx<'_>,
    person: PersonId,
    address: AddressId,
) -> sqlx::Result<()> {
    sqlx::query(
        "update address set is_default = false, version = version + 1
         where person_id = $1 and id <> $2 and is_default",
    )
    .bind(person.uuid())
    .bind(address.uuid())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn insert(
    tx: &mut Tx<'_>,
    person: PersonId,
    address: AddressId,
    new: &NewAddress<'_>,
    at: jiff::Timestamp,
) -> sqlx::Result<AddressRow> {
    sqlx::query_as(
        "insert into address (id, person_id, label, kind, recipient, address, instructions,
                              lat, lon, is_default, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         returning *",
    )
    .bind(address.uuid())
    .bind(person.uuid())
    .bind(new.label)
    .bind(new.kind.map(sqlx::types::Json))
    .bind(new.recipient)
    .bind(new.address)
    .bind(new.instructions)
    .bind(new.place.lat)
    .bind(new.place.lon)
    .bind(new.is_default)
    .bind(store::instant(at))
    .fetch_one(&mut **tx)
    .await
}

/// Replaces all that is said of the person's address.
pub async fn update(
    tx: &mut Tx<'_>,
    person: PersonId,
    address: AddressId,
    new: &NewAddress<'_>,
) -> sqlx::Result<AddressRow> {
    sqlx::query_as(
        "update address
         set label = $3, kind = $4, recipient = $5, address = $6, instructions = $7,
             lat = $8, lon = $9, is_default = $10, version = version + 1
         where id = $1 and person_id = $2
         returning *",
    )
    .bind(address.uuid())
    .bind(person.uuid())
    .bind(new.label)
    .bind(new.kind.map(sqlx::types::Json))
    .bind(new.recipient)
    .bind(new.address)
    .bind(new.instructions)
    .bind(new.place.lat)
    .bind(new.place.lon)
    .bind(new.is_default)
    .fetch_one(&mut **tx)
    .await
}

/// `false` when the person has no such address.
pub async fn delete(db: &Db, person: PersonId, address: AddressId) -> sqlx::Result<bool> {
    let done = sqlx::query("delete from address where id = $1 and person_id = $2")
        .bind(address.uuid())
        .bind(person.uuid())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
