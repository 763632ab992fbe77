//! Identities that go, and what is left to be done at their providers.

use jiff::Timestamp;
use kernel::PersonId;
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// Which of the identities go.
#[derive(Debug, Clone, Copy)]
pub enum Leaving<'a> {
    /// Those of one person: at one provider, or all when none is named.
    Of(PersonId, Option<&'a str>),
    /// The one that a provider names, if it was linked by then: what it told of an earlier link
    /// says nothing of a later one.
    Named { provider: &'a str, subject: &'a str, until: Timestamp },
}

/// Removes identities with every trace of them, and keeps the access that is to be given back.
/// Says whose they were.
pub async fn remove(
    tx: &mut Tx<'_>,
    leaving: Leaving<'_>,
    now: Timestamp,
) -> sqlx::Result<Vec<PersonId>> {
    let (person, provider, subject, until) = match leaving {
        Leaving::Of(person, provider) => (Some(person.uuid()), provider, None, None),
        Leaving::Named { provider, subject, until } => {
            (None, Some(provider), Some(subject), Some(store::instant(until)))
        }
    };
    let whose: Vec<Uuid> = sqlx::query_scalar(
        "with gone as (
             delete from identity
             where ($1::uuid is null or person_id = $1) and ($2::text is null or provider = $2)
               and ($3::text is null or subject = $3)
               and ($4::timestamptz is null or linked_at <= $4)
             returning provider, subject, person_id, refresh_token),
         flows as (
             delete from provider_flow using gone
             where provider_flow.provider = gone.provider
               and provider_flow.subject = gone.subject),
         due as (
             insert into provider_revocation (id, provider, token, due_at)
             select gen_random_uuid(), provider, refresh_token, $5 from gone
             where refresh_token is not null)
         select person_id from gone",
    )
    .bind(person)
    .bind(provider)
    .bind(subject)
    .bind(until)
    .bind(store::instant(now))
    .fetch_all(&mut **tx)
    .await?;
    Ok(whose.into_iter().map(PersonId::from_uuid).collect())
}

/// Access that is to be given back.
#[derive(Debug, FromRow)]
pub struct Revocation {
    pub id: Uuid,
    pub provider: String,
    /// Sealed.
    pub token: Vec<u8>,
    pub tries: i32,
}

/// Takes what is due, which is then not due for anyone else until `claimed_until`.
pub async fn claim(
    db: &Db,
    now: Timestamp,
    claimed_until: Timestamp,
) -> sqlx::Result<Vec<Revocation>> {
    sqlx::query_as(
        "update provider_revocation set due_at = $2, tries = tries + 1
         where id in (select id from provider_revocation where due_at <= $1
                      order by due_at limit 10 for update skip locked)
         returning id, provider, token, tries",
    )
    .bind(store::instant(now))
    .bind(store::instant(claimed_until))
    .fetch_all(db)
    .await
}

/// Puts off what did not work.
pub async fn put_off(db: &Db, id: Uuid, due_at: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update provider_revocation set due_at = $2 where id = $1")
        .bind(id)
        .bind(store::instant(due_at))
        .execute(db)
        .await?;
    Ok(())
}

/// Nothing is left to be given back.
pub async fn settle(db: &Db, id: Uuid) -> sqlx::Result<()> {
    sqlx::query("delete from provider_revocation where id = $1").bind(id).execute(db).await?;
    Ok(())
}

/// Keeps that a provider's request to delete was followed; once per code.
pub async fn keep_request(
    tx: &mut Tx<'_>,
    code: &str,
    provider: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into deletion_request (code, provider, done_at) values ($1, $2, $3)
         on conflict do nothing",
    )
    .bind(code)
    .bind(provider)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When such a request was followed.
pub async fn request(db: &Db, provider: &str, code: &str) -> sqlx::Result<Option<Timestamp>> {
    let done: Option<jiff_sqlx::Timestamp> = sqlx::query_scalar(
        "select done_at from deletion_request where code = $1 and provider = $2",
    )
    .bind(code)
    .bind(provider)
    .fetch_optional(db)
    .await?;
    Ok(done.map(jiff_sqlx::Timestamp::to_jiff))
}
