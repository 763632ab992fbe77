//! Ways to pay that stores offer.

use jiff::Timestamp;
use kernel::{AlcoholClass, Id, StoreId};
use sqlx::{FromRow, Row, postgres::PgRow};
use store::Db;
use uuid::Uuid;

use crate::ways::Way;

/// A way as it is kept.
pub struct WayRow {
    pub id: Uuid,
    pub version: i64,
    pub way: Way,
}

impl FromRow<'_, PgRow> for WayRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            version: row.try_get("version")?,
            way: Way {
                provider: row.try_get("provider")?,
                account: row.try_get("account")?,
                store: row.try_get::<Option<Uuid>, _>("store_id")?.map(StoreId::from_uuid),
                currencies: row.try_get("currencies")?,
                classes: self::classes(row.try_get("classes")?)?,
                label: row.try_get("label")?,
                place: row.try_get("place")?,
                active: row.try_get("active")?,
            },
        })
    }
}

/// Classes from a column.
pub(super) fn classes(names: Vec<String>) -> sqlx::Result<Vec<AlcoholClass>> {
    let class = |name: String| {
        serde_json::from_value(name.into()).map_err(|error| sqlx::Error::Decode(error.into()))
    };
    names.into_iter().map(class).collect()
}

/// Classes for a column.
pub(super) fn names(classes: &[AlcoholClass]) -> Vec<String> {
    let name = |class: &AlcoholClass| match serde_json::to_value(class) {
        Ok(serde_json::Value::String(name)) => Some(name),
        _ => None,
    };
    classes.iter().filter_map(name).collect()
}

/// Those of one store, and those for every store.
pub async fn for_store(db: &Db, store: Option<StoreId>) -> sqlx::Result<Vec<Way>> {
    let rows: Vec<WayRow> =
        sqlx::query_as("select * from way where store_id is null or store_id = $1 limit 200")
            .bind(store.map(StoreId::uuid))
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().map(|row| row.way).collect())
}

/// All, oldest first, after this one.
pub async fn list(db: &Db, after: Option<Uuid>, limit: i64) -> sqlx::Result<Vec<WayRow>> {
    sqlx::query_as("select * from way where $1::uuid is null or id > $1 order by id limit $2")
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await
}

/// Makes a way, or changes the one of this account and store.
pub async fn set(db: &Db, way: &Way, at: Timestamp) -> sqlx::Result<WayRow> {
    sqlx::query_as(
        "insert into way (id, provider, account, store_id, currencies, classes, label, place, active,
                          created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
         on conflict (provider, account, store_id) do update
             set currencies = $5, classes = $6, label = $7, place = $8, active = $9,
                 version = way.version + 1, changed_at = $10
         returning *",
    )
    .bind(Id::<Way>::new().uuid())
    .bind(&way.provider)
    .bind(&way.account)
    .bind(way.store.map(StoreId::uuid))
    .bind(&way.currencies)
    .bind(names(&way.classes))
    .bind(&way.label)
    .bind(way.place)
    .bind(way.active)
    .bind(store::instant(at))
    .fetch_one(db)
    .await
}

/// `false` when there was none.
pub async fn remove(db: &Db, id: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query("delete from way where id = $1").bind(id).execute(db).await?;
    Ok(done.rows_affected() == 1)
}
