//! Licences.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use kernel::{AlcoholClass, StoreId};
use sqlx::FromRow;
use store::Db;
use uuid::Uuid;

use crate::licence::Licence;

/// A row of `licence`.
#[derive(Debug, Clone, FromRow)]
pub struct LicenceRow {
    #[sqlx(try_from = "Uuid")]
    pub store_id: StoreId,
    number: String,
    classes: Vec<String>,
    valid_from: jiff_sqlx::Date,
    valid_until: jiff_sqlx::Date,
    suspended: bool,
    pub version: i64,
}

impl LicenceRow {
    pub fn licence(&self) -> Licence {
        Licence {
            number: self.number.clone(),
            classes: self.classes.iter().filter_map(|word| class(word)).collect(),
            valid_from: self.valid_from.to_jiff(),
            valid_until: self.valid_until.to_jiff(),
            suspended: self.suspended,
        }
    }
}

/// What may be licensed, and the word for it.
const WORDS: [(AlcoholClass, &str); 3] = [
    (AlcoholClass::Beer, "beer"),
    (AlcoholClass::Wine, "wine"),
    (AlcoholClass::Spirits, "spirits"),
];

fn class(word: &str) -> Option<AlcoholClass> {
    WORDS.iter().find(|(_, known)| *known == word).map(|(class, _)| *class)
}

/// The words for a licence's classes.
pub fn words(licence: &Licence) -> Vec<&'static str> {
    WORDS
        .iter()
        .filter(|(class, _)| licence.classes.contains(class))
        .map(|(_, word)| *word)
        .collect()
}

pub async fn licence(db: &Db, store: StoreId) -> sqlx::Result<Option<LicenceRow>> {
    sqlx::query_as("select * from licence where store_id = $1")
        .bind(store.uuid())
        .fetch_optional(db)
        .await
}

/// The licences of those of these stores that have one.
pub async fn of_stores(db: &Db, stores: &[StoreId]) -> sqlx::Result<BTreeMap<StoreId, Licence>> {
    let ids: Vec<Uuid> = stores.iter().map(|store| store.uuid()).collect();
    let rows: Vec<LicenceRow> = sqlx::query_as("select * from licence where store_id = any($1)")
        .bind(ids)
        .fetch_all(db)
        .await?;
    Ok(rows.iter().map(|row| (row.store_id, row.licence())).collect())
}

/// Which licences a list has.
pub struct Listed {
    pub expires_before: Option<Date>,
    pub store: Option<StoreId>,
    /// Only those of these.
    pub stores: Option<Vec<StoreId>>,
}

/// Those that end first first, one more than the limit.
pub async fn list(
    db: &Db,
    which: Listed,
    after: Option<(Date, StoreId)>,
    limit: u32,
) -> sqlx::Result<Vec<LicenceRow>> {
    let stores = which.stores.map(|all| all.into_iter().map(StoreId::uuid).collect::<Vec<_>>());
    sqlx::query_as(
        "select * from licence
         where ($1::date is null or valid_until < $1) and ($2::uuid is null or store_id = $2)
           and ($3::uuid[] is null or store_id = any($3))
           and ($4::date is null or (valid_until, store_id) > ($4, $5))
         order by valid_until, store_id limit $6",
    )
    .bind(which.expires_before.map(ToSqlx::to_sqlx))
    .bind(which.store.map(StoreId::uuid))
    .bind(stores)
    .bind(after.map(|(day, _)| day.to_sqlx()))
    .bind(after.map(|(_, store)| store.uuid()))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// `None` when the store has one already.
pub async fn insert(
    db: &Db,
    store: StoreId,
    licence: &Licence,
) -> sqlx::Result<Option<LicenceRow>> {
    sqlx::query_as(
        "insert into licence (store_id, number, classes, valid_from, valid_until, suspended)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (store_id) do nothing
         returning *",
    )
    .bind(store.uuid())
    .bind(&licence.number)
    .bind(words(licence))
    .bind(licence.valid_from.to_sqlx())
    .bind(licence.valid_until.to_sqlx())
    .bind(licence.suspended)
    .fetch_optional(db)
    .await
}

/// `None` unless the version is still `version`.
pub async fn update(
    db: &Db,
    store: StoreId,
    licence: &Licence,
    version: i64,
) -> sqlx::Result<Option<LicenceRow>> {
    sqlx::query_as(
        "update licence
         set number = $2, classes = $3, valid_from = $4, valid_until = $5, suspended = $6,
             version = version + 1
         where store_id = $1 and version = $7
         returning *",
    )
    .bind(store.uuid())
    .bind(&licence.number)
    .bind(words(licence))
    .bind(licence.valid_from.to_sqlx())
    .bind(licence.valid_until.to_sqlx())
    .bind(licence.suspended)
    .bind(version)
    .fetch_optional(db)
    .await
}
