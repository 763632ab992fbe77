//! Many licences at once, for a demo.

use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use store::Tx;
use uuid::Uuid;

use super::licence::words;
use crate::seed::NewLicence;

/// Stores that have one keep it.
pub async fn insert_licences(tx: &mut Tx<'_>, new: &[NewLicence]) -> sqlx::Result<()> {
    let dates = |date: fn(&NewLicence) -> Date| -> Vec<jiff_sqlx::Date> {
        new.iter().map(|new| date(new).to_sqlx()).collect()
    };
    sqlx::query(
        "insert into licence (store_id, number, classes, valid_from, valid_until, suspended)
         select store_id, number, string_to_array(classes, ','), valid_from, valid_until, suspended
         from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::date[], $6::boolean[])
              as new (store_id, number, classes, valid_from, valid_until, suspended)
         on conflict (store_id) do nothing",
    )
    .bind(new.iter().map(|new| new.store.uuid()).collect::<Vec<Uuid>>())
    .bind(new.iter().map(|new| new.licence.number.as_str()).collect::<Vec<_>>())
    .bind(new.iter().map(|new| words(&new.licence).join(",")).collect::<Vec<_>>())
    .bind(dates(|new| new.licence.valid_from))
    .bind(dates(|new| new.licence.valid_until))
    .bind(new.iter().map(|new| new.licence.suspended).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
