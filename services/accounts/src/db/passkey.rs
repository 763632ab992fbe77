//! Passkeys, and ceremonies that were begun. Whoever changes passkeys has locked the person first.

use jiff::Timestamp;
use kernel::{Id, PersonId};
use serde_json::Value;
use sqlx::{FromRow, types::Json};
use store::{Db, Tx};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

/// A key that a person's authenticator holds.
pub enum PasskeyKind {}
pub type PasskeyId = Id<PasskeyKind>;
/// A WebAuthn ceremony under way.
pub enum Ceremony {}
pub type CeremonyId = Id<Ceremony>;

/// A row of `passkey`.
#[derive(Debug, Clone, FromRow)]
pub struct PasskeyRow {
    #[sqlx(try_from = "Uuid")]
    pub id: PasskeyId,
    pub credential_id: Vec<u8>,
    pub credential: Json<Passkey>,
    pub name: String,
    created_at: jiff_sqlx::Timestamp,
    used_at: Option<jiff_sqlx::Timestamp>,
}

impl PasskeyRow {
    pub fn created_at(&self) -> Timestamp {
        self.created_at.to_jiff()
    }

    pub fn used_at(&self) -> Option<Timestamp> {
        self.used_at.map(jiff_sqlx::Timestamp::to_jiff)
    }
}

/// All of a person's, oldest first.
pub async fn of(tx: &mut Tx<'_>, person: PersonId) -> sqlx::Result<Vec<PasskeyRow>> {
    sqlx::query_as("select * from passkey where person_id = $1 order by id")
        .bind(person.uuid())
        .fetch_all(&mut **tx)
        .await
}

/// The person's passkey that the authenticator names like this.
pub async fn by_credential(
    tx: &mut Tx<'_>,
    person: PersonId,
    credential_id: &[u8],
) -> sqlx::Result<Option<PasskeyRow>> {
    sqlx::query_as("select * from passkey where person_id = $1 and credential_id = $2")
        .bind(person.uuid())
        .bind(credential_id)
        .fetch_optional(&mut **tx)
        .await
}

/// None when somebody has this one already.
pub async fn insert(
    tx: &mut Tx<'_>,
    person: PersonId,
    passkey: &Passkey,
    name: &str,
    now: Timestamp,
) -> sqlx::Result<Option<PasskeyRow>> {
    sqlx::query_as(
        "insert into passkey (id, person_id, credential_id, credential, name, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint passkey_credential do nothing returning *",
    )
    .bind(PasskeyId::new().uuid())
    .bind(person.uuid())
    .bind(&passkey.cred_id()[..])
    .bind(Json(passkey))
    .bind(name)
    .bind(store::instant(now))
    .fetch_optional(&mut **tx)
    .await
}

/// Keeps what an authenticator said of itself when it was used.
pub async fn used(tx: &mut Tx<'_>, row: &PasskeyRow, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update passkey set credential = $2, used_at = $3 where id = $1")
        .bind(row.id.uuid())
        .bind(&row.credential)
        .bind(store::instant(now))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn rename(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: PasskeyId,
    name: &str,
) -> sqlx::Result<Option<PasskeyRow>> {
    sqlx::query_as("update passkey set name = $3 where person_id = $1 and id = $2 returning *")
        .bind(person.uuid())
        .bind(id.uuid())
        .bind(name)
        .fetch_optional(&mut **tx)
        .await
}

pub async fn delete(tx: &mut Tx<'_>, person: PersonId, id: PasskeyId) -> sqlx::Result<bool> {
    let gone = sqlx::query("delete from passkey where person_id = $1 and id = $2")
        .bind(person.uuid())
        .bind(id.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected() == 1)
}

/// Keeps a ceremony that was begun; a person has one at a time.
pub async fn begin(
    db: &Db,
    id: CeremonyId,
    person: Option<PersonId>,
    state: &Value,
    until: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "with older as (delete from ceremony where person_id = $2)
         insert into ceremony (id, person_id, state, expires_at) values ($1, $2, $3, $4)",
    )
    .bind(id.uuid())
    .bind(person.map(PersonId::uuid))
    .bind(state)
    .bind(store::instant(until))
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a ceremony of that person, or of nobody yet, and gives its state, once.
pub async fn take(
    db: &Db,
    id: CeremonyId,
    person: Option<PersonId>,
    now: Timestamp,
) -> sqlx::Result<Option<Value>> {
    sqlx::query_scalar(
        "delete from ceremony
         where id = $1 and person_id is not distinct from $2 and expires_at > $3
         returning state",
    )
    .bind(id.uuid())
    .bind(person.map(PersonId::uuid))
    .bind(store::instant(now))
    .fetch_optional(db)
    .await
}
