//! What a store's people do to its stock, and the ledger of all that happened to it.

use jiff::Timestamp;
use kernel::{PersonId, ProductId, StoreId};
use sqlx::FromRow;
use store::{Lagging, Tx};
use uuid::Uuid;

use super::stock::{self, LowRow};

/// What is done to one product's stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// So much came in.
    Receipt(i32),
    /// So much broke or went missing.
    WriteOff(i32),
    /// So much is there.
    Count(i32),
    /// From so much on the store is warned; nothing moves.
    Threshold(i32),
}

/// A change, by whom and why.
pub struct NewChange<'a> {
    pub store: StoreId,
    pub product: ProductId,
    pub change: Change,
    pub person: Option<PersonId>,
    pub reason: Option<&'a str>,
    /// The version that the asker read, where it must still be that one.
    pub seen: Option<i64>,
    pub at: Timestamp,
}

/// One product's stock at a store.
#[derive(Debug, Clone, FromRow)]
pub struct StockRow {
    #[sqlx(try_from = "Uuid")]
    pub product_id: ProductId,
    pub name: String,
    /// By what stock is ordered.
    pub name_key: String,
    pub on_hand: i32,
    pub allocated: i32,
    /// What live holds have.
    pub held: i32,
    pub low_threshold: i32,
    pub version: i64,
}

/// What came of a change.
pub enum Changed {
    Done(StockRow),
    Stale,
    /// So many are promised, and fewer would be left of what is on hand.
    Promised {
        promised: i32,
        on_hand: i32,
    },
    NoSuchProduct,
}

/// A change of one stock row, decided where the row is locked already.
const CHANGE: &str = "
    with now as (
        select s.*, (select coalesce(sum(l.quantity), 0)::integer from hold_line l
                     where l.store_id = $1 and l.product_id = $2 and l.held_until > $8) as held
        from stock s where s.store_id = $1 and s.product_id = $2),
    wanted as (
        select now.*, case $3 when 'receipt' then on_hand + $4 when 'write_off' then on_hand - $4
                              when 'count' then $4 else on_hand end as then_on_hand,
               case $3 when 'threshold' then $4 else low_threshold end as then_threshold
        from now),
    judged as (
        select wanted.*, $7::bigint is not null and version <> $7 as stale,
               then_on_hand < on_hand and then_on_hand < allocated + held as promised,
               then_on_hand - allocated - held as then_free
        from wanted),
    touched as (
        update stock s
        set on_hand = j.then_on_hand, low_threshold = j.then_threshold, version = s.version + 1,
            alerted = j.then_free <= j.then_threshold, changed_at = $8
        from judged j
        where s.store_id = $1 and s.product_id = $2 and not j.stale and not j.promised
        returning s.product_id),
    noted as (
        insert into movement (store_id, product_id, kind, quantity, on_hand, person_id, reason, at)
        select $1, $2, $3, j.then_on_hand - j.on_hand, j.then_on_hand, $5, $6, $8
        from touched, judged j where $3 <> 'threshold')
    select j.product_id, product.name, lower(product.name) as name_key, j.then_on_hand as on_hand, j.allocated, j.held,
           j.then_threshold as low_threshold, j.version + 1 as version, j.stale, j.promised, j.on_hand as was_on_hand,
           j.then_free <= j.then_threshold
               and (not j.alerted or j.on_hand - j.allocated - j.held > j.low_threshold) as falls
    from judged j join product on product.id = j.product_id";

#[derive(FromRow)]
struct Judged {
    #[sqlx(flatten)]
    row: StockRow,
    stale: bool,
    promised: bool,
    falls: bool,
    was_on_hand: i32,
}

/// Makes a change, or says why not.
pub async fn change(tx: &mut Tx<'_>, new: &NewChange<'_>) -> anyhow::Result<Changed> {
    let (kind, quantity) = match new.change {
        Change::Receipt(quantity) => ("receipt", quantity),
        Change::WriteOff(quantity) => ("write_off", quantity),
        Change::Count(quantity) => ("count", quantity),
        Change::Threshold(quantity) => ("threshold", quantity),
    };
    stock::lock(tx, new.store, &[new.product.uuid()]).await?;
    let judged: Option<Judged> = sqlx::query_as(CHANGE)
        .bind(new.store.uuid())
        .bind(new.product.uuid())
        .bind(kind)
        .bind(quantity)
        .bind(new.person.map(PersonId::uuid))
        .bind(new.reason)
        .bind(new.seen)
        .bind(store::instant(new.at))
        .fetch_optional(&mut **tx)
        .await?;
    let Some(judged) = judged else { return Ok(Changed::NoSuchProduct) };
    if judged.stale {
        return Ok(Changed::Stale);
    }
    let row = judged.row;
    if judged.promised {
        let (promised, on_hand) = (row.allocated + row.held, judged.was_on_hand);
        return Ok(Changed::Promised { promised, on_hand });
    }
    if judged.falls {
        let low = LowRow {
            store_id: new.store.uuid(),
            product_id: new.product.uuid(),
            free: row.on_hand - row.allocated - row.held,
            threshold: row.low_threshold,
        };
        stock::tell_low(tx, &[low], new.at).await?;
    }
    Ok(Changed::Done(row))
}

/// Makes sure that these products have a stock row at a store; those that do not exist are passed
/// over. An empty new row is no news, so nobody is warned of it.
pub async fn open(
    tx: &mut Tx<'_>,
    store: StoreId,
    products: &[Uuid],
    threshold: u32,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into stock (store_id, product_id, low_threshold, alerted, changed_at)
         select $1, id, $3, true, $4 from product where id = any($2) order by id
         on conflict do nothing",
    )
    .bind(store.uuid())
    .bind(products)
    .bind(threshold as i32)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A page of a store's stock in the order of name, and then only what is low if so asked.
pub async fn stock_page(
    db: &Lagging,
    store: StoreId,
    low: bool,
    after: Option<&(String, Uuid)>,
    (limit, now): (u32, Timestamp),
) -> sqlx::Result<Vec<StockRow>> {
    sqlx::query_as(
        "select s.product_id, p.name, lower(p.name) as name_key, s.on_hand, s.allocated, held.held, s.low_threshold, s.version
         from stock s join product p on p.id = s.product_id
         cross join lateral (
             select coalesce(sum(l.quantity), 0)::integer as held from hold_line l
             where l.store_id = s.store_id and l.product_id = s.product_id
               and l.held_until > $5) held
         where s.store_id = $1
           and (not $2 or s.on_hand - s.allocated - held.held <= s.low_threshold)
           and ($3::text is null or (lower(p.name), p.id) > ($3, $4))
         order by lower(p.name), p.id limit $6",
    )
    .bind(store.uuid())
    .bind(low)
    .bind(after.map(|after| &after.0))
    .bind(after.map(|after| after.1))
    .bind(store::instant(now))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// One entry of the ledger.
#[derive(Debug, Clone, FromRow)]
pub struct MovementRow {
    pub id: i64,
    pub product_id: Uuid,
    pub product_name: String,
    pub kind: String,
    pub quantity: i32,
    pub on_hand: i32,
    pub order_id: Option<Uuid>,
    pub person_id: Option<Uuid>,
    pub reason: Option<String>,
    at: jiff_sqlx::Timestamp,
}

impl MovementRow {
    pub fn at(&self) -> Timestamp {
        self.at.to_jiff()
    }
}

/// A page of a store's ledger, newest first.
pub async fn movements(
    db: &Lagging,
    store: StoreId,
    product: Option<ProductId>,
    before: Option<i64>,
    limit: u32,
) -> sqlx::Result<Vec<MovementRow>> {
    sqlx::query_as(
        "select m.id, m.product_id, p.name as product_name, m.kind, m.quantity, m.on_hand,
                m.order_id, m.person_id, m.reason, m.at
         from movement m join product p on p.id = m.product_id
         where m.store_id = $1 and ($2::uuid is null or m.product_id = $2)
           and ($3::bigint is null or m.id < $3)
         order by m.id desc limit $4",
    )
    .bind(store.uuid())
    .bind(product.map(ProductId::uuid))
    .bind(before)
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}
