use jiff::Timestamp;
use kernel::{ProductId, StoreId};
use store::{Db, instant};

/// Somebody looked at a product.
pub struct NewView<'a> {
    pub visitor: &'a str,
    pub product: ProductId,
    /// The hour in which it happened.
    pub hour: Timestamp,
    pub store: Option<StoreId>,
    pub source: &'static str,
    /// The most that this visitor may leave in this hour.
    pub most: u32,
}

/// Counts a view once per visitor, product and hour; `false` where there is no such product.
pub async fn put_view(db: &Db, view: &NewView<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "with known as (select product_id from product where product_id = $2 and active),
         kept as (
             insert into view (visitor, product_id, hour, store_id, source)
             select $1, product_id, $3, $4, $5 from known
             where (select count(*) from view where visitor = $1 and hour = $3) < $6
             on conflict do nothing)
         select exists (select from known)",
    )
    .bind(view.visitor)
    .bind(view.product.uuid())
    .bind(instant(view.hour))
    .bind(view.store.map(StoreId::uuid))
    .bind(view.source)
    .bind(i64::from(view.most))
    .fetch_one(db)
    .await
}

pub async fn forget_views(db: &Db, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query("delete from view where hour < $1")
        .bind(instant(before))
        .execute(db)
        .await
        .map(drop)
}
