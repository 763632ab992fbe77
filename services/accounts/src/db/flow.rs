//! Codes and links on their way.

use accounts_api::{FlowId, Purpose};
use jiff::Timestamp;
use kernel::{PersonId, StoreId};
use serde_json::Value;
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// How often the code of one flow may be guessed.
const MOST_TRIES: i32 = 5;
/// How often the letter of one flow is written anew.
const MOST_LETTERS: i32 = 10;

/// A row of `flow`.
#[derive(Debug, Clone, FromRow)]
pub struct FlowRow {
    #[sqlx(try_from = "Uuid")]
    pub id: FlowId,
    pub purpose: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub person_id: Option<Uuid>,
    pub data: Value,
    code_hash: Option<Vec<u8>>,
    made_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

impl FlowRow {
    pub fn made_at(&self) -> Timestamp {
        self.made_at.to_jiff()
    }
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at.to_jiff()
    }
    pub fn person(&self) -> Option<PersonId> {
        self.person_id.map(PersonId::from_uuid)
    }
    pub fn code_hash(&self) -> &[u8] {
        self.code_hash.as_deref().unwrap_or_default()
    }
}

/// A flow to be.
#[derive(Debug, Clone)]
pub struct NewFlow<'a> {
    pub id: FlowId,
    pub purpose: Purpose,
    /// One of the two.
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
    /// Whose it is, where that is known.
    pub person: Option<PersonId>,
    pub data: Value,
    pub at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewFlow<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into flow (id, purpose, email, phone, person_id, data, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id.uuid())
    .bind(new.purpose.name())
    .bind(new.email)
    .bind(new.phone)
    .bind(new.person.map(PersonId::uuid))
    .bind(&new.data)
    .bind(store::instant(new.at))
    .bind(store::instant(new.expires_at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn open(db: &Db, id: FlowId, now: Timestamp) -> sqlx::Result<Option<FlowRow>> {
    sqlx::query_as("select * from flow where id = $1 and used_at is null and expires_at > $2")
        .bind(id.uuid())
        .bind(store::instant(now))
        .fetch_optional(db)
        .await
}

/// Keeps a new code's hash in place of the one before; false when the flow is over.
pub async fn set_code(db: &Db, id: FlowId, hash: &[u8], now: Timestamp) -> sqlx::Result<bool> {
    let kept = sqlx::query(
        "update flow set code_hash = $2, codes_made = codes_made + 1
         where id = $1 and used_at is null and expires_at > $3 and codes_made < $4",
    )
    .bind(id.uuid())
    .bind(hash)
    .bind(store::instant(now))
    .bind(MOST_LETTERS)
    .execute(db)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// Counts one guess at a flow's code. None when there is no such flow, it is over, or it was
/// guessed too often.
pub async fn guess(
    db: &Db,
    id: FlowId,
    purpose: Purpose,
    now: Timestamp,
) -> sqlx::Result<Option<FlowRow>> {
    sqlx::query_as(
        "update flow set tries = tries + 1
         where id = $1 and purpose = $2 and used_at is null and expires_at > $3 and tries < $4
         returning *",
    )
    .bind(id.uuid())
    .bind(purpose.name())
    .bind(store::instant(now))
    .bind(MOST_TRIES)
    .fetch_optional(db)
    .await
}

/// Uses a flow up; false when someone else did.
pub async fn use_up(tx: &mut Tx<'_>, id: FlowId, now: Timestamp) -> sqlx::Result<bool> {
    let used = sqlx::query("update flow set used_at = $2 where id = $1 and used_at is null")
        .bind(id.uuid())
        .bind(store::instant(now))
        .execute(&mut **tx)
        .await?;
    Ok(used.rows_affected() == 1)
}

/// Ends a person's other open flows of a purpose: their codes no longer hold.
pub async fn end_others(
    tx: &mut Tx<'_>,
    person: PersonId,
    purpose: Purpose,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update flow set used_at = $3 where person_id = $1 and purpose = $2 and used_at is null",
    )
    .bind(person.uuid())
    .bind(purpose.name())
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Open invitations, newest first, from before one of them; only those to stores among `stores`,
/// where some are named.
pub async fn invitations(
    db: &Db,
    stores: Option<&[StoreId]>,
    (before, now): (Option<Uuid>, Timestamp),
    limit: u32,
) -> sqlx::Result<Vec<FlowRow>> {
    let stores: Option<Vec<String>> =
        stores.map(|stores| stores.iter().map(ToString::to_string).collect());
    sqlx::query_as(
        "select * from flow
         where purpose = 'invitation' and used_at is null and expires_at > $2
           and ($1::uuid is null or id < $1)
           and ($4::text[] is null or data -> 'role' -> 'stores' ?| $4)
         order by id desc limit $3",
    )
    .bind(before)
    .bind(store::instant(now))
    .bind(i64::from(limit))
    .bind(stores)
    .fetch_all(db)
    .await
}
