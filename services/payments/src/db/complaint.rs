//! What customers asked money back for, and what became of it.

use jiff::Timestamp;
use kernel::{LineId, OrderId, PaymentId, PersonId, StoreId};
use payments_api::{ComplaintId, Sale};
use serde::Deserialize;
use sqlx::{FromRow, Row, types::Json};
use store::{Db, Tx};
use uuid::Uuid;

use super::sale::Handed;
use crate::{
    complaints::{Asked, LineStanding, Standing},
    payment::Payment,
};

/// A complaint with what became of it.
#[derive(Debug, Clone, FromRow)]
pub struct ComplaintRow {
    pub id: Uuid,
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub store_id: Option<Uuid>,
    pub customer_id: Uuid,
    pub currency: String,
    pub number: Option<String>,
    pub store_name: Option<String>,
    pub whole: bool,
    #[sqlx(json)]
    pub lines: Vec<NamedUnits>,
    pub reason: String,
    pub words: String,
    pub worth: i64,
    pub asked_at: jiff_sqlx::Timestamp,
    /// `open`, `second` (for a second person), `agreed`, `refunded` or `declined`.
    pub standing: String,
    pub answer: Option<String>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<jiff_sqlx::Timestamp>,
    /// The refund that was made of it last, and how much it is.
    pub request_id: Option<Uuid>,
    pub agreed: Option<i64>,
}

/// Units of a line that are asked for.
#[derive(Debug, Clone, Deserialize)]
pub struct NamedUnits {
    pub line: LineId,
    pub name: String,
    pub units: u32,
}

/// `$1` is now: what waits for a second person for too long is open again.
const ROW: &str = "select * from (
    select c.*, p.order_id, p.store_id, p.customer_id, p.currency, s.body ->> 'number' as number,
           s.body ->> 'store_name' as store_name, r.amount as agreed,
           case when c.state <> 'agreed' then c.state
                when r.state in ('declined', 'lapsed') or o.state = 'failed'
                     or r.state = 'waiting' and r.lapses_at <= $1 then 'open'
                when r.state = 'waiting' then 'second'
                when o.state = 'done' then 'refunded'
                else 'agreed' end as standing,
           (select coalesce(jsonb_agg(jsonb_build_object(
                       'line', l.line_id, 'units', l.units,
                       'name', coalesce((select line ->> 'name' from jsonb_array_elements(s.body -> 'lines') line
                                         where line ->> 'line' = l.line_id::text), ''))
                       order by l.line_id), '[]')
            from complaint_line l where l.complaint_id = c.id) as lines
    from complaint c join payment p on p.id = c.payment_id
    left join sale s on s.order_id = p.order_id
    left join refund_request r on r.id = c.request_id
    left join operation o on o.id = r.operation_id) complaint";

fn row(rest: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{ROW} {rest}"))
}

pub async fn of_key(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    key: &str,
    now: Timestamp,
) -> sqlx::Result<Option<ComplaintRow>> {
    sqlx::query_as(row("where payment_id = $2 and key = $3"))
        .bind(store::instant(now))
        .bind(payment.uuid())
        .bind(key)
        .fetch_optional(&mut **tx)
        .await
}

pub async fn find(
    tx: &mut Tx<'_>,
    id: ComplaintId,
    now: Timestamp,
) -> sqlx::Result<Option<ComplaintRow>> {
    sqlx::query_as(row("where id = $2"))
        .bind(store::instant(now))
        .bind(id.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// All of an order, oldest first.
pub async fn of_order(
    tx: &mut Tx<'_>,
    order: OrderId,
    now: Timestamp,
) -> sqlx::Result<Vec<ComplaintRow>> {
    sqlx::query_as(row("where order_id = $2 order by id limit 100"))
        .bind(store::instant(now))
        .bind(order.uuid())
        .fetch_all(&mut **tx)
        .await
}

/// Which of them a list has.
#[derive(Debug, Default)]
pub struct Listed {
    pub standing: Option<&'static str>,
    pub order: Option<OrderId>,
    /// Only of payments at these.
    pub stores: Option<Vec<StoreId>>,
    /// Those first that have waited longest.
    pub oldest_first: bool,
}

/// A page of them, beyond this one.
pub async fn list(
    db: &Db,
    which: Listed,
    (beyond, limit): (Option<Uuid>, i64),
    now: Timestamp,
) -> sqlx::Result<Vec<ComplaintRow>> {
    let stores = which.stores.map(|all| all.into_iter().map(StoreId::uuid).collect::<Vec<_>>());
    sqlx::query_as(row("where ($2::text is null or standing = $2)
           and ($3::uuid[] is null or store_id = any($3))
           and ($4::uuid is null or order_id = $4)
           and ($5::uuid is null or case when $6 then id > $5 else id < $5 end)
         order by case when $6 then id end, id desc limit $7"))
    .bind(store::instant(now))
    .bind(which.standing)
    .bind(stores)
    .bind(which.order.map(OrderId::uuid))
    .bind(beyond)
    .bind(which.oldest_first)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// What can be asked for of a payment's order; none while it is under way, or where its parts are not
/// known.
pub async fn standing(tx: &mut Tx<'_>, payment: &Payment) -> sqlx::Result<Option<Standing>> {
    let sold = sqlx::query("select over_at, handed, body from sale where order_id = $1")
        .bind(payment.order.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(sold) = sold else { return Ok(None) };
    let over: Option<jiff_sqlx::Timestamp> = sold.try_get("over_at")?;
    let handed: Option<Json<Vec<Handed>>> = sold.try_get("handed")?;
    let Json(sale): Json<Sale> = sold.try_get("body")?;
    let (Some(over_at), Some(Json(handed))) = (over, handed) else { return Ok(None) };
    let asked: Vec<(Uuid, i64)> = sqlx::query_as(
        "select line_id, sum(units)::bigint from complaint_line where payment_id = $1 group by 1",
    )
    .bind(payment.id.uuid())
    .fetch_all(&mut **tx)
    .await?;
    let (complaints, whole): (i64, bool) = sqlx::query_as(
        "select count(*), coalesce(bool_or(whole), false) from complaint where payment_id = $1",
    )
    .bind(payment.id.uuid())
    .fetch_one(&mut **tx)
    .await?;
    let units = |line: LineId| handed.iter().find(|it| it.line == line).map_or(0, |it| it.units);
    let gone = |line: LineId| asked.iter().find(|(it, _)| *it == line.uuid()).map_or(0, |it| it.1);
    let lines = sale.lines.iter().map(|it| LineStanding {
        line: it.line,
        name: it.name.clone(),
        total: it.total.amount,
        sold: it.quantity,
        handed: units(it.line).min(it.quantity),
        asked: u32::try_from(gone(it.line)).unwrap_or(u32::MAX),
    });
    let charges: i64 = sale.charges.iter().map(|part| part.amount.amount).sum();
    Ok(Some(Standing {
        over_at: over_at.to_jiff(),
        lines: lines.collect(),
        charges: if whole { 0 } else { charges },
        complaints,
    }))
}

/// A complaint to be.
pub struct NewComplaint<'a> {
    pub id: ComplaintId,
    pub key: &'a str,
    pub whole: bool,
    pub reason: &'a str,
    pub words: &'a str,
    pub asked: &'a Asked,
}

pub async fn insert(
    tx: &mut Tx<'_>,
    payment: &Payment,
    new: &NewComplaint<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into complaint (id, payment_id, key, whole, reason, words, worth, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id.uuid())
    .bind(payment.id.uuid())
    .bind(new.key)
    .bind(new.whole)
    .bind(new.reason)
    .bind(new.words)
    .bind(new.asked.worth)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    let number = |units: u32| i32::try_from(units).unwrap_or(i32::MAX);
    let units = &new.asked.units;
    let lines: Vec<Uuid> = units.iter().map(|it| it.line.uuid()).collect();
    let firsts: Vec<i32> = units.iter().map(|it| number(it.first)).collect();
    let counts: Vec<i32> = units.iter().map(|it| number(it.units)).collect();
    sqlx::query(
        "insert into complaint_line (complaint_id, payment_id, line_id, first_unit, units)
         select $1, $2, l.line, l.first, l.units
         from unnest($3::uuid[], $4::int[], $5::int[]) as l (line, first, units)",
    )
    .bind(new.id.uuid())
    .bind(payment.id.uuid())
    .bind(lines)
    .bind(firsts)
    .bind(counts)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What somebody said to one that is open.
pub struct Answer<'a> {
    pub by: PersonId,
    /// The refund that was made of it; none where nothing goes back.
    pub request: Option<Uuid>,
    pub words: &'a str,
}

pub async fn answer(
    tx: &mut Tx<'_>,
    id: ComplaintId,
    answer: &Answer<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update complaint set state = case when $3::uuid is null then 'declined' else 'agreed' end,
                              decided_by = $2, request_id = $3, answer = $4, decided_at = $5
         where id = $1",
    )
    .bind(id.uuid())
    .bind(answer.by.uuid())
    .bind(answer.request)
    .bind(answer.words)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The complaint that a refund is made of, where it is.
pub async fn of_request(tx: &mut Tx<'_>, request: Uuid) -> sqlx::Result<Option<ComplaintId>> {
    let id: Option<Uuid> = sqlx::query_scalar("select id from complaint where request_id = $1")
        .bind(request)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(id.map(ComplaintId::from_uuid))
}

/// The lines that a refund is for, where a customer named them.
pub async fn lines_of_request(tx: &mut Tx<'_>, request: Uuid) -> sqlx::Result<Vec<LineId>> {
    let lines: Vec<Uuid> = sqlx::query_scalar(
        "select l.line_id from complaint_line l join complaint c on c.id = l.complaint_id
         where c.request_id = $1 and not c.whole",
    )
    .bind(request)
    .fetch_all(&mut **tx)
    .await?;
    Ok(lines.into_iter().map(LineId::from_uuid).collect())
}
