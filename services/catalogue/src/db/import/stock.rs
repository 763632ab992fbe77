use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{Currency, ProductId, StoreId};
use sqlx::FromRow;
use store::Tx;
use uuid::Uuid;

use crate::{
    db::{stock::LowRow, stores::currency},
    import::stock::{Named, NewStock, Wanted},
};

/// A product at a store, as it is.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    pub store: StoreId,
    pub currency: Currency,
    pub product: ProductId,
    /// Whether the store has a stock row of it.
    pub there: bool,
    /// What it is sold for there, in minor units.
    pub price: Option<i64>,
}

/// The products that a row may mean at its store.
#[derive(Debug, Default)]
pub struct Candidates(Vec<Found>);

impl Candidates {
    /// The only one, or the only one that the store has or lists; else how many there are.
    pub fn only(&self) -> Result<Found, usize> {
        let mut here = self.0.iter().filter(|found| found.there || found.price.is_some());
        match (self.0.as_slice(), here.next(), here.next()) {
            ([one], ..) | (_, Some(one), None) => Ok(*one),
            (all, ..) => Err(all.len()),
        }
    }
}

#[derive(FromRow)]
struct FoundRow {
    place: i64,
    store_id: Uuid,
    currency: String,
    product_id: Option<Uuid>,
    there: bool,
    price: Option<i64>,
}

/// A barcode may be written with more leading zeros or fewer.
const FIND: &str = "select asked.place, s.id as store_id, s.currency, p.id as product_id,
            k.product_id is not null as there, l.price_minor as price
     from unnest($2::bigint[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[])
          as asked (place, store_id, store_key, product_id, product_key, gtin)
     join store s on s.id = asked.store_id or (s.source = $1 and s.source_key = asked.store_key)
     left join product p on p.id = asked.product_id
         or (p.source = $1 and p.source_key = asked.product_key) 
         or (p.gtin is not null and ltrim(p.gtin, '0') = ltrim(asked.gtin, '0'))
     left join stock k on k.store_id = s.id and k.product_id = p.id
     left join listing l on l.store_id = s.id and l.product_id = p.id
     order by asked.place, p.id";

/// What these rows mean, in their order; none where there is no such store.
pub async fn find<'a>(
    tx: &mut Tx<'_>,
    source: &str,
    rows: impl Iterator<Item = &'a NewStock>,
) -> anyhow::Result<Vec<Option<Candidates>>> {
    let (mut places, mut store_ids, mut store_keys) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ids, mut keys, mut gtins) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let (id, key, gtin) = match &row.product {
            Wanted::Named(Named::Id(id)) => (Some(id.uuid()), None, None),
            Wanted::Named(Named::Key(key)) => (None, Some(key.as_str()), None),
            Wanted::Barcode(gtin) => (None, None, Some(gtin.as_str())),
        };
        let (store_id, store_key) = match &row.store {
            Named::Id(id) => (Some(id.uuid()), None),
            Named::Key(key) => (None, Some(key.as_str())),
        };
        places.push(ids.len() as i64);
        store_ids.push(store_id);
        store_keys.push(store_key);
        ids.push(id);
        keys.push(key);
        gtins.push(gtin);
    }
    let count = ids.len();
    let found: Vec<FoundRow> = sqlx::query_as(FIND)
        .bind(source)
        .bind(places)
        .bind(store_ids)
        .bind(store_keys)
        .bind(ids)
        .bind(keys)
        .bind(gtins)
        .fetch_all(&mut **tx)
        .await?;
    gathered(found, count)
}

fn gathered(found: Vec<FoundRow>, count: usize) -> anyhow::Result<Vec<Option<Candidates>>> {
    let mut all: Vec<Option<Candidates>> = (0..count).map(|_| None).collect();
    for row in found {
        let candidates = all[usize::try_from(row.place)?].get_or_insert_default();
        let Some(product) = row.product_id else { continue };
        candidates.0.push(Found {
            store: StoreId::from_uuid(row.store_id),
            currency: currency(&row.currency)?,
            product: ProductId::from_uuid(product),
            there: row.there,
            price: row.price,
        });
    }
    Ok(all)
}

/// A stock row as it was before it was counted.
#[derive(Debug, Clone, Copy, Default, FromRow)]
pub struct Counted {
    pub on_hand: i32,
    /// Allocated, or held at this moment.
    pub promised: i32,
    threshold: i32,
    alerted: bool,
}

impl Counted {
    /// What there is to tell when it falls to its threshold by the count.
    pub fn low(&self, store: StoreId, product: ProductId, on_hand: i32) -> Option<LowRow> {
        let (before, free) = (self.on_hand - self.promised, on_hand - self.promised);
        let falls = free <= self.threshold && (!self.alerted || before > self.threshold);
        (on_hand != self.on_hand && falls).then(|| LowRow {
            store_id: store.uuid(),
            product_id: product.uuid(),
            free,
            threshold: self.threshold,
        })
    }
}

#[derive(FromRow)]
struct CountedRow {
    product_id: Uuid,
    #[sqlx(flatten)]
    counted: Counted,
}

/// Sets what is on hand where it differs and is not promised away; decided where the rows are
/// locked already. Without `$5` it only looks.
const COUNT: &str = "with now as (
         select s.*, n.counted, s.allocated + (
                    select coalesce(sum(h.quantity), 0)::integer from hold_line h
                    where h.store_id = $1 and h.product_id = s.product_id and h.held_until > $4)
                as promised
         from unnest($2::uuid[], $3::integer[]) as n (product_id, counted)
         join stock s on s.store_id = $1 and s.product_id = n.product_id),
     touched as (
         update stock s
         set on_hand = now.counted, version = s.version + 1, changed_at = $4,
             alerted = now.counted - now.promised <= s.low_threshold
         from now
         where $5 and s.store_id = $1 and s.product_id = now.product_id
           and now.counted <> now.on_hand
           and (now.counted > now.on_hand or now.counted >= now.promised)
         returning s.product_id),
     noted as (
         insert into movement (store_id, product_id, kind, quantity, on_hand, reason, at)
         select $1, now.product_id, 'count', now.counted - now.on_hand, now.counted, $6, $4
         from touched join now using (product_id) order by now.product_id)
     select product_id, on_hand, promised, low_threshold as threshold, alerted from now";

/// Counts products, and gives what was there before; nothing for those without a stock row.
pub async fn count(
    tx: &mut Tx<'_>,
    store: StoreId,
    counts: &[(ProductId, i32)],
    (write, reason, at): (bool, &str, Timestamp),
) -> sqlx::Result<HashMap<ProductId, Counted>> {
    let rows: Vec<CountedRow> = sqlx::query_as(COUNT)
        .bind(store.uuid())
        .bind(counts.iter().map(|count| count.0.uuid()).collect::<Vec<_>>())
        .bind(counts.iter().map(|count| count.1).collect::<Vec<_>>())
        .bind(store::instant(at))
        .bind(write)
        .bind(reason)
        .fetch_all(&mut **tx)
        .await?;
    let rows = rows.into_iter().map(|row| (ProductId::from_uuid(row.product_id), row.counted));
    Ok(rows.collect())
}
