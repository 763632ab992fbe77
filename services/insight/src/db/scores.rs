use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{ProductId, StoreId};
use sqlx::FromRow;
use store::{Lagging, Tx, instant};
use uuid::Uuid;

use crate::score::{Parts, Past, Signals};

#[derive(FromRow)]
struct PastRow {
    product_id: Uuid,
    /// `order`, `click`, `view` or `favourite`.
    what: String,
    hours: i32,
    count: i64,
}

/// What happened to every product that is sold between `since` and `now`, by the hour; none when
/// another process is at it.
pub async fn signals(
    tx: &mut Tx<'_>,
    since: Timestamp,
    now: Timestamp,
) -> sqlx::Result<Option<BTreeMap<Uuid, Signals>>> {
    let mine: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext($1))")
        .bind("tipple.insight.scores")
        .fetch_one(&mut **tx)
        .await?;
    if !mine {
        return Ok(None);
    }
    let rows: Vec<PastRow> = sqlx::query_as(
        "select product_id, what, hours, count(*) as count from (
             select distinct l.product_id, 'order' as what, f.order_id,
                    floor(extract(epoch from $2 - f.placed_at) / 3600)::int as hours
             from order_fact f join order_line l using (order_id)
             where f.placed_at > $1 and f.placed_at <= $2
               and f.paid_at is not null and f.cancelled_at is null
           ) ordered join product using (product_id) where active
         group by product_id, what, hours
         union all
         select product_id, what, floor(extract(epoch from $2 - hour) / 3600)::int, count(*)
         from view join product using (product_id)
             cross join lateral (values ('view'), ('click')) as kind (what)
         where hour > $1 and hour <= $2 and active and (what = 'view' or source <> 'direct')
         group by product_id, what, hour
         union all
         select product_id, 'favourite', floor(extract(epoch from $2 - changed_at) / 3600)::int,
                count(*)
         from favourite join product using (product_id)
         where marked and changed_at > $1 and changed_at <= $2 and active
         group by product_id, 3",
    )
    .bind(instant(since))
    .bind(instant(now))
    .fetch_all(&mut **tx)
    .await?;
    let mut all: BTreeMap<Uuid, Signals> = BTreeMap::new();
    for row in rows {
        let signals = all.entry(row.product_id).or_default();
        let past = Past {
            hours: row.hours.max(0).unsigned_abs(),
            count: u32::try_from(row.count).unwrap_or(u32::MAX),
        };
        match row.what.as_str() {
            "order" => signals.orders.push(past),
            "click" => signals.clicks.push(past),
            "favourite" => signals.favourites.push(past),
            _ => signals.views.push(past),
        }
    }
    Ok(Some(all))
}

/// A product's score, and what it was made of.
pub struct Score {
    pub product: Uuid,
    pub parts: Parts,
    pub orders: i64,
    pub favourites: i64,
    pub clicks: i64,
    pub views: i64,
}

/// Replaces all scores with these, best first.
pub async fn store_scores(tx: &mut Tx<'_>, scores: &[Score], now: Timestamp) -> sqlx::Result<()> {
    let products: Vec<Uuid> = scores.iter().map(|score| score.product).collect();
    let values: Vec<f64> = scores.iter().map(|score| score.parts.total()).collect();
    let reasons: Vec<&str> = scores.iter().map(|score| score.parts.reason().name()).collect();
    let part = |part: fn(&Parts) -> f64| -> Vec<f64> {
        scores.iter().map(|score| part(&score.parts)).collect()
    };
    let count = |count: fn(&Score) -> i64| -> Vec<i64> { scores.iter().map(count).collect() };
    sqlx::query("delete from score where product_id <> all($1)")
        .bind(&products)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "insert into score (product_id, score, reason, computed_at, popular, trending, favourite,
                            clicked, viewed, orders, favourites, clicks, views, place)
         select s.product, s.score, s.reason, $4, s.popular, s.trending, s.favourite, s.clicked,
                s.viewed, s.orders, s.favourites, s.clicks, s.views, s.place
         from unnest($1::uuid[], $2::float8[], $3::text[], $5::float8[], $6::float8[], $7::float8[],
                     $8::float8[], $9::float8[], $10::bigint[], $11::bigint[], $12::bigint[],
                     $13::bigint[])
              with ordinality
              as s (product, score, reason, popular, trending, favourite, clicked, viewed, orders,
                    favourites, clicks, views, place)
         on conflict (product_id) do update set
             score = excluded.score, reason = excluded.reason, computed_at = excluded.computed_at,
             popular = excluded.popular, trending = excluded.trending,
             favourite = excluded.favourite, clicked = excluded.clicked, viewed = excluded.viewed,
             orders = excluded.orders, favourites = excluded.favourites, clicks = excluded.clicks,
             views = excluded.views, place = excluded.place",
    )
    .bind(products)
    .bind(values)
    .bind(reasons)
    .bind(instant(now))
    .bind(part(|it| it.popular))
    .bind(part(|it| it.trending))
    .bind(part(|it| it.favourite))
    .bind(part(|it| it.clicked))
    .bind(part(|it| it.viewed))
    .bind(count(|it| it.orders))
    .bind(count(|it| it.favourites))
    .bind(count(|it| it.clicks))
    .bind(count(|it| it.views))
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A product's place without decisions, and how it came there.
#[derive(Debug, Clone, FromRow)]
pub struct RankedRow {
    pub place: i32,
    #[sqlx(flatten)]
    pub scored: Scored,
    pub popular: f64,
    pub trending: f64,
    pub favourite: f64,
    pub clicked: f64,
    pub viewed: f64,
    pub orders: i64,
    pub favourites: i64,
    pub clicks: i64,
    pub views: i64,
    computed_at: jiff_sqlx::Timestamp,
}

impl RankedRow {
    pub fn computed_at(&self) -> Timestamp {
        self.computed_at.to_jiff()
    }
}

/// The ranking as it was computed last, after that place, one more than the limit.
pub async fn ranking(db: &Lagging, after: Option<i32>, limit: u32) -> sqlx::Result<Vec<RankedRow>> {
    sqlx::query_as(
        "select score.*, name, category from score join product using (product_id)
         where place > coalesce($1, 0) order by place, product_id limit $2",
    )
    .bind(after)
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// A product with its score.
#[derive(Debug, Clone, FromRow)]
pub struct Scored {
    #[sqlx(try_from = "Uuid", rename = "product_id")]
    pub product: ProductId,
    pub name: String,
    pub category: String,
    pub score: f64,
    pub reason: String,
}

/// The best products about which operators decided nothing that holds at `now`: all, or those that
/// one store has sold.
pub async fn top_scores(
    db: &Lagging,
    store: Option<StoreId>,
    now: Timestamp,
    limit: usize,
) -> sqlx::Result<Vec<Scored>> {
    sqlx::query_as(
        "select product_id, name, category, score, reason
         from score join product p using (product_id)
         where active
           and ($1::uuid is null or exists (
               select from order_line join order_fact using (order_id)
               where order_line.product_id = p.product_id and store_id = $1
                 and paid_at is not null and cancelled_at is null))
           and not exists (
               select from (select action, until from curation c
                            where c.product_id = p.product_id order by seq desc limit 1) latest
               where action <> 'clear' and (until is null or until > $2))
         order by score desc, product_id limit $3",
    )
    .bind(store.map(StoreId::uuid))
    .bind(instant(now))
    .bind(limit as i64)
    .fetch_all(db)
    .await
}
