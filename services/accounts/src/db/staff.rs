//! Who works at a store.

use kernel::StoreId;
use store::Db;
use uuid::Uuid;

use super::PersonRow;

/// By what they are ordered: family name, given name, id.
pub type ByName = (String, String, Uuid);

/// A member of a store's staff, with what they are ordered by.
#[derive(Debug, sqlx::FromRow)]
pub struct StaffRow {
    #[sqlx(flatten)]
    pub person: PersonRow,
    family_key: String,
    given_key: String,
}

impl StaffRow {
    pub fn key(&self) -> ByName {
        (self.family_key.clone(), self.given_key.clone(), self.person.id.uuid())
    }
}

/// Those who work at a store or own its vendor, by name, from after one of them.
pub async fn of_store(
    db: &Db,
    store: StoreId,
    after: Option<&ByName>,
    limit: u32,
) -> sqlx::Result<Vec<StaffRow>> {
    sqlx::query_as(
        "select *, lower(family_name) as family_key, lower(given_name) as given_key
         from known_person
         where id in (
             select person_id from store_staff where store_id = $1
             union select person_id from vendor_owner join vendor_store using (vendor_id)
             where store_id = $1)
           and ($2::text is null
                or (lower(family_name), lower(given_name), id) > ($2, $3, $4))
         order by lower(family_name), lower(given_name), id limit $5",
    )
    .bind(store.uuid())
    .bind(after.map(|after| &after.0))
    .bind(after.map(|after| &after.1))
    .bind(after.map(|after| after.2))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}
