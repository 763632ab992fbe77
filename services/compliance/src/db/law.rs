//! Jurisdictions and their rulebooks.

use anyhow::Context as _;
use jiff::{Timestamp, tz::TimeZone};
use kernel::Zone;
use sqlx::{FromRow, types::Json};
use store::{Db, Tx};

use crate::{
    jurisdiction::{Jurisdiction, Law},
    rulebook::{Rulebook, Rules},
};

/// A row of `jurisdiction`.
#[derive(Debug, Clone, FromRow)]
pub struct JurisdictionRow {
    pub code: String,
    pub name: String,
    pub time_zone: String,
    #[sqlx(json)]
    pub area: Zone,
    pub parent: Option<String>,
    pub version: i64,
}

/// A row of `rulebook`.
#[derive(Debug, Clone, FromRow)]
pub struct RulebookRow {
    pub jurisdiction: String,
    pub version: i32,
    valid_from: jiff_sqlx::Timestamp,
    #[sqlx(json)]
    pub body: Rules,
    created_at: jiff_sqlx::Timestamp,
}

impl RulebookRow {
    pub fn valid_from(&self) -> Timestamp {
        self.valid_from.to_jiff()
    }

    pub fn created_at(&self) -> Timestamp {
        self.created_at.to_jiff()
    }
}

/// All of it. One jurisdiction that cannot be read fails the whole: left out, a laxer one around
/// it would count in its place.
pub async fn all(db: &Db) -> anyhow::Result<Law> {
    let jurisdictions: Vec<JurisdictionRow> =
        sqlx::query_as("select * from jurisdiction").fetch_all(db).await?;
    let rulebooks: Vec<RulebookRow> =
        sqlx::query_as("select * from rulebook").fetch_all(db).await?;
    let jurisdiction = |row: JurisdictionRow| -> anyhow::Result<Jurisdiction> {
        let time_zone = TimeZone::get(&row.time_zone)
            .with_context(|| format!("the time zone of {}", row.code))?;
        let JurisdictionRow { code, name, area, parent, .. } = row;
        Ok(Jurisdiction { code, name, time_zone, area, parent })
    };
    let rulebook = |row: RulebookRow| Rulebook {
        valid_from: row.valid_from(),
        jurisdiction: row.jurisdiction,
        version: row.version,
        rules: row.body,
    };
    Ok(Law {
        jurisdictions: jurisdictions.into_iter().map(jurisdiction).collect::<Result<_, _>>()?,
        rulebooks: rulebooks.into_iter().map(rulebook).collect(),
    })
}

pub async fn jurisdictions(
    db: &Db,
    after: Option<&str>,
    limit: u32,
) -> sqlx::Result<Vec<JurisdictionRow>> {
    sqlx::query_as(
        "select * from jurisdiction where $1::text is null or code > $1 order by code limit $2",
    )
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}

pub async fn jurisdiction(db: &Db, code: &str) -> sqlx::Result<Option<JurisdictionRow>> {
    sqlx::query_as("select * from jurisdiction where code = $1").bind(code).fetch_optional(db).await
}

/// From now until `tx` ends nobody else changes the order of the jurisdictions.
pub async fn lock_jurisdictions(tx: &mut Tx<'_>) -> sqlx::Result<()> {
    sqlx::query("lock table jurisdiction in share row exclusive mode").execute(&mut **tx).await?;
    Ok(())
}

/// `code` and all that it lies in, the nearest first; empty when there is no such one.
pub async fn chain(tx: &mut Tx<'_>, code: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "with recursive chain (code, parent, depth) as (
             select code, parent, 1 from jurisdiction where code = $1
             union all
             select above.code, above.parent, chain.depth + 1
             from chain join jurisdiction above on above.code = chain.parent
             where chain.depth < 20)
         select code from chain order by depth",
    )
    .bind(code)
    .fetch_all(&mut **tx)
    .await
}

/// `None` when there is one with this code already.
pub async fn insert_jurisdiction(
    tx: &mut Tx<'_>,
    new: &JurisdictionRow,
) -> sqlx::Result<Option<JurisdictionRow>> {
    sqlx::query_as(
        "insert into jurisdiction (code, name, time_zone, area, parent)
         values ($1, $2, $3, $4, $5)
         on conflict (code) do nothing
         returning *",
    )
    .bind(&new.code)
    .bind(&new.name)
    .bind(&new.time_zone)
    .bind(Json(&new.area))
    .bind(&new.parent)
    .fetch_optional(&mut **tx)
    .await
}

/// `None` unless the version is still `new.version`.
pub async fn update_jurisdiction(
    tx: &mut Tx<'_>,
    new: &JurisdictionRow,
) -> sqlx::Result<Option<JurisdictionRow>> {
    sqlx::query_as(
        "update jurisdiction
         set name = $2, time_zone = $3, area = $4, parent = $5, version = version + 1
         where code = $1 and version = $6
         returning *",
    )
    .bind(&new.code)
    .bind(&new.name)
    .bind(&new.time_zone)
    .bind(Json(&new.area))
    .bind(&new.parent)
    .bind(new.version)
    .fetch_optional(&mut **tx)
    .await
}

/// The rulebooks of a jurisdiction, newest first, from before `before`.
pub async fn rulebooks(
    db: &Db,
    jurisdiction: &str,
    before: Option<i32>,
    limit: u32,
) -> sqlx::Result<Vec<RulebookRow>> {
    sqlx::query_as(
        "select * from rulebook where jurisdiction = $1 and ($2::int is null or version < $2)
         order by version desc limit $3",
    )
    .bind(jurisdiction)
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}

pub async fn rulebook(
    db: &Db,
    jurisdiction: &str,
    version: i32,
) -> sqlx::Result<Option<RulebookRow>> {
    sqlx::query_as("select * from rulebook where jurisdiction = $1 and version = $2")
        .bind(jurisdiction)
        .bind(version)
        .fetch_optional(db)
        .await
}

/// The jurisdiction's last version, 0 where it has none, and nobody else adds one until `tx`
/// ends; `None` when there is no such jurisdiction.
pub async fn last_version(tx: &mut Tx<'_>, jurisdiction: &str) -> sqlx::Result<Option<i32>> {
    let locked: Option<String> =
        sqlx::query_scalar("select code from jurisdiction where code = $1 for update")
            .bind(jurisdiction)
            .fetch_optional(&mut **tx)
            .await?;
    if locked.is_none() {
        return Ok(None);
    }
    sqlx::query_scalar("select coalesce(max(version), 0) from rulebook where jurisdiction = $1")
        .bind(jurisdiction)
        .fetch_one(&mut **tx)
        .await
        .map(Some)
}

pub async fn insert_rulebook(
    tx: &mut Tx<'_>,
    new: &Rulebook,
    now: Timestamp,
) -> sqlx::Result<RulebookRow> {
    sqlx::query_as(
        "insert into rulebook (jurisdiction, version, valid_from, body, created_at)
         values ($1, $2, $3, $4, $5)
         returning *",
    )
    .bind(&new.jurisdiction)
    .bind(new.version)
    .bind(store::instant(new.valid_from))
    .bind(Json(&new.rules))
    .bind(store::instant(now))
    .fetch_one(&mut **tx)
    .await
}
