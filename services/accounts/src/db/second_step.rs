//! Sign-ins that wait for a second factor.

use jiff::Timestamp;
use kernel::PersonId;
use serde_json::Value;
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use super::PersonRow;

/// A row of `second_step`.
#[derive(Debug, FromRow)]
pub struct StepRow {
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub method: String,
    pub access_version: i64,
    pub ceremony: Option<Value>,
}

pub async fn begin(
    tx: &mut Tx<'_>,
    row: &PersonRow,
    (hash, method): (&[u8], &str),
    ceremony: Option<&Value>,
    until: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into second_step (hash, person_id, method, access_version, ceremony, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(hash)
    .bind(row.id.uuid())
    .bind(method)
    .bind(row.access_version)
    .bind(ceremony)
    .bind(store::instant(until))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Counts a try and gives the step as it was, if there may be one more try. A passkey is tried once
/// only.
pub async fn attempt(
    db: &Db,
    hash: &[u8],
    with_passkey: bool,
    most: i32,
    now: Timestamp,
) -> sqlx::Result<Option<StepRow>> {
    sqlx::query_as(
        "with known as (
             select * from second_step
             where hash = $1 and expires_at > $4 and tries < $3 for update),
         counted as (
             update second_step
             set tries = second_step.tries + 1,
                 ceremony = case when $2 then null else second_step.ceremony end
             from known where second_step.hash = known.hash)
         select person_id, method, access_version, ceremony from known",
    )
    .bind(hash)
    .bind(with_passkey)
    .bind(most)
    .bind(store::instant(now))
    .fetch_optional(db)
    .await
}

/// Ends a step because it was taken; false when it has ended already.
pub async fn end(tx: &mut Tx<'_>, hash: &[u8]) -> sqlx::Result<bool> {
    let ended = sqlx::query("delete from second_step where hash = $1")
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    Ok(ended.rows_affected() == 1)
}

/// Deletes steps and ceremonies that nobody can go on with.
pub async fn tidy(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    for query in [
        "delete from second_step where expires_at < $1",
        "delete from ceremony where expires_at < $1",
        "delete from authenticator where secret is null and next_until < $1",
    ] {
        sqlx::query(query).bind(store::instant(now)).execute(db).await?;
    }
    Ok(())
}
