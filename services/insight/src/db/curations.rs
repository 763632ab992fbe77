use insight_api::CurationId;
use jiff::Timestamp;
use kernel::{PersonId, ProductId, StoreId};
use sqlx::FromRow;
use store::{Db, Lagging, Tx, instant};
use uuid::Uuid;

use super::Scored;

/// A row of `curation`, with the product's name.
#[derive(Debug, Clone, FromRow)]
pub struct CurationRow {
    #[sqlx(try_from = "Uuid")]
    pub id: CurationId,
    pub seq: i64,
    #[sqlx(try_from = "Uuid", rename = "product_id")]
    pub product: ProductId,
    pub name: String,
    pub action: String,
    pub position: Option<i32>,
    until: Option<jiff_sqlx::Timestamp>,
    pub note: String,
    #[sqlx(try_from = "Uuid")]
    pub decided_by: PersonId,
    decided_at: jiff_sqlx::Timestamp,
}

impl CurationRow {
    pub fn until(&self) -> Option<Timestamp> {
        self.until.map(jiff_sqlx::Timestamp::to_jiff)
    }
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at.to_jiff()
    }
}

/// A decision to be.
pub struct NewCuration<'a> {
    pub product: ProductId,
    pub action: &'a str,
    pub position: Option<i32>,
    pub until: Option<Timestamp>,
    pub note: &'a str,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Makes decisions about one product wait for each other; `false` where there is no such product.
pub async fn lock_product(tx: &mut Tx<'_>, product: ProductId) -> sqlx::Result<bool> {
    let found: Option<i32> =
        sqlx::query_scalar("select 1 from product where product_id = $1 for update")
            .bind(product.uuid())
            .fetch_optional(&mut **tx)
            .await?;
    Ok(found.is_some())
}

pub async fn decide(tx: &mut Tx<'_>, new: &NewCuration<'_>) -> sqlx::Result<CurationRow> {
    sqlx::query_as(
        "with made as (
             insert into curation (id, product_id, action, position, until, note, decided_by,
                                   decided_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning *)
         select made.*, name from made join product using (product_id)",
    )
    .bind(CurationId::new().uuid())
    .bind(new.product.uuid())
    .bind(new.action)
    .bind(new.position)
    .bind(new.until.map(instant))
    .bind(new.note)
    .bind(new.by.uuid())
    .bind(instant(new.at))
    .fetch_one(&mut **tx)
    .await
}

/// The newest decisions about a product, newest first.
pub async fn latest_of(
    tx: &mut Tx<'_>,
    product: ProductId,
    limit: i64,
) -> sqlx::Result<Vec<CurationRow>> {
    sqlx::query_as(
        "select curation.*, name from curation join product using (product_id)
         where product_id = $1 order by seq desc limit $2",
    )
    .bind(product.uuid())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
}

/// All decisions, newest first, one more than the limit; of one product or one id where named.
pub async fn curations(
    db: &Db,
    product: Option<ProductId>,
    id: Option<CurationId>,
    before: Option<i64>,
    limit: u32,
) -> sqlx::Result<Vec<CurationRow>> {
    sqlx::query_as(
        "select curation.*, name from curation join product using (product_id)
         where ($1::uuid is null or product_id = $1) and ($2::uuid is null or id = $2)
           and ($3::bigint is null or seq < $3)
         order by seq desc limit $4",
    )
    .bind(product.map(ProductId::uuid))
    .bind(id.map(CurationId::uuid))
    .bind(before)
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// A product about which a decision holds.
#[derive(Debug, Clone, FromRow)]
pub struct Decided {
    #[sqlx(flatten)]
    pub scored: Scored,
    pub action: String,
    pub position: Option<i32>,
}

/// The decisions that hold at `now`, newest first, of products that can be sold; with a store, of
/// those it has sold.
pub async fn decided(
    db: &Lagging,
    store: Option<StoreId>,
    now: Timestamp,
) -> sqlx::Result<Vec<Decided>> {
    sqlx::query_as(
        "select product_id, name, category, coalesce(score, 0) as score,
                coalesce(reason, 'popular') as reason, action, position
         from (select distinct on (product_id) * from curation order by product_id, seq desc) c
         join product p using (product_id) left join score using (product_id)
         where action <> 'clear' and (until is null or until > $2) and active
           and ($1::uuid is null or exists (
               select from order_line join order_fact using (order_id)
               where order_line.product_id = p.product_id and store_id = $1
                 and paid_at is not null and cancelled_at is null))
         order by seq desc limit 500",
    )
    .bind(store.map(StoreId::uuid))
    .bind(instant(now))
    .fetch_all(db)
    .await
}

/// A decision that holds.
#[derive(Debug, Clone, FromRow)]
pub struct Standing {
    #[sqlx(flatten)]
    pub curation: CurationRow,
    /// Whether the product can be sold.
    pub active: bool,
}

/// The decisions that hold at `now`, newest first, whether or not their products can be sold: at most
/// 500.
pub async fn standing(db: &Db, now: Timestamp) -> sqlx::Result<Vec<Standing>> {
    sqlx::query_as(
        "select c.*, name, active
         from (select distinct on (product_id) * from curation order by product_id, seq desc) c
         join product using (product_id)
         where action <> 'clear' and (until is null or until > $1)
         order by seq desc limit 500",
    )
    .bind(instant(now))
    .fetch_all(db)
    .await
}
