//! Products that people have marked. Whoever changes a mark has locked the person first.

use jiff::Timestamp;
use kernel::{PersonId, ProductId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// A product that a person has marked.
#[derive(Debug, Clone, FromRow)]
pub struct FavouriteRow {
    #[sqlx(try_from = "Uuid", rename = "product_id")]
    pub product: ProductId,
    marked_at: jiff_sqlx::Timestamp,
}

impl FavouriteRow {
    pub fn marked_at(&self) -> Timestamp {
        self.marked_at.to_jiff()
    }
}

/// What a person has marked, in the order of the products' ids, from after `after`.
pub async fn favourites(
    db: &Db,
    person: PersonId,
    after: Option<ProductId>,
    limit: u32,
) -> sqlx::Result<Vec<FavouriteRow>> {
    sqlx::query_as(
        "select product_id, marked_at from favourite
         where person_id = $1 and ($2::uuid is null or product_id > $2)
         order by product_id limit $3",
    )
    .bind(person.uuid())
    .bind(after.map(ProductId::uuid))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}

/// How many other products a person has marked.
pub async fn others(tx: &mut Tx<'_>, person: PersonId, product: ProductId) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from favourite where person_id = $1 and product_id <> $2")
        .bind(person.uuid())
        .bind(product.uuid())
        .fetch_one(&mut **tx)
        .await
}

/// Puts a mark on: the number of the change, or none where it is on already.
pub async fn mark(
    tx: &mut Tx<'_>,
    person: PersonId,
    product: ProductId,
    at: Timestamp,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "insert into favourite (person_id, product_id, marked_at) values ($1, $2, $3)
         on conflict do nothing returning nextval('favourite_change')",
    )
    .bind(person.uuid())
    .bind(product.uuid())
    .bind(store::instant(at))
    .fetch_optional(&mut **tx)
    .await
}

/// Takes a mark off: the number of the change, or none where there was no mark.
pub async fn unmark(
    tx: &mut Tx<'_>,
    person: PersonId,
    product: ProductId,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "delete from favourite where person_id = $1 and product_id = $2
         returning nextval('favourite_change')",
    )
    .bind(person.uuid())
    .bind(product.uuid())
    .fetch_optional(&mut **tx)
    .await
}
