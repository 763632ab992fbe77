//! Who did what to whom.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// A row of `audit`.
#[derive(Debug, Clone, FromRow)]
pub struct AuditRow {
    pub id: i64,
    at: jiff_sqlx::Timestamp,
    pub actor: Option<Uuid>,
    pub action: String,
    pub subject: Option<Uuid>,
    pub facts: Value,
    pub request_id: Option<String>,
}

impl AuditRow {
    pub fn at(&self) -> Timestamp {
        self.at.to_jiff()
    }
}

/// Something to be noted.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    pub actor: Option<Uuid>,
    pub session: Option<Uuid>,
    pub action: &'a str,
    pub subject: Option<Uuid>,
    /// Never a secret, and nothing that says who someone is but ids.
    pub facts: Value,
    pub request_id: Option<String>,
}

pub async fn note(tx: &mut Tx<'_>, deed: &Deed<'_>, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into audit (at, actor, session_id, action, subject, facts, request_id)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(store::instant(at))
    .bind(deed.actor)
    .bind(deed.session)
    .bind(deed.action)
    .bind(deed.subject)
    .bind(&deed.facts)
    .bind(&deed.request_id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a page of the trail shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub actor: Option<Uuid>,
    pub subject: Option<Uuid>,
    pub action: Option<&'a str>,
    /// Only what is older than this entry.
    pub before: Option<i64>,
}

/// Newest first.
pub async fn trail(db: &Db, wanted: Wanted<'_>, limit: u32) -> sqlx::Result<Vec<AuditRow>> {
    sqlx::query_as(
        "select * from audit
         where ($1::uuid is null or actor = $1) and ($2::uuid is null or subject = $2)
           and ($3::text is null or action = $3) and ($4::bigint is null or id < $4)
         order by id desc limit $5",
    )
    .bind(wanted.actor)
    .bind(wanted.subject)
    .bind(wanted.action)
    .bind(wanted.before)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}
