use accounts_api::FavouriteChanged;
use jiff::Timestamp;
use store::{Db, Tx, instant};

/// Forgets marks that were taken off before then: nothing older is told any more.
pub async fn forget_unmarked(db: &Db, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query("delete from favourite where not marked and changed_at < $1")
        .bind(instant(before))
        .execute(db)
        .await
        .map(drop)
}

/// Keeps what a newer event says of a mark; nothing of someone who has been erased.
pub async fn put_favourite(
    tx: &mut Tx<'_>,
    change: &FavouriteChanged,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into favourite as old (person_id, product_id, marked, version, changed_at)
         select $1, $2, $3, $4, $5
         where not exists (select from erased_person where person_id = $1)
         on conflict (person_id, product_id) do update set
             marked = excluded.marked, version = excluded.version, changed_at = excluded.changed_at
         where old.version < excluded.version",
    )
    .bind(change.person.uuid())
    .bind(change.product.uuid())
    .bind(change.favourite)
    .bind(change.version)
    .bind(instant(at))
    .execute(&mut **tx)
    .await
    .map(drop)
}
