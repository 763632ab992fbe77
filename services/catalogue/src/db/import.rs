//! The statements of imports: many rows at a time, as arrays.

pub mod listings;
pub mod products;
pub mod stock;
pub mod stores;

use store::Tx;

/// Makes this transaction wait for those of other imports, so that two imports of one file do not
/// both take a row for new.
pub async fn one_at_a_time(tx: &mut Tx<'_>) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('tipple.catalogue.import'))")
        .execute(&mut **tx)
        .await?;
    Ok(())
}
