//! How drivers' time was used.

use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::DriverId;
use sqlx::FromRow;
use store::{Db, instant};
use wire::Day;

/// One day of all drivers, or of one.
#[derive(Debug, Clone, FromRow)]
pub struct UseRow {
    day: jiff_sqlx::Date,
    pub drivers: i64,
    pub shift_minutes: f64,
    pub job_minutes: f64,
    pub deliveries: i64,
}

impl UseRow {
    pub fn day(&self) -> Date {
        self.day.to_jiff()
    }
}

/// By day, one more than the limit. What goes on still counts until `now`; two jobs at once count as
/// one.
pub async fn driver_use(
    db: &Db,
    days: &[Day],
    driver: Option<DriverId>,
    now: Timestamp,
    (after, limit): (Option<Date>, u32),
) -> sqlx::Result<Vec<UseRow>> {
    let starts: Vec<_> = days.iter().map(|(_, starts, _)| instant(*starts)).collect();
    let ends: Vec<_> = days.iter().map(|(.., ends)| instant(*ends)).collect();
    sqlx::query_as(
        "with d as (
             select * from unnest($1::date[], $2::timestamptz[], $3::timestamptz[])
                 as d (day, starts, ends)
             where $6::date is null or day > $6 order by day limit $7),
         bounds as (select min(starts) as first, max(ends) as last from d),
         worked as (
             select d.day, count(distinct s.driver) as drivers,
                    sum(extract(epoch from least(coalesce(s.ended_at, $5), d.ends)
                                           - greatest(s.began_at, d.starts))) / 60 as minutes
             from bounds join shift s on s.began_at < last and (s.ended_at is null or s.ended_at > first)
             join d on s.began_at < least(d.ends, $5) and coalesce(s.ended_at, $5) > d.starts
             where $4::uuid is null or s.driver = $4
             group by d.day),
         spans as (
             select d.day, j.driver,
                    range_agg(tstzrange(
                        greatest(j.assigned_at, d.starts),
                        greatest(j.assigned_at, d.starts, least(coalesce(j.ended_at, $5), d.ends)))) as at,
                    count(*) filter (where j.handed is not null and j.ended_at >= d.starts
                                           and j.ended_at < d.ends) as deliveries
             from bounds join job j on j.assigned_at < last
                                   and (j.ended_at is null or j.ended_at > first)
             join d on j.assigned_at < least(d.ends, $5) and coalesce(j.ended_at, $5) > d.starts
             where j.driver is not null and ($4::uuid is null or j.driver = $4)
             group by d.day, j.driver),
         busy as (
             select day, sum(deliveries)::bigint as deliveries,
                    sum((select sum(extract(epoch from upper(one) - lower(one)))
                         from unnest(at) as one where not isempty(one))) / 60 as minutes
             from spans group by day)
         select d.day, coalesce(drivers, 0) as drivers,
                coalesce(worked.minutes, 0)::float8 as shift_minutes,
                coalesce(busy.minutes, 0)::float8 as job_minutes,
                coalesce(deliveries, 0) as deliveries
         from d left join worked using (day) left join busy using (day) order by d.day",
    )
    .bind(days.iter().map(|(day, ..)| day.to_sqlx()).collect::<Vec<jiff_sqlx::Date>>())
    .bind(starts)
    .bind(ends)
    .bind(driver.map(DriverId::uuid))
    .bind(instant(now))
    .bind(after.map(ToSqlx::to_sqlx))
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await
}
