//! Stock as a store's CSV file says it: many products at once. See [`super::stock`] for why it
//! begins by locking.

use jiff::Timestamp;
use kernel::{PersonId, StoreId};
use sqlx::FromRow;
use store::Tx;
use uuid::Uuid;

use super::stock::{self, LowRow};

/// What a file says of one product's stock.
#[derive(Debug, Clone, Copy)]
pub struct CountLine {
    pub product: Uuid,
    pub on_hand: Option<i32>,
    pub low_threshold: Option<i32>,
}

/// A stock row that was counted, or not because more is promised than would be left.
#[derive(Debug, Clone, FromRow)]
pub struct CountedRow {
    pub product_id: Uuid,
    pub promised: Option<i32>,
    free: i32,
    threshold: i32,
    falls: bool,
}

const COUNT_ALL: &str = "
    with wanted as (
        select s.product_id, s.on_hand, s.allocated, s.alerted, s.low_threshold,
               coalesce(w.on_hand, s.on_hand) as then_on_hand,
               coalesce(w.threshold, s.low_threshold) as then_threshold,
               (select coalesce(sum(l.quantity), 0)::integer from hold_line l
                where l.store_id = $1 and l.product_id = s.product_id and l.held_until > $6) as held
        from unnest($2::uuid[], $3::integer[], $4::integer[]) as w (product_id, on_hand, threshold)
        join stock s on s.store_id = $1 and s.product_id = w.product_id),
    judged as (
        select wanted.*,
               then_on_hand < on_hand and then_on_hand < allocated + held as promised,
               then_on_hand - allocated - held as then_free
        from wanted where (then_on_hand, then_threshold) <> (on_hand, low_threshold)),
    touched as (
        update stock s
        set on_hand = j.then_on_hand, low_threshold = j.then_threshold, version = s.version + 1,
            alerted = j.then_free <= j.then_threshold, changed_at = $6
        from judged j where s.store_id = $1 and s.product_id = j.product_id and not j.promised),
    noted as (
        insert into movement (store_id, product_id, kind, quantity, on_hand, person_id, reason, at)
        select $1, product_id, 'count', then_on_hand - on_hand, then_on_hand, $5, 'CSV file', $6
        from judged where not promised and then_on_hand <> on_hand order by product_id)
    select product_id, case when promised then allocated + held end as promised,
           then_free as free, then_threshold as threshold,
           not promised and then_free <= then_threshold
               and (not alerted or on_hand - allocated - held > low_threshold) as falls
    from judged";

/// Counts many products of a store at once; gives those that changed and those that could not.
pub async fn count_all(
    tx: &mut Tx<'_>,
    (store, person, at): (StoreId, PersonId, Timestamp),
    lines: &[CountLine],
) -> anyhow::Result<Vec<CountedRow>> {
    let products: Vec<Uuid> = lines.iter().map(|line| line.product).collect();
    let on_hand: Vec<Option<i32>> = lines.iter().map(|line| line.on_hand).collect();
    let thresholds: Vec<Option<i32>> = lines.iter().map(|line| line.low_threshold).collect();
    stock::lock(tx, store, &products).await?;
    let rows: Vec<CountedRow> = sqlx::query_as(COUNT_ALL)
        .bind(store.uuid())
        .bind(&products)
        .bind(&on_hand)
        .bind(&thresholds)
        .bind(person.uuid())
        .bind(store::instant(at))
        .fetch_all(&mut **tx)
        .await?;
    let low = rows.iter().filter(|row| row.falls).map(|row| LowRow {
        store_id: store.uuid(),
        product_id: row.product_id,
        free: row.free,
        threshold: row.threshold,
    });
    stock::tell_low(tx, &low.collect::<Vec<_>>(), at).await?;
    Ok(rows)
}
