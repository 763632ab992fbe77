//! Second factors: authenticator apps, recovery codes, and who has which. Whoever changes them has
//! locked the person first.

use jiff::Timestamp;
use kernel::{PersonId, SessionId};
use sqlx::FromRow;
use store::Tx;

/// What a person has to show besides a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Factors {
    /// Whether there is an authenticator app that is in force.
    pub authenticator: bool,
    pub passkeys: i64,
    /// Recovery codes that were not used.
    pub recovery_codes: i64,
}

impl Factors {
    /// Whether there is a factor. Recovery codes alone are none: they stand in for one.
    pub const fn any(&self) -> bool {
        self.authenticator || self.passkeys > 0
    }
}

pub async fn of(tx: &mut Tx<'_>, person: PersonId) -> sqlx::Result<Factors> {
    sqlx::query_as(
        "select exists (select from authenticator
                        where person_id = $1 and secret is not null) as authenticator,
                (select count(*) from passkey where person_id = $1) as passkeys,
                (select count(*) from recovery_code
                 where person_id = $1 and used_at is null) as recovery_codes",
    )
    .bind(person.uuid())
    .fetch_one(&mut **tx)
    .await
}

/// A row of `authenticator`, its secrets sealed.
#[derive(FromRow)]
pub struct AuthenticatorRow {
    pub secret: Option<Vec<u8>>,
    pub next_secret: Option<Vec<u8>>,
    next_until: Option<jiff_sqlx::Timestamp>,
}

impl AuthenticatorRow {
    /// The secret that waits to be confirmed, while it may be.
    pub fn waiting(&self, now: Timestamp) -> Option<&[u8]> {
        let holds = self.next_until.is_some_and(|until| now < until.to_jiff());
        self.next_secret.as_deref().filter(|_| holds)
    }
}

pub async fn authenticator(
    tx: &mut Tx<'_>,
    person: PersonId,
) -> sqlx::Result<Option<AuthenticatorRow>> {
    sqlx::query_as("select secret, next_secret, next_until from authenticator where person_id = $1")
        .bind(person.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// Keeps a secret that is in force once it is confirmed.
pub async fn offer(
    tx: &mut Tx<'_>,
    person: PersonId,
    sealed: &[u8],
    until: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into authenticator (person_id, next_secret, next_until) values ($1, $2, $3)
         on conflict (person_id) do update
         set next_secret = excluded.next_secret, next_until = excluded.next_until",
    )
    .bind(person.uuid())
    .bind(sealed)
    .bind(store::instant(until))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts the waiting secret in force; the code of `step` has been used.
pub async fn confirm(
    tx: &mut Tx<'_>,
    person: PersonId,
    step: i64,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update authenticator
         set secret = next_secret, confirmed_at = $3, last_step = $2,
             next_secret = null, next_until = null
         where person_id = $1 and next_secret is not null",
    )
    .bind(person.uuid())
    .bind(step)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Uses the code of a time step; false when it, or a later one, has been used.
pub async fn use_step(tx: &mut Tx<'_>, person: PersonId, step: i64) -> sqlx::Result<bool> {
    let used = sqlx::query(
        "update authenticator set last_step = $2 where person_id = $1 and last_step < $2",
    )
    .bind(person.uuid())
    .bind(step)
    .execute(&mut **tx)
    .await?;
    Ok(used.rows_affected() == 1)
}

pub async fn remove_authenticator(tx: &mut Tx<'_>, person: PersonId) -> sqlx::Result<()> {
    sqlx::query("delete from authenticator where person_id = $1")
        .bind(person.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Replaces all recovery codes by these; by none at the end of the last factor.
pub async fn set_recovery_codes(
    tx: &mut Tx<'_>,
    person: PersonId,
    hashes: &[Vec<u8>],
) -> sqlx::Result<()> {
    sqlx::query("delete from recovery_code where person_id = $1")
        .bind(person.uuid())
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "insert into recovery_code (person_id, hash) select $1, hash from unnest($2) as hash",
    )
    .bind(person.uuid())
    .bind(hashes)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Uses a recovery code; false when there is none, or it has been used.
pub async fn use_recovery_code(
    tx: &mut Tx<'_>,
    person: PersonId,
    hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<bool> {
    let used = sqlx::query(
        "update recovery_code set used_at = $3
         where person_id = $1 and hash = $2 and used_at is null",
    )
    .bind(person.uuid())
    .bind(hash)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Whether a second factor was shown in this open session of the person's.
pub async fn is_strong(
    tx: &mut Tx<'_>,
    person: PersonId,
    session: SessionId,
) -> sqlx::Result<bool> {
    let strong: Option<bool> = sqlx::query_scalar(
        "select strong from session where id = $1 and person_id = $2 and ended_at is null",
    )
    .bind(session.uuid())
    .bind(person.uuid())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(strong.unwrap_or(false))
}
