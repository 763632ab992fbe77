//! The statements of exports: whole tables, a page at a time in the order of their keys.

use sqlx::{FromRow, types::JsonValue};
use store::Db;
use uuid::Uuid;

/// So many rows are in memory at once.
pub const PAGE: usize = 1_000;

#[derive(Debug, FromRow)]
pub struct ProductRow {
    pub id: Uuid,
    pub source: Option<String>,
    pub source_key: Option<String>,
    pub name: String,
    pub producer: String,
    pub category: String,
    pub class: String,
    pub abv_bp: i32,
    pub volume_ml: i32,
    pub pack: i32,
    pub container: String,
    pub vintage: Option<i32>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub gtin: Option<String>,
    pub description: String,
    pub active: bool,
}

/// Products after one; and only those that a store lists if one is given.
pub async fn products(
    db: &Db,
    after: Option<Uuid>,
    store: Option<Uuid>,
) -> sqlx::Result<Vec<ProductRow>> {
    sqlx::query_as(
        "select * from product p
         where ($1::uuid is null or p.id > $1)
           and ($2::uuid is null
                or exists (select from listing where store_id = $2 and product_id = p.id))
         order by p.id limit $3",
    )
    .bind(after)
    .bind(store)
    .bind(PAGE as i64)
    .fetch_all(db)
    .await
}

#[derive(Debug, FromRow)]
pub struct StoreRow {
    pub id: Uuid,
    pub source: Option<String>,
    pub source_key: Option<String>,
    pub vendor: String,
    pub name: String,
    pub address: String,
    pub lat: f64,
    pub lon: f64,
    pub time_zone: String,
    pub currency: String,
    pub hours: JsonValue,
    pub zone: JsonValue,
    pub preparation_minutes: i32,
    pub licence_number: Option<String>,
    pub active: bool,
}

/// Stores after one; and only a certain one if that is given.
pub async fn stores(
    db: &Db,
    after: Option<Uuid>,
    store: Option<Uuid>,
) -> sqlx::Result<Vec<StoreRow>> {
    sqlx::query_as(
        "select s.*, vendor.name as vendor from store s join vendor on vendor.id = s.vendor_id
         where ($1::uuid is null or s.id > $1) and ($2::uuid is null or s.id = $2)
         order by s.id limit $3",
    )
    .bind(after)
    .bind(store)
    .bind(PAGE as i64)
    .fetch_all(db)
    .await
}

#[derive(Debug, FromRow)]
pub struct StockRow {
    pub store_id: Uuid,
    pub store_name: String,
    pub product_id: Uuid,
    pub product_name: String,
    pub gtin: Option<String>,
    pub on_hand: i32,
    pub allocated: i32,
    pub price_minor: Option<i64>,
    pub currency: String,
}

/// Stock rows after one; and only those of a certain store if that is given.
pub async fn stock(
    db: &Db,
    after: Option<(Uuid, Uuid)>,
    store: Option<Uuid>,
) -> sqlx::Result<Vec<StockRow>> {
    sqlx::query_as(
        "select k.store_id, s.name as store_name, k.product_id, p.name as product_name, p.gtin,
                k.on_hand, k.allocated, l.price_minor, s.currency
         from stock k join store s on s.id = k.store_id join product p on p.id = k.product_id
         left join listing l on l.store_id = k.store_id and l.product_id = k.product_id
         where ($1::uuid is null or (k.store_id, k.product_id) > ($1, $2))
           and ($3::uuid is null or k.store_id = $3)
         order by k.store_id, k.product_id limit $4",
    )
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1))
    .bind(store)
    .bind(PAGE as i64)
    .fetch_all(db)
    .await
}
