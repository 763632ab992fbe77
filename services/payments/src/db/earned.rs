//! What drivers earned, as the books have it.

use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::DriverId;
use sqlx::FromRow;
use store::{Db, instant};
use uuid::Uuid;
use wire::Day;

/// Deliveries of one day in one currency; amounts in minor units.
#[derive(FromRow)]
pub struct DayRow {
    day: jiff_sqlx::Date,
    pub currency: String,
    pub deliveries: i64,
    pub pay: i64,
    pub tips: i64,
}

impl DayRow {
    pub fn day(&self) -> Date {
        self.day.to_jiff()
    }
}

/// What a driver earned by a delivery: `own` of the statement that goes on. Of the entries of its
/// transaction the driver has all of what the platform pays and of what the tips gave.
const EARNED: &str = "
    with own as (
        select e.transaction_id, e.currency, e.at, t.source, t.payment_id,
               (-sum(e.amount))::bigint as total
        from ledger_entry e join ledger_transaction t on t.id = e.transaction_id
        where e.account = 'driver_pay' and e.party = $1 and t.kind = 'delivered'
          and e.at >= $2 and e.at < $3
        group by 1, 2, 3, 4, 5),
    earned as (
        select own.*, coalesce((select sum(amount) from ledger_entry cost
                                where cost.transaction_id = own.transaction_id
                                  and cost.account = 'delivery_costs'), 0)::bigint as pay
        from own)";

/// By day and currency; days without deliveries are none. Of at least one day.
pub async fn by_day(db: &Db, driver: DriverId, days: &[Day]) -> sqlx::Result<Vec<DayRow>> {
    let query = format!(
        "{EARNED}
         select ($4::date[])[width_bucket(at, $5::timestamptz[])] as day, currency,
                count(*) as deliveries, sum(pay)::bigint as pay, sum(total - pay)::bigint as tips
         from earned group by 1, 2 order by 1, 2"
    );
    let starts: Vec<_> = days.iter().map(|(_, starts, _)| instant(*starts)).collect();
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(driver.to_string())
        .bind(starts.first().copied())
        .bind(days.last().map(|(.., ends)| instant(*ends)))
        .bind(days.iter().map(|(day, ..)| day.to_sqlx()).collect::<Vec<jiff_sqlx::Date>>())
        .bind(starts)
        .fetch_all(db)
        .await
}

/// What one delivery gave its driver; amounts in minor units.
#[derive(FromRow)]
pub struct DeliveryRow {
    pub id: Uuid,
    pub at: jiff_sqlx::Timestamp,
    /// The job's id.
    pub source: String,
    pub number: Option<String>,
    pub store_name: Option<String>,
    pub currency: String,
    pub pay: i64,
    pub total: i64,
}

/// One by one, newest first, before that one.
pub async fn deliveries(
    db: &Db,
    driver: DriverId,
    (from, to): (Timestamp, Timestamp),
    before: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<DeliveryRow>> {
    let query = format!(
        "{EARNED}
         select transaction_id as id, earned.at, source, sale.body ->> 'number' as number,
                sale.body ->> 'store_name' as store_name, earned.currency, earned.pay,
                earned.total
         from earned
              left join payment on payment.id = earned.payment_id
              left join sale on sale.order_id = payment.order_id
         where $4::timestamptz is null or (earned.at, transaction_id) < ($4, $5)
         order by earned.at desc, transaction_id desc limit $6"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(driver.to_string())
        .bind(instant(from))
        .bind(instant(to))
        .bind(before.map(|(at, _)| instant(at)))
        .bind(before.map(|(_, id)| id))
        .bind(limit)
        .fetch_all(db)
        .await
}

/// What we owe a driver now, by currency, in minor units; of no currency in which that is nothing.
pub async fn owed(db: &Db, driver: DriverId) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as(
        "select currency::text, (-sum(amount))::bigint from ledger_entry
         where account = 'driver_pay' and party = $1
         group by 1 having sum(amount) <> 0 order by 1",
    )
    .bind(driver.to_string())
    .fetch_all(db)
    .await
}
