use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{ProductId, StoreId};
use store::Tx;
use uuid::Uuid;

/// What a store sells these products for, in minor units.
pub async fn prices(
    tx: &mut Tx<'_>,
    store: StoreId,
    products: &[Uuid],
) -> sqlx::Result<HashMap<ProductId, i64>> {
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(
        "select product_id, price_minor from listing where store_id = $1 and product_id = any($2)",
    )
    .bind(store.uuid())
    .bind(products)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(id, price)| (ProductId::from_uuid(id), price)).collect())
}

/// Sets prices: product, minor units, and whether it is for sale if it is new to the store. To be
/// given in the order of the products.
pub async fn save(
    tx: &mut Tx<'_>,
    store: StoreId,
    listings: &[(ProductId, i64, bool)],
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into listing (store_id, product_id, price_minor, active, changed_at)
         select $1, n.product_id, n.price, n.active, $5
         from unnest($2::uuid[], $3::bigint[], $4::boolean[]) as n (product_id, price, active)
         on conflict (store_id, product_id) do update set
             price_minor = excluded.price_minor, changed_at = excluded.changed_at,
             version = listing.version + 1
         where listing.price_minor <> excluded.price_minor",
    )
    .bind(store.uuid())
    .bind(listings.iter().map(|listing| listing.0.uuid()).collect::<Vec<_>>())
    .bind(listings.iter().map(|listing| listing.1).collect::<Vec<_>>())
    .bind(listings.iter().map(|listing| listing.2).collect::<Vec<_>>())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
