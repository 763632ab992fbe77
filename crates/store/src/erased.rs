//! People who have been erased, in the table `erased_person` that every service has which keeps
//! anything of people. It is what a late event, or a backup that was put back, is held against.

use jiff::Timestamp;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{Tx, instant};

/// Remembers that this person is to be known no more.
pub async fn remember(tx: &mut Tx<'_>, person: Uuid, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query("insert into erased_person (person_id, at) values ($1, $2) on conflict do nothing")
        .bind(person)
        .bind(instant(at))
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Whether this person has been erased.
pub async fn is_erased(db: impl PgExecutor<'_>, person: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from erased_person where person_id = $1)")
        .bind(person)
        .fetch_one(db)
        .await
}
