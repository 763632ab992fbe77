use jiff::Timestamp;
use kernel::{Id, PersonId};
use sqlx::{FromRow, types::Json};
use store::{Db, Tx};
use uuid::Uuid;

use crate::providers::Identity;

/// A sign-in that is under way at a provider.
pub struct ProviderFlow;
/// Its id.
pub type FlowId = Id<ProviderFlow>;

/// A flow to be.
pub struct NewFlow<'a> {
    pub id: FlowId,
    pub provider: &'a str,
    pub secret_hash: &'a [u8],
    pub state_hash: &'a [u8],
    pub nonce: &'a str,
    pub verifier: &'a str,
    pub return_path: &'a str,
    /// Who links.
    pub person: Option<PersonId>,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What the browser's coming back needs to know.
#[derive(Debug, FromRow)]
pub struct FlowRow {
    #[sqlx(try_from = "Uuid")]
    pub id: FlowId,
    pub nonce: String,
    pub verifier: String,
    pub return_path: String,
}

/// What an app shows to redeem a flow.
pub struct Shown<'a> {
    pub flow: FlowId,
    pub secret_hash: &'a [u8],
    pub ticket_hash: &'a [u8],
    /// Whoever is signed in.
    pub asker: Option<PersonId>,
    pub at: Timestamp,
}

/// Who has come, and who asked to link them.
#[derive(Debug, FromRow)]
pub struct Redeemed {
    pub provider: String,
    pub subject: String,
    pub identity: Json<Identity>,
    /// Sealed.
    pub refresh_token: Option<Vec<u8>>,
    person_id: Option<Uuid>,
}

impl Redeemed {
    pub fn asker(&self) -> Option<PersonId> {
        self.person_id.map(PersonId::from_uuid)
    }
}

pub async fn insert(db: &Db, new: &NewFlow<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into provider_flow (id, provider, secret_hash, state_hash, nonce, verifier,
                                    return_path, person_id, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id.uuid())
    .bind(new.provider)
    .bind(new.secret_hash)
    .bind(new.state_hash)
    .bind(new.nonce)
    .bind(new.verifier)
    .bind(new.return_path)
    .bind(new.person.map(PersonId::uuid))
    .bind(store::instant(new.made_at))
    .bind(store::instant(new.expires_at))
    .execute(db)
    .await?;
    Ok(())
}

/// The flow that a state belongs to, the first time that it comes back.
pub async fn take(
    db: &Db,
    provider: &str,
    state_hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<FlowRow>> {
    sqlx::query_as(
        "update provider_flow set back_at = $3
         where state_hash = $1 and provider = $2 and back_at is null and expires_at > $3
         returning id, nonce, verifier, return_path",
    )
    .bind(state_hash)
    .bind(provider)
    .bind(store::instant(now))
    .fetch_optional(db)
    .await
}

/// Keeps who it is, for whoever has the ticket.
pub async fn keep(
    db: &Db,
    flow: FlowId,
    identity: &Identity,
    refresh_token: Option<&[u8]>,
    ticket_hash: &[u8],
) -> sqlx::Result<()> {
    sqlx::query(
        "update provider_flow
         set subject = $2, identity = $3, refresh_token = $4, ticket_hash = $5
         where id = $1",
    )
    .bind(flow.uuid())
    .bind(&identity.subject)
    .bind(Json(identity))
    .bind(refresh_token)
    .bind(ticket_hash)
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps why nobody is signed in by it.
pub async fn fail(db: &Db, flow: FlowId, failure: &str) -> sqlx::Result<()> {
    sqlx::query("update provider_flow set failure = $2 where id = $1")
        .bind(flow.uuid())
        .bind(failure)
        .execute(db)
        .await?;
    Ok(())
}

/// Uses a flow up, if all that is shown is right.
pub async fn redeem(tx: &mut Tx<'_>, shown: &Shown<'_>) -> sqlx::Result<Option<Redeemed>> {
    sqlx::query_as(
        "with shown as (
             select id, provider, subject, identity, refresh_token, person_id from provider_flow
             where id = $1 and secret_hash = $2 and ticket_hash = $3 and redeemed_at is null
               and expires_at > $5 and (person_id is null or person_id = $4)
             for update)
         update provider_flow set redeemed_at = $5, identity = null, refresh_token = null
         from shown where provider_flow.id = shown.id
         returning shown.provider, shown.subject, shown.identity, shown.refresh_token,
                   shown.person_id",
    )
    .bind(shown.flow.uuid())
    .bind(shown.secret_hash)
    .bind(shown.ticket_hash)
    .bind(shown.asker.map(PersonId::uuid))
    .bind(store::instant(shown.at))
    .fetch_optional(&mut **tx)
    .await
}

/// Deletes flows whose time is over.
pub async fn tidy(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    // All of them, piece by piece: what is begun by strangers may come faster than one piece a time.
    loop {
        let gone = sqlx::query(
            "delete from provider_flow where id in (
                 select id from provider_flow where expires_at <= $1
                 order by expires_at limit 5000 for update skip locked)",
        )
        .bind(store::instant(now))
        .execute(db)
        .await?;
        if gone.rows_affected() < 5000 {
            return Ok(());
        }
    }
}
