use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::{Currency, ProductId, StoreId};
use sqlx::FromRow;
use store::{Lagging, instant};
use uuid::Uuid;
use wire::Day;

/// Days with their beginnings and ends, and the stores in question: all where none are named.
pub struct Days {
    pub days: Vec<Day>,
    pub stores: Option<Vec<StoreId>>,
}

impl Days {
    /// Days, beginnings and ends, as one list each.
    fn lists(
        &self,
    ) -> (Vec<jiff_sqlx::Date>, Vec<jiff_sqlx::Timestamp>, Vec<jiff_sqlx::Timestamp>) {
        let dates = self.days.iter().map(|(day, ..)| day.to_sqlx()).collect();
        let starts = self.days.iter().map(|(_, starts, _)| instant(*starts)).collect();
        (dates, starts, self.days.iter().map(|(.., ends)| instant(*ends)).collect())
    }
    fn stores(&self) -> Option<Vec<Uuid>> {
        let stores = self.stores.as_ref()?;
        Some(stores.iter().map(|store| store.uuid()).collect())
    }
    fn starts(&self) -> Timestamp {
        self.days.first().map_or(Timestamp::UNIX_EPOCH, |(_, starts, _)| *starts)
    }
    fn ends(&self) -> Timestamp {
        self.days.last().map_or(Timestamp::UNIX_EPOCH, |(.., ends)| *ends)
    }
}

/// What was sold on one day in one currency.
#[derive(Debug, Clone, FromRow)]
pub struct DayRow {
    day: jiff_sqlx::Date,
    pub currency: String,
    pub orders: i64,
    pub units: i64,
    pub gross: i64,
    pub refunded: i64,
}

impl DayRow {
    pub fn day(&self) -> Date {
        self.day.to_jiff()
    }
}

/// By day and currency, one more than the limit. The days' bounds come from outside, for what a
/// day is depends on the time zone and its daylight saving.
pub async fn sales(
    db: &Lagging,
    days: &Days,
    after: Option<(Date, Currency)>,
    limit: u32,
) -> sqlx::Result<Vec<DayRow>> {
    let (dates, starts, ends) = days.lists();
    let (after_day, after_currency) = after.unzip();
    sqlx::query_as(
        "select d.day, f.currency, count(*) as orders, sum(f.units)::bigint as units,
                sum(f.total)::bigint as gross, sum(f.refunded)::bigint as refunded
         from unnest($1::date[], $2::timestamptz[], $3::timestamptz[]) as d (day, starts, ends)
         join order_fact f on f.placed_at >= d.starts and f.placed_at < d.ends
         where f.paid_at is not null and f.cancelled_at is null
           and ($4::uuid[] is null or f.store_id = any($4))
           and ($5::date is null or (d.day, f.currency) > ($5, $6))
         group by d.day, f.currency order by d.day, f.currency limit $7",
    )
    .bind(dates)
    .bind(starts)
    .bind(ends)
    .bind(days.stores())
    .bind(after_day.map(ToSqlx::to_sqlx))
    .bind(after_currency.map(|currency| currency.code()))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// How often a product was sold.
#[derive(Debug, Clone, FromRow)]
pub struct PopularRow {
    #[sqlx(try_from = "Uuid", rename = "product_id")]
    pub product: ProductId,
    pub name: String,
    pub category: String,
    pub units: i64,
    pub orders: i64,
}

/// Most sold first, one more than the limit.
pub async fn popular(
    db: &Lagging,
    days: &Days,
    after: Option<(i64, ProductId)>,
    limit: u32,
) -> sqlx::Result<Vec<PopularRow>> {
    let (after_units, after_product) = after.unzip();
    sqlx::query_as(
        "select l.product_id, p.name, p.category, sum(l.quantity)::bigint as units,
                count(distinct l.order_id) as orders
         from order_fact f join order_line l using (order_id) join product p using (product_id)
         where f.placed_at >= $1 and f.placed_at < $2
           and f.paid_at is not null and f.cancelled_at is null
           and ($3::uuid[] is null or f.store_id = any($3))
         group by l.product_id, p.name, p.category
         having $4::bigint is null or sum(l.quantity) < $4
             or (sum(l.quantity) = $4 and l.product_id > $5)
         order by units desc, l.product_id limit $6",
    )
    .bind(instant(days.starts()))
    .bind(instant(days.ends()))
    .bind(days.stores())
    .bind(after_units)
    .bind(after_product.map(ProductId::uuid))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// How long one store's deliveries took, in minutes.
#[derive(Debug, Clone, FromRow)]
pub struct DeliveryRow {
    #[sqlx(try_from = "Uuid", rename = "store_id")]
    pub store: StoreId,
    pub store_name: String,
    pub deliveries: i64,
    pub refused: i64,
    pub median: Option<f64>,
    pub p90: Option<f64>,
    pub road_median: Option<f64>,
}

/// By store, one more than the limit.
pub async fn delivery_times(
    db: &Lagging,
    days: &Days,
    after: Option<StoreId>,
    limit: u32,
) -> sqlx::Result<Vec<DeliveryRow>> {
    sqlx::query_as(
        "with ended as (
             select f.store_id, f.store_name, j.refused_because is not null as refused,
                 -- What comes before it is wanted takes no time.
                 extract(epoch from coalesce(j.handed_over_at, f.delivered_at)
                     - least(coalesce(j.handed_over_at, f.delivered_at),
                             coalesce(f.wanted_from, f.placed_at)))::float8 / 60 as minutes,
                 extract(epoch from j.arrived_at - j.picked_up_at)::float8 / 60 as road
             from order_fact f left join delivery_fact j using (order_id)
             where f.placed_at >= $1 and f.placed_at < $2
               and ($3::uuid[] is null or f.store_id = any($3))
               and ($4::uuid is null or f.store_id > $4)
               and coalesce(j.handed_over_at, f.delivered_at) is not null
                   is distinct from (j.refused_because is not null))
         select store_id, max(store_name) as store_name, count(minutes) as deliveries,
                count(*) filter (where refused) as refused,
                percentile_cont(0.5) within group (order by minutes) as median,
                percentile_cont(0.9) within group (order by minutes) as p90,
                percentile_cont(0.5) within group (order by road) as road_median
         from ended group by store_id order by store_id limit $5",
    )
    .bind(instant(days.starts()))
    .bind(instant(days.ends()))
    .bind(days.stores())
    .bind(after.map(StoreId::uuid))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}

/// How far the carts of one day came, and what is counted beside them.
#[derive(Debug, Clone, FromRow)]
pub struct FunnelRow {
    day: jiff_sqlx::Date,
    pub visitors: i64,
    pub views: i64,
    pub orders: i64,
    pub carts: i64,
    pub placed: i64,
    pub paid: i64,
    pub delivered: i64,
}

impl FunnelRow {
    pub fn day(&self) -> Date {
        self.day.to_jiff()
    }
}

/// By day, one more than the limit. A cart belongs to the day on which it was first filled, and an order
/// to its cart: so each step counts some of the carts of the one before, whenever it was taken. Where a
/// cart was ordered twice, for the first order was cancelled, what the one that came farthest did counts.
pub async fn funnel(
    db: &Lagging,
    days: &Days,
    after: Option<Date>,
    limit: u32,
) -> sqlx::Result<Vec<FunnelRow>> {
    let (dates, starts, ends) = days.lists();
    sqlx::query_as(
        "select d.day, seen.visitors, seen.views, ordered.orders, filled.carts, filled.placed,
                filled.paid, filled.delivered
         from unnest($1::date[], $2::timestamptz[], $3::timestamptz[]) as d (day, starts, ends)
         cross join lateral (
             select count(*) as views, count(distinct visitor) as visitors from view
             where hour >= d.starts and hour < d.ends
               and ($4::uuid[] is null or store_id = any($4))) as seen
         cross join lateral (
             select count(*) as carts, count(came.paid) as placed,
                    count(*) filter (where came.paid) as paid,
                    count(*) filter (where came.delivered) as delivered
             from cart_fact c
             cross join lateral (
                 select bool_or(paid_at is not null) as paid,
                        bool_or(paid_at is not null and delivered_at is not null) as delivered
                 from order_fact o where o.cart_id = c.cart_id) as came
             where c.filled_at >= d.starts and c.filled_at < d.ends
               and ($4::uuid[] is null or c.store_id = any($4))) as filled
         cross join lateral (
             select count(*) as orders from order_fact
             where placed_at >= d.starts and placed_at < d.ends
               and ($4::uuid[] is null or store_id = any($4))) as ordered
         where $5::date is null or d.day > $5
         order by d.day limit $6",
    )
    .bind(dates)
    .bind(starts)
    .bind(ends)
    .bind(days.stores())
    .bind(after.map(ToSqlx::to_sqlx))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}
