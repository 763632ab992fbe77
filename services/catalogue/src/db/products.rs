use jiff::Timestamp;
use kernel::{AlcoholClass, Drink, ProductId};
use sqlx::{FromRow, PgExecutor};
use store::{Lagging, Tx};
use uuid::Uuid;

use crate::product::{Container, class_name, class_named};

/// A row of `product`.
#[derive(Debug, Clone, FromRow)]
pub struct ProductRow {
    #[sqlx(try_from = "Uuid")]
    pub id: ProductId,
    pub name: String,
    pub producer: String,
    pub category: String,
    class: String,
    abv_bp: i32,
    volume_ml: i32,
    pack: i32,
    container: String,
    pub vintage: Option<i32>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub gtin: Option<String>,
    pub description: String,
    pub source_key: Option<String>,
    pub active: bool,
    pub version: i64,
}

impl ProductRow {
    pub fn drink(&self) -> Drink {
        Drink {
            // The table's CHECK admits only names that we know; the strictest class if it ever did.
            class: class_named(&self.class).unwrap_or(AlcoholClass::Spirits),
            abv_bp: self.abv_bp as u32,
            volume_ml: self.volume_ml as u32,
            pack: self.pack as u32,
        }
    }

    pub fn container(&self) -> Container {
        Container::named(&self.container).unwrap_or(Container::Other)
    }
}

/// All that people may set of a product.
#[derive(Debug, Clone)]
pub struct ProductFields<'a> {
    pub name: &'a str,
    pub producer: &'a str,
    pub category: &'a str,
    pub drink: Drink,
    pub container: Container,
    pub vintage: Option<i32>,
    pub country: Option<&'a str>,
    pub region: Option<&'a str>,
    pub gtin: Option<&'a str>,
    pub description: &'a str,
    pub active: bool,
}

const INSERT: &str =
    "insert into product (id, name, producer, category, class, abv_bp, volume_ml, pack, container,
                          vintage, country, region, gtin, description, active, created_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
     returning *";

const UPDATE: &str =
    "update product set name = $2, producer = $3, category = $4, class = $5, abv_bp = $6,
            volume_ml = $7, pack = $8, container = $9, vintage = $10, country = $11, region = $12,
            gtin = $13, description = $14, active = $15, changed_at = $16, version = version + 1
     where id = $1 and version = $17
     returning *";

fn bound<'q>(
    statement: &'static str,
    id: ProductId,
    fields: &'q ProductFields<'_>,
    at: Timestamp,
) -> sqlx::query::QueryAs<'q, sqlx::Postgres, ProductRow, sqlx::postgres::PgArguments> {
    sqlx::query_as(statement)
        .bind(id.uuid())
        .bind(fields.name)
        .bind(fields.producer)
        .bind(fields.category)
        .bind(class_name(fields.drink.class))
        .bind(fields.drink.abv_bp as i32)
        .bind(fields.drink.volume_ml as i32)
        .bind(fields.drink.pack as i32)
        .bind(fields.container.name())
        .bind(fields.vintage)
        .bind(fields.country)
        .bind(fields.region)
        .bind(fields.gtin)
        .bind(fields.description)
        .bind(fields.active)
        .bind(store::instant(at))
}

/// A new product; its category exists.
pub async fn insert(
    tx: &mut Tx<'_>,
    id: ProductId,
    fields: &ProductFields<'_>,
    at: Timestamp,
) -> sqlx::Result<ProductRow> {
    bound(INSERT, id, fields, at).fetch_one(&mut **tx).await
}

/// None when it does not exist at that version.
pub async fn update(
    tx: &mut Tx<'_>,
    (id, version): (ProductId, i64),
    fields: &ProductFields<'_>,
    at: Timestamp,
) -> sqlx::Result<Option<ProductRow>> {
    bound(UPDATE, id, fields, at).bind(version).fetch_optional(&mut **tx).await
}

pub async fn product(db: impl PgExecutor<'_>, id: ProductId) -> sqlx::Result<Option<ProductRow>> {
    sqlx::query_as("select * from product where id = $1").bind(id.uuid()).fetch_optional(db).await
}

/// A store's offer of one product.
#[derive(Debug, Clone, FromRow)]
pub struct OfferRow {
    pub store_id: Uuid,
    pub store_name: String,
    pub price_minor: i64,
    pub deposit_minor: Option<i64>,
    pub currency: String,
    pub free: i32,
    pub low_threshold: i32,
}

/// A page of the stores that offer a product, the cheapest first.
pub async fn offers(
    db: &Lagging,
    product: ProductId,
    after: Option<(i64, Uuid)>,
    (limit, now): (u32, Timestamp),
) -> sqlx::Result<Vec<OfferRow>> {
    sqlx::query_as(
        "select l.store_id, s.name as store_name, l.price_minor, l.deposit_minor, s.currency,
                coalesce(k.on_hand - k.allocated, 0) - (
                    select coalesce(sum(h.quantity), 0)::integer from hold_line h
                    where h.store_id = l.store_id and h.product_id = l.product_id
                      and h.held_until > $4) as free,
                coalesce(k.low_threshold, 0) as low_threshold
         from listing l
         join store s on s.id = l.store_id and s.active
         left join stock k on k.store_id = l.store_id and k.product_id = l.product_id
         where l.product_id = $1 and l.active
           and ($2::bigint is null or (l.price_minor, l.store_id) > ($2, $3))
         order by l.price_minor, l.store_id limit $5",
    )
    .bind(product.uuid())
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1))
    .bind(store::instant(now))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}
