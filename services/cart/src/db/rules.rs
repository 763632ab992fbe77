//! Tariffs and promotions.

use anyhow::Context as _;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use kernel::{Currency, PersonId, StoreId};
use serde_json::Value;
use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow, types::Json};
use store::Db;

use crate::{
    promotion::{Promotion, PromotionId},
    tariff::Tariff,
};

/// What holds at a store at an instant.
pub struct Rules {
    /// The store's own tariff, or the one for all that have none.
    pub tariff: Option<Tariff>,
    /// By priority, in the store's currency or in none.
    pub promotions: Vec<Promotion>,
}

/// A version of a tariff.
#[derive(FromRow)]
pub struct TariffRow {
    pub version: i64,
    #[sqlx(json)]
    pub body: Tariff,
}

/// A promotion as it is kept.
#[derive(Debug, Clone)]
pub struct PromotionRow {
    pub id: PromotionId,
    pub store: Option<StoreId>,
    pub priority: i32,
    pub promotion: Promotion,
    pub active: bool,
}

impl FromRow<'_, PgRow> for PromotionRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let instant = |at: jiff_sqlx::Timestamp| at.to_jiff();
        Ok(Self {
            id: PromotionId::from_uuid(row.try_get("id")?),
            store: row.try_get::<Option<_>, _>("store_id")?.map(StoreId::from_uuid),
            priority: row.try_get("priority")?,
            promotion: Promotion {
                terms: row.try_get::<Json<_>, _>("terms")?.0,
                valid_from: instant(row.try_get("valid_from")?),
                valid_until: row.try_get::<Option<_>, _>("valid_until")?.map(instant),
            },
            active: row.try_get("active")?,
        })
    }
}

/// The tariff and the promotions that hold at a store, in one question.
pub async fn rules(
    db: &Db,
    store: StoreId,
    currency: Currency,
    at: Timestamp,
) -> anyhow::Result<Rules> {
    let row = sqlx::query(
        "select
             (select body from tariff where store_id = $1 or store_id is null
              order by store_id nulls last, version desc limit 1) as tariff,
             (select coalesce(jsonb_agg(jsonb_build_object('terms', terms,
                                                           'valid_from', valid_from,
                                                           'valid_until', valid_until)
                                        order by priority, id), '[]')
              from promotion
              where active and (store_id = $1 or store_id is null)
                and (currency is null or currency = $2)
                and valid_from <= $3 and (valid_until is null or valid_until > $3)) as promotions",
    )
    .bind(store.uuid())
    .bind(currency.code())
    .bind(store::instant(at))
    .fetch_one(db)
    .await?;
    let tariff: Option<Value> = row.try_get("tariff")?;
    let promotions: Value = row.try_get("promotions")?;
    Ok(Rules {
        tariff: tariff.map(serde_json::from_value).transpose().context("read a tariff")?,
        promotions: serde_json::from_value(promotions).context("read the promotions")?,
    })
}

/// The tariff that holds: the store's own, or the one for all that have none.
pub async fn tariff(db: &Db, store: Option<StoreId>) -> sqlx::Result<Option<TariffRow>> {
    sqlx::query_as(
        "select version, body from tariff where store_id is not distinct from $1
         order by version desc limit 1",
    )
    .bind(store.map(StoreId::uuid))
    .fetch_optional(db)
    .await
}

/// The tariff that held at a store then; the first that came after, where there was none.
pub async fn tariff_at(db: &Db, store: StoreId, at: Timestamp) -> sqlx::Result<Option<Tariff>> {
    let body: Option<Json<Tariff>> = sqlx::query_scalar(
        "select body from tariff where store_id = $1 or store_id is null
         order by created_at > $2, store_id nulls last,
                  case when created_at > $2 then version else -version end
         limit 1",
    )
    .bind(store.uuid())
    .bind(store::instant(at))
    .fetch_optional(db)
    .await?;
    Ok(body.map(|Json(tariff)| tariff))
}

/// A new version of a tariff.
pub struct NewTariff<'a> {
    pub store: Option<StoreId>,
    pub version: i64,
    pub body: &'a Tariff,
    pub set_by: Option<PersonId>,
    pub at: Timestamp,
}

/// `false` when there is that version already.
pub async fn insert_tariff(db: &Db, new: &NewTariff<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into tariff (store_id, version, body, set_by, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict on constraint tariff_version do nothing",
    )
    .bind(new.store.map(StoreId::uuid))
    .bind(new.version)
    .bind(Json(new.body))
    .bind(new.set_by.map(PersonId::uuid))
    .bind(store::instant(new.at))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// `false` when there is that promotion already, or the store has `most` that are active.
pub async fn insert_promotion(
    db: impl PgExecutor<'_>,
    new: &PromotionRow,
    most: i64,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let currency = new.promotion.terms.currency().ok().flatten();
    let done = sqlx::query(
        "insert into promotion (id, store_id, currency, terms, priority, valid_from, valid_until,
                                created_at)
         select $1, $2, $3, $4, $5, $6, $7, $8
         where (select count(*) from promotion
                where active and store_id is not distinct from $2) < $9
         on conflict (id) do nothing",
    )
    .bind(new.id.uuid())
    .bind(new.store.map(StoreId::uuid))
    .bind(currency.map(|currency| currency.code()))
    .bind(Json(&new.promotion.terms))
    .bind(new.priority)
    .bind(store::instant(new.promotion.valid_from))
    .bind(new.promotion.valid_until.map(ToSqlx::to_sqlx))
    .bind(store::instant(at))
    .bind(most)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Promotions, newest first; of all stores where `stores` is absent.
pub async fn promotions_of(
    db: &Db,
    stores: Option<&[StoreId]>,
    after: Option<PromotionId>,
    limit: i64,
) -> sqlx::Result<Vec<PromotionRow>> {
    sqlx::query_as(
        "select * from promotion
         where ($1::uuid[] is null or store_id = any($1)) and ($2::uuid is null or id < $2)
         order by id desc limit $3",
    )
    .bind(stores.map(|stores| stores.iter().map(|store| store.uuid()).collect::<Vec<_>>()))
    .bind(after.map(PromotionId::uuid))
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Ends a promotion; of all stores where `stores` is absent. Ending it again changes nothing.
pub async fn end_promotion(
    db: &Db,
    id: PromotionId,
    stores: Option<&[StoreId]>,
) -> sqlx::Result<Option<PromotionRow>> {
    sqlx::query_as(
        "update promotion set active = false
         where id = $1 and ($2::uuid[] is null or store_id = any($2))
         returning *",
    )
    .bind(id.uuid())
    .bind(stores.map(|stores| stores.iter().map(|store| store.uuid()).collect::<Vec<_>>()))
    .fetch_optional(db)
    .await
}

/// The largest tip of the tariff that holds at a store.
pub async fn most_tip(db: impl PgExecutor<'_>, store: StoreId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "select (body ->> 'most_tip')::bigint from tariff
         where store_id = $1 or store_id is null
         order by store_id nulls last, version desc limit 1",
    )
    .bind(store.uuid())
    .fetch_optional(db)
    .await
}
