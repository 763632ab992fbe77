//! Who people are at providers, and sign-ins that are under way there.

pub mod flow;
pub mod leaving;

use jiff::Timestamp;
use kernel::PersonId;
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// An identity as it is linked to a person.
#[derive(Debug, Clone, FromRow)]
pub struct IdentityRow {
    pub provider: String,
    pub email: Option<String>,
    linked_at: jiff_sqlx::Timestamp,
    used_at: jiff_sqlx::Timestamp,
}

impl IdentityRow {
    pub fn linked_at(&self) -> Timestamp {
        self.linked_at.to_jiff()
    }

    pub fn used_at(&self) -> Timestamp {
        self.used_at.to_jiff()
    }
}

/// What a provider says of an identity.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    pub provider: &'a str,
    pub subject: &'a str,
    pub email: Option<&'a str>,
    pub email_vouched: bool,
    /// Sealed.
    pub refresh_token: Option<&'a [u8]>,
    pub at: Timestamp,
}

/// Whom an identity is linked to.
pub async fn known(
    tx: &mut Tx<'_>,
    provider: &str,
    subject: &str,
) -> sqlx::Result<Option<PersonId>> {
    let known: Option<Uuid> =
        sqlx::query_scalar("select person_id from identity where provider = $1 and subject = $2")
            .bind(provider)
            .bind(subject)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(known.map(PersonId::from_uuid))
}

/// Whether an identity of that provider is linked to a person.
pub async fn has(tx: &mut Tx<'_>, person: PersonId, provider: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from identity where person_id = $1 and provider = $2)",
    )
    .bind(person.uuid())
    .bind(provider)
    .fetch_one(&mut **tx)
    .await
}

/// Whoever has an e-mail address, and whether it is proved to be theirs. Nobody else can change or
/// delete them until `tx` ends.
pub async fn owner(tx: &mut Tx<'_>, email: &str) -> sqlx::Result<Option<(PersonId, bool)>> {
    let owner: Option<(Uuid, bool)> = sqlx::query_as(
        "select id, email_verified_at is not null from person where email = $1 for update",
    )
    .bind(email)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(owner.map(|(id, verified)| (PersonId::from_uuid(id), verified)))
}

/// Links an identity to a person. False when it is linked by now, or the person to another.
pub async fn link(tx: &mut Tx<'_>, person: PersonId, told: Told<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into identity (provider, subject, person_id, email, email_vouched, refresh_token,
                               linked_at, used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         on conflict do nothing",
    )
    .bind(told.provider)
    .bind(told.subject)
    .bind(person.uuid())
    .bind(told.email)
    .bind(told.email_vouched)
    .bind(told.refresh_token)
    .bind(store::instant(told.at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that an identity was used, and what its provider says by now. False when it is gone.
pub async fn renew(tx: &mut Tx<'_>, told: Told<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update identity
         set email = $3, email_vouched = $4, refresh_token = coalesce($5, refresh_token),
             used_at = $6
         where provider = $1 and subject = $2",
    )
    .bind(told.provider)
    .bind(told.subject)
    .bind(told.email)
    .bind(told.email_vouched)
    .bind(told.refresh_token)
    .bind(store::instant(told.at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The identities of a person; there are no more than providers.
pub async fn of_person(db: &Db, person: PersonId) -> sqlx::Result<Vec<IdentityRow>> {
    sqlx::query_as(
        "select provider, email, linked_at, used_at from identity
         where person_id = $1 order by provider limit 100",
    )
    .bind(person.uuid())
    .fetch_all(db)
    .await
}

/// Whether a person can sign in without that provider.
pub async fn has_other_way(
    tx: &mut Tx<'_>,
    person: PersonId,
    provider: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from person where id = $1 and password_hash is not null)
             or exists (select from identity where person_id = $1 and provider <> $2)",
    )
    .bind(person.uuid())
    .bind(provider)
    .fetch_one(&mut **tx)
    .await
}

/// Keeps whether mail to an identity's address arrives, unless something newer is known.
pub async fn note_email(
    db: &Db,
    provider: &str,
    subject: &str,
    reachable: bool,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update identity set email_reachable = $3, email_told_at = $4
         where provider = $1 and subject = $2
           and (email_told_at is null or email_told_at < $4)",
    )
    .bind(provider)
    .bind(subject)
    .bind(reachable)
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(())
}
