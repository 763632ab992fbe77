//! What [`crate::seed`] writes: rows that are there already stay as they are.

use jiff::Timestamp;
use kernel::{ProductId, StoreId, VendorId};
use store::Tx;
use uuid::Uuid;

use super::{
    products::{self, ProductFields},
    stores::{self, StoreFields},
};

/// The `source` of everything that is seeded.
const SOURCE: &str = "demo";

/// The vendor of that name, made where there is none.
pub async fn vendor(tx: &mut Tx<'_>, name: &str, now: Timestamp) -> sqlx::Result<VendorId> {
    let known: Option<Uuid> =
        sqlx::query_scalar("select id from vendor where name = $1 order by id limit 1")
            .bind(name)
            .fetch_optional(&mut **tx)
            .await?;
    if let Some(id) = known {
        return Ok(VendorId::from_uuid(id));
    }
    let id = VendorId::new();
    stores::insert_vendor(tx, id, name, now).await?;
    Ok(id)
}

/// The id of the row of `table` that was seeded under this key.
macro_rules! seeded {
    ($table:literal, $tx:expr, $key:expr) => {
        sqlx::query_scalar::<_, Uuid>(concat!(
            "select id from ",
            $table,
            " where source = $1 and source_key = $2"
        ))
        .bind(SOURCE)
        .bind($key)
        .fetch_optional(&mut **$tx)
        .await?
    };
}

/// The store's id, and whether it is new.
pub async fn store(
    tx: &mut Tx<'_>,
    key: &str,
    fields: &StoreFields<'_>,
    now: Timestamp,
) -> sqlx::Result<(StoreId, bool)> {
    if let Some(id) = seeded!("store", tx, key) {
        return Ok((StoreId::from_uuid(id), false));
    }
    let id = StoreId::new();
    stores::insert(tx, id, fields, now).await?;
    sqlx::query("update store set source = $2, source_key = $3 where id = $1")
        .bind(id.uuid())
        .bind(SOURCE)
        .bind(key)
        .execute(&mut **tx)
        .await?;
    Ok((id, true))
}

/// The product's id, and whether it is new.
pub async fn product(
    tx: &mut Tx<'_>,
    key: &str,
    fields: &ProductFields<'_>,
    now: Timestamp,
) -> sqlx::Result<(ProductId, bool)> {
    if let Some(id) = seeded!("product", tx, key) {
        return Ok((ProductId::from_uuid(id), false));
    }
    let id = ProductId::new();
    products::insert(tx, id, fields, now).await?;
    sqlx::query("update product set source = $2, source_key = $3 where id = $1")
        .bind(id.uuid())
        .bind(SOURCE)
        .bind(key)
        .execute(&mut **tx)
        .await?;
    Ok((id, true))
}

/// A listing to be, with its first stock.
#[derive(Debug, Clone)]
pub struct NewListing<'a> {
    pub store: StoreId,
    pub product: ProductId,
    pub price_minor: i64,
    pub tax_class: &'a str,
    pub deposit_minor: Option<i64>,
    pub on_hand: i32,
    pub low_threshold: i32,
}

/// Lists what is not listed yet, with its stock and the receipt that explains it. Nobody is warned
/// of a shelf that is nearly empty from the beginning.
pub async fn listings(tx: &mut Tx<'_>, new: &[NewListing<'_>], now: Timestamp) -> sqlx::Result<()> {
    let stores: Vec<Uuid> = new.iter().map(|listing| listing.store.uuid()).collect();
    let products: Vec<Uuid> = new.iter().map(|listing| listing.product.uuid()).collect();
    let prices: Vec<i64> = new.iter().map(|listing| listing.price_minor).collect();
    let tax_classes: Vec<&str> = new.iter().map(|listing| listing.tax_class).collect();
    let deposits: Vec<Option<i64>> = new.iter().map(|listing| listing.deposit_minor).collect();
    let on_hand: Vec<i32> = new.iter().map(|listing| listing.on_hand).collect();
    let thresholds: Vec<i32> = new.iter().map(|listing| listing.low_threshold).collect();
    sqlx::query(
        "with new as (
             select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[],
                                  $6::integer[], $7::integer[])
                  as n (store_id, product_id, price, tax_class, deposit, on_hand, threshold)),
         listed as (
             insert into listing (store_id, product_id, price_minor, tax_class, deposit_minor,
                                  changed_at)
             select store_id, product_id, price, tax_class, deposit, $8 from new
             on conflict do nothing),
         stocked as (
             insert into stock (store_id, product_id, on_hand, low_threshold, alerted, changed_at)
             select store_id, product_id, on_hand, threshold, on_hand <= threshold, $8 from new
             order by 1, 2
             on conflict do nothing returning store_id, product_id, on_hand)
         insert into movement (store_id, product_id, kind, quantity, on_hand, reason, at)
         select store_id, product_id, 'receipt', on_hand, on_hand, 'first stock', $8
         from stocked where on_hand > 0",
    )
    .bind(&stores)
    .bind(&products)
    .bind(&prices)
    .bind(&tax_classes)
    .bind(&deposits)
    .bind(&on_hand)
    .bind(&thresholds)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
