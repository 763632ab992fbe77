use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{ProductId, StoreId};
use sqlx::{FromRow, PgExecutor};
use store::{Db, Lagging, Tx};
use uuid::Uuid;

use super::products::ProductRow;
use crate::sheet::Key;

/// What a store sells, with what is free of it.
#[derive(Debug, Clone, FromRow)]
pub struct ListingRow {
    #[sqlx(flatten)]
    pub product: ProductRow,
    /// By what listings are ordered.
    pub name_key: String,
    pub price_minor: i64,
    pub tax_class: String,
    pub deposit_minor: Option<i64>,
    pub listed: bool,
    pub listing_version: i64,
    pub on_hand: i32,
    pub free: i32,
    pub low_threshold: i32,
}

/// The columns of [`ListingRow`]; `$2` is now.
macro_rules! listings {
    ($rest:literal) => {
        concat!(
            "select p.*, lower(p.name) as name_key, l.price_minor, l.tax_class, l.deposit_minor, l.active as listed,
                    l.version as listing_version, coalesce(k.on_hand, 0) as on_hand,
                    coalesce(k.on_hand - k.allocated, 0) - (
                        select coalesce(sum(h.quantity), 0)::integer from hold_line h
                        where h.store_id = l.store_id and h.product_id = l.product_id
                          and h.held_until > $2) as free,
                    coalesce(k.low_threshold, 0) as low_threshold
             from listing l join product p on p.id = l.product_id
             left join stock k on k.store_id = l.store_id and k.product_id = l.product_id
             where l.store_id = $1 ",
            $rest
        )
    };
}

/// Locks what a store lists of these products until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, store: StoreId, products: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query(
        "select from listing where store_id = $1 and product_id = any($2)
         order by product_id for no key update",
    )
    .bind(store.uuid())
    .bind(products)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Of these products what a store lists, whether or not it can be sold now.
pub async fn of_products(
    db: impl PgExecutor<'_>,
    store: StoreId,
    products: &[Uuid],
    now: Timestamp,
) -> sqlx::Result<Vec<ListingRow>> {
    sqlx::query_as(listings!("and l.product_id = any($3)"))
        .bind(store.uuid())
        .bind(store::instant(now))
        .bind(products)
        .fetch_all(db)
        .await
}

/// The names of these products, of those that everyone may see.
pub async fn names(db: &Db, products: &[Uuid]) -> sqlx::Result<Vec<(Uuid, String)>> {
    sqlx::query_as("select id, name from product where id = any($1) and active")
        .bind(products)
        .fetch_all(db)
        .await
}

/// What these products are called, and their barcodes.
pub async fn labels(
    tx: &mut Tx<'_>,
    products: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, String, Option<String>)>> {
    sqlx::query_as("select id, name, gtin from product where id = any($1)")
        .bind(products)
        .fetch_all(&mut **tx)
        .await
}

/// Which listings of a store are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub store: StoreId,
    /// This category and all below it.
    pub category: Option<&'a str>,
    /// Also what is not for sale now.
    pub inactive: bool,
}

/// A page of a store's listings in the order of name.
pub async fn page(
    db: &Lagging,
    wanted: Wanted<'_>,
    after: Option<&(String, Uuid)>,
    (limit, now): (u32, Timestamp),
) -> sqlx::Result<Vec<ListingRow>> {
    sqlx::query_as(listings!(
        "and ($3 or (l.active and p.active))
         and ($4::text is null or p.category = $4 or p.category like $4 || '/%')
         and ($5::text is null or (lower(p.name), p.id) > ($5, $6))
         order by lower(p.name), p.id limit $7"
    ))
    .bind(wanted.store.uuid())
    .bind(store::instant(now))
    .bind(wanted.inactive)
    .bind(wanted.category)
    .bind(after.map(|after| &after.0))
    .bind(after.map(|after| after.1))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// What a store sets for a product that it sells.
#[derive(Debug, Clone)]
pub struct ListingFields<'a> {
    pub price_minor: i64,
    pub tax_class: &'a str,
    pub deposit_minor: Option<i64>,
    pub active: bool,
}

/// Lists a product, or changes how it is listed where `seen` is its version; gives the version
/// that came of it, or none where it is listed at another version, or not at all.
pub async fn put(
    tx: &mut Tx<'_>,
    (store, product): (StoreId, ProductId),
    fields: &ListingFields<'_>,
    seen: Option<i64>,
    at: Timestamp,
) -> sqlx::Result<Option<i64>> {
    const INSERT: &str =
        "insert into listing (store_id, product_id, price_minor, tax_class, deposit_minor, active,
                              changed_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning version";
    const UPDATE: &str =
        "update listing set price_minor = $3, tax_class = $4, deposit_minor = $5, active = $6,
                            changed_at = $7, version = version + 1
         where store_id = $1 and product_id = $2 and version = $8 returning version";
    let statement = sqlx::query_scalar(if seen.is_some() { UPDATE } else { INSERT })
        .bind(store.uuid())
        .bind(product.uuid())
        .bind(fields.price_minor)
        .bind(fields.tax_class)
        .bind(fields.deposit_minor)
        .bind(fields.active)
        .bind(store::instant(at));
    match seen {
        Some(version) => statement.bind(version).fetch_optional(&mut **tx).await,
        None => statement.fetch_optional(&mut **tx).await,
    }
}

/// A line of a CSV file of listings: what it says of one product.
#[derive(Debug, Clone)]
pub struct Line {
    pub product: Uuid,
    pub price_minor: i64,
    pub tax_class: String,
    pub deposit_minor: Option<i64>,
    pub active: bool,
}

/// Lists all these products as said; gives those that are new and those that changed.
pub async fn put_all(
    tx: &mut Tx<'_>,
    store: StoreId,
    lines: &[Line],
    at: Timestamp,
) -> sqlx::Result<Vec<(Uuid, bool)>> {
    let products: Vec<Uuid> = lines.iter().map(|line| line.product).collect();
    let prices: Vec<i64> = lines.iter().map(|line| line.price_minor).collect();
    let tax_classes: Vec<&str> = lines.iter().map(|line| line.tax_class.as_str()).collect();
    let deposits: Vec<Option<i64>> = lines.iter().map(|line| line.deposit_minor).collect();
    let active: Vec<bool> = lines.iter().map(|line| line.active).collect();
    sqlx::query_as(
        "insert into listing as l (store_id, product_id, price_minor, tax_class, deposit_minor,
                                   active, changed_at)
         select $1, n.*, $7
         from unnest($2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::boolean[]) as n
         order by 1, 2
         on conflict (store_id, product_id) do update
         set price_minor = excluded.price_minor, tax_class = excluded.tax_class,
             deposit_minor = excluded.deposit_minor, active = excluded.active,
             changed_at = excluded.changed_at, version = l.version + 1
         where (l.price_minor, l.tax_class, l.deposit_minor, l.active) is distinct from
               (excluded.price_minor, excluded.tax_class, excluded.deposit_minor, excluded.active)
         returning product_id, version = 1",
    )
    .bind(store.uuid())
    .bind(&products)
    .bind(&prices)
    .bind(&tax_classes)
    .bind(&deposits)
    .bind(&active)
    .bind(store::instant(at))
    .fetch_all(&mut **tx)
    .await
}

/// The products that go by these keys: an id, or a key of where they were imported from.
pub async fn keyed(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = &Key>,
) -> sqlx::Result<BTreeMap<String, Vec<Uuid>>> {
    let (mut ids, mut skus) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            Key::Product(id) => ids.push(id.uuid()),
            Key::Sku(sku) => skus.push(sku.as_str()),
        }
    }
    let rows: Vec<(String, Uuid)> = sqlx::query_as(
        "select id::text, id from product where id = any($1)
         union all select source_key, id from product where source_key = any($2)",
    )
    .bind(&ids)
    .bind(&skus)
    .fetch_all(&mut **tx)
    .await?;
    let mut keyed: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for (key, id) in rows {
        keyed.entry(key).or_default().push(id);
    }
    Ok(keyed)
}
