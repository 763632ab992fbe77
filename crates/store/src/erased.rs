//! People who have been erased, in the table `erased_person` that every service has which keeps
//! anything of people. It is what a late event, or a backup that was put back, is held against.

use jiff::{SignedDuration, Timestamp};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{Tx, instant};

/// What of a person was still needed when they were erased, or came late, is looked for so long.
const LOOKED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Whoever was erased since then is looked for.
pub fn since(now: Timestamp) -> Timestamp {
    now - LOOKED_FOR
}

/// Remembers that this person is to be known no more. Told again, it is looked for anew.
pub async fn remember(tx: &mut Tx<'_>, person: Uuid, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into erased_person (person_id, at) values ($1, $2)
         on conflict (person_id) do update set at = greatest(erased_person.at, excluded.at)",
    )
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

/// Runs a service's statements, each bound to `since`, which delete or cut what there is of people
/// who were erased since then.
pub async fn cut(
    tx: &mut Tx<'_>,
    since: Timestamp,
    statements: &[&'static str],
) -> sqlx::Result<()> {
    // Most of the time there is nobody, and large tables are left alone.
    if !any(tx, since).await? {
        return Ok(());
    }
    for statement in statements {
        sqlx::query(*statement).bind(instant(since)).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Whether anybody was erased since then.
async fn any(tx: &mut Tx<'_>, since: Timestamp) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from erased_person where at > $1)")
        .bind(instant(since))
        .fetch_one(&mut **tx)
        .await
}
