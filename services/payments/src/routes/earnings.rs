use anyhow::Context as _;
use axum::extract::State as Shared;
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, DriverId, JobId, Money};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Day, Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use crate::{
    App, db,
    db::earned::{DayRow, DeliveryRow},
};

/// Which days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EarningsQuery {
    /// The first day; 30 days up to the last one unless told.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day, included; today unless told. At most 366 days in all.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// The IANA name of the time zone whose days are meant, such as `America/Chicago`; UTC unless
    /// told.
    #[param(min_length = 1, max_length = 64)]
    time_zone: Option<String>,
}

/// What a driver earned. A delivery counts when the books were told that it changed hands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Earnings {
    driver: DriverId,
    /// When this was so.
    at: Timestamp,
    /// What has not been paid out, of all time, by currency: the balance of the driver's account.
    owed: Vec<Money>,
    /// Of these days together, by currency.
    totals: Vec<Earned>,
    /// Of each day on which something was delivered, the first day first, by currency.
    days: Vec<EarnedOn>,
}

/// Deliveries in one currency, and what they gave: `total` is pay and tips.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Earned {
    deliveries: i64,
    pay: Money,
    tips: Money,
    total: Money,
}

/// The same of one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EarnedOn {
    #[schema(value_type = String, format = Date)]
    day: Date,
    deliveries: i64,
    pay: Money,
    tips: Money,
    total: Money,
}

/// One delivery: `total` is pay and tip.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EarnedDelivery {
    job: JobId,
    at: Timestamp,
    /// Of the days that were asked for, the one on which it was.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// What people call the order: `K7Q2-9F`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    store_name: Option<String>,
    pay: Money,
    tip: Money,
    total: Money,
}

fn currency(code: &str) -> anyhow::Result<Currency> {
    Currency::from_code(code).context("a currency that is kept")
}

impl EarnedOn {
    fn of(row: &DayRow) -> anyhow::Result<Self> {
        let currency = currency(&row.currency)?;
        let (pay, tips) = (Money::new(row.pay, currency), Money::new(row.tips, currency));
        let (day, deliveries, total) = (row.day(), row.deliveries, pay.plus(tips)?);
        Ok(Self { day, deliveries, pay, tips, total })
    }
}

impl EarnedDelivery {
    /// Of one of these days, which follow each other.
    fn of(row: DeliveryRow, days: &[Day]) -> anyhow::Result<Self> {
        let (currency, at) = (currency(&row.currency)?, row.at.to_jiff());
        let later = days.partition_point(|(_, starts, _)| *starts <= at);
        let day = days[..later].last().context("a day that was asked for")?.0;
        Ok(Self {
            job: row.source.parse().context("the source of a delivery is its job")?,
            at,
            day,
            number: row.number,
            store_name: row.store_name,
            pay: Money::new(row.pay, currency),
            tip: Money::new(row.total - row.pay, currency),
            total: Money::new(row.total, currency),
        })
    }
}

/// The days together, by currency.
fn totals(days: &[EarnedOn]) -> anyhow::Result<Vec<Earned>> {
    let mut all: Vec<Earned> = Vec::new();
    for EarnedOn { deliveries, pay, tips, total, .. } in days {
        let (deliveries, pay, tips, total) = (*deliveries, *pay, *tips, *total);
        match all.iter_mut().find(|one| one.total.currency == total.currency) {
            None => all.push(Earned { deliveries, pay, tips, total }),
            Some(sum) => {
                sum.deliveries += deliveries;
                sum.pay = sum.pay.plus(pay)?;
                sum.tips = sum.tips.plus(tips)?;
                sum.total = sum.total.plus(total)?;
            }
        }
    }
    all.sort_by_key(|one| one.total.currency.code());
    Ok(all)
}

/// Another driver's earnings look like nobody's.
fn may_see(actor: &Signed, driver: DriverId) -> Result<(), Problem> {
    if actor.reach.all || actor.driver() == driver {
        return Ok(());
    }
    Err(Problem::not_found("driver"))
}

fn days(query: &EarningsQuery, now: Timestamp) -> Result<Vec<Day>, Problem> {
    wire::days((query.from, query.to), query.time_zone.as_deref(), now)
}

/// What a driver earned: all that is owed, and some days one by one.
#[utoipa::path(
    get, path = "/v1/payments/drivers/{driver}/earnings", tag = "books",
    operation_id = "driver_earnings",
    params(("driver" = DriverId, Path), EarningsQuery),
    responses(
        (status = OK, body = Earnings),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn driver_earnings(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(driver): Path<DriverId>,
    Query(query): Query<EarningsQuery>,
) -> Result<Json<Earnings>, Fault<Never>> {
    may_see(&actor, driver)?;
    let now = app.clock.now();
    let days = days(&query, now)?;
    let rows = db::earned::by_day(&app.db, driver, &days).await?;
    let days: Vec<EarnedOn> = rows.iter().map(EarnedOn::of).collect::<anyhow::Result<_>>()?;
    let owed = db::earned::owed(&app.db, driver).await?;
    let money = |(code, amount): (String, i64)| anyhow::Ok(Money::new(amount, currency(&code)?));
    let owed = owed.into_iter().map(money);
    let owed = owed.collect::<anyhow::Result<_>>()?;
    Ok(Json(Earnings { driver, at: now, owed, totals: totals(&days)?, days }))
}

/// What a driver earned by each delivery of some days, newest first.
#[utoipa::path(
    get, path = "/v1/payments/drivers/{driver}/deliveries", tag = "books",
    operation_id = "driver_deliveries",
    params(("driver" = DriverId, Path), EarningsQuery, PageQuery),
    responses(
        (status = OK, body = Page<EarnedDelivery>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn driver_deliveries(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(driver): Path<DriverId>,
    Query(query): Query<EarningsQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<EarnedDelivery>>, Fault<Never>> {
    may_see(&actor, driver)?;
    let (limit, before) = (page.limit()?, page.after::<(Timestamp, Uuid)>()?);
    wire::of_our_days("after", before.map(|(at, _)| at))?;
    let days = days(&query, app.clock.now())?;
    // Never none: the first day is not after the last.
    let (Some((_, from, _)), Some((.., to))) = (days.first(), days.last()) else {
        return Ok(Json(Page { items: Vec::new(), next: None }));
    };
    let rows =
        db::earned::deliveries(&app.db, driver, (*from, *to), before, i64::from(limit) + 1).await?;
    let Page { items, next } = Page::cut(rows, limit, |row| (row.at.to_jiff(), row.id));
    let items = items.into_iter().map(|row| EarnedDelivery::of(row, &days));
    let items = items.collect::<anyhow::Result<_>>()?;
    Ok(Json(Page { items, next }))
}
