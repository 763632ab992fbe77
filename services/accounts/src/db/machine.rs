//! Programs that call the API in their own name.

use jiff::Timestamp;
use kernel::{PersonId, Role};
use sqlx::{FromRow, types::Json};
use store::{Db, Tx};
use uuid::Uuid;

/// A row of `machine_client`.
#[derive(Debug, Clone, FromRow)]
pub struct MachineRow {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub name: String,
    pub roles: Json<Vec<Role>>,
    pub scopes: Vec<String>,
    made_at: jiff_sqlx::Timestamp,
    used_at: Option<jiff_sqlx::Timestamp>,
}

impl MachineRow {
    pub fn made_at(&self) -> Timestamp {
        self.made_at.to_jiff()
    }
    pub fn used_at(&self) -> Option<Timestamp> {
        self.used_at.map(jiff_sqlx::Timestamp::to_jiff)
    }
}

/// A machine to be.
pub struct NewMachine<'a> {
    pub id: PersonId,
    pub name: &'a str,
    pub secret_hash: &'a [u8],
    pub roles: &'a [Role],
    pub scopes: &'a [String],
    pub made_by: PersonId,
    pub at: Timestamp,
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewMachine<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into machine_client (id, name, secret_hash, roles, scopes, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.id.uuid())
    .bind(new.name)
    .bind(new.secret_hash)
    .bind(Json(new.roles))
    .bind(new.scopes)
    .bind(new.made_by.uuid())
    .bind(store::instant(new.at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Those that have not ended, newest first.
pub async fn list(db: &Db) -> sqlx::Result<Vec<MachineRow>> {
    sqlx::query_as("select * from machine_client where ended_at is null order by id desc limit 500")
        .fetch_all(db)
        .await
}

/// One that has not ended and has this secret, noted as used now.
pub async fn used(
    db: &Db,
    id: PersonId,
    secret_hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<MachineRow>> {
    // A keyed hash: nobody can approach it by the time that comparing takes.
    sqlx::query_as(
        "update machine_client set used_at = $3
         where id = $1 and secret_hash = $2 and ended_at is null
         returning *",
    )
    .bind(id.uuid())
    .bind(secret_hash)
    .bind(store::instant(now))
    .fetch_optional(db)
    .await
}

/// Ends one; false when there is none. Its access tokens end within seconds.
pub async fn end(
    tx: &mut Tx<'_>,
    id: PersonId,
    now: Timestamp,
    until: Timestamp,
) -> sqlx::Result<bool> {
    let ended = sqlx::query(
        "with over as (
             update machine_client set ended_at = $2 where id = $1 and ended_at is null
             returning id)
         insert into ended_access (person_id, version, until) select id, 2, $3 from over",
    )
    .bind(id.uuid())
    .bind(store::instant(now))
    .bind(store::instant(until))
    .execute(&mut **tx)
    .await?;
    Ok(ended.rows_affected() == 1)
}
