//! Which stores a vendor has, as the catalogue tells.

use kernel::{PersonId, Role, StoreId, VendorId};
use store::{Db, Tx};
use uuid::Uuid;

/// Keeps whose a store is, unless something newer is known. Gives the owners of the vendors that it
/// came to or went from.
pub async fn keep_store(
    tx: &mut Tx<'_>,
    store: StoreId,
    vendor: VendorId,
    version: i64,
) -> sqlx::Result<Vec<PersonId>> {
    let owners: Vec<Uuid> = sqlx::query_scalar(
        "with before as (select vendor_id from vendor_store where store_id = $1),
         kept as (
             insert into vendor_store (store_id, vendor_id, version) values ($1, $2, $3)
             on conflict (store_id) do update
             set vendor_id = excluded.vendor_id, version = excluded.version
             where vendor_store.version < excluded.version
             returning vendor_id)
         select distinct person_id from vendor_owner
         where exists (select from kept)
           and not exists (select from before where vendor_id = $2)
           and vendor_id in (select vendor_id from kept union select vendor_id from before)",
    )
    .bind(store.uuid())
    .bind(vendor.uuid())
    .bind(version)
    .fetch_all(&mut **tx)
    .await?;
    Ok(owners.into_iter().map(PersonId::from_uuid).collect())
}

/// The roles, with the stores that vendors have now.
pub async fn with_stores(db: &Db, mut roles: Vec<Role>) -> sqlx::Result<Vec<Role>> {
    for role in &mut roles {
        if let Role::VendorOwner { vendor, stores } = role {
            let ids: Vec<Uuid> = sqlx::query_scalar(
                "select store_id from vendor_store where vendor_id = $1 order by store_id",
            )
            .bind(vendor.uuid())
            .fetch_all(db)
            .await?;
            *stores = ids.into_iter().map(StoreId::from_uuid).collect();
        }
    }
    Ok(roles)
}
