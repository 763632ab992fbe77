//! The keys that sign access tokens.

use jiff::Timestamp;
use sqlx::FromRow;
use store::{Db, Tx};

/// A row of `signing_key`.
#[derive(Debug, Clone, FromRow)]
pub struct KeyRow {
    pub kid: String,
    pub sealed: Vec<u8>,
    made_at: jiff_sqlx::Timestamp,
    signs_from: jiff_sqlx::Timestamp,
}

impl KeyRow {
    pub fn made_at(&self) -> Timestamp {
        self.made_at.to_jiff()
    }
    pub fn signs_from(&self) -> Timestamp {
        self.signs_from.to_jiff()
    }
}

/// All keys that were not given up, oldest first.
pub async fn keys(db: &Db) -> sqlx::Result<Vec<KeyRow>> {
    sqlx::query_as("select * from signing_key where revoked_at is null order by signs_from, kid")
        .fetch_all(db)
        .await
}

/// The same; nobody else changes them until `tx` ends.
pub async fn lock_keys(tx: &mut Tx<'_>) -> sqlx::Result<Vec<KeyRow>> {
    sqlx::query("lock table signing_key in share row exclusive mode").execute(&mut **tx).await?;
    sqlx::query_as("select * from signing_key where revoked_at is null order by signs_from, kid")
        .fetch_all(&mut **tx)
        .await
}

/// A key to be.
pub struct NewKey<'a> {
    pub kid: &'a str,
    pub sealed: &'a [u8],
    pub public: &'a [u8],
    pub made_at: Timestamp,
    pub signs_from: Timestamp,
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewKey<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into signing_key (kid, sealed, public, made_at, signs_from)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(new.kid)
    .bind(new.sealed)
    .bind(new.public)
    .bind(store::instant(new.made_at))
    .bind(store::instant(new.signs_from))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives up every key but one: what they signed holds no longer.
pub async fn revoke_others(tx: &mut Tx<'_>, kid: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update signing_key set revoked_at = $2 where kid <> $1 and revoked_at is null")
        .bind(kid)
        .bind(store::instant(now))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes keys whose last tokens have ended.
pub async fn forget(tx: &mut Tx<'_>, kids: &[String]) -> sqlx::Result<()> {
    sqlx::query("delete from signing_key where kid = any ($1)")
        .bind(kids)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
