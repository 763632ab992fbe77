//! What is compared: payments as they are kept here, and the lines that belong to them.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{Currency, Money, PaymentId};
use sqlx::{FromRow, Row, postgres::PgRow};
use store::Tx;
use uuid::Uuid;

use super::At;
use crate::{
    db::{self, payment::named},
    settlement::{Line, OurDispute, OurRefund, Ours, Period},
};

/// Payments that a new file is about: those of its lines, and those whose money moved in its time.
pub async fn touched(
    tx: &mut Tx<'_>,
    file: Uuid,
    at: At<'_>,
    period: Period,
) -> sqlx::Result<Vec<PaymentId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select payment_id from settlement_line where file_id = $1 and payment_id is not null
         union
         select id from payment
         where provider = $2 and account = $3 and captured > 0
           and created_at <= $5 and changed_at >= $4
         union
         select payment_id from stray
         where provider = $2 and account = $3 and taken_at <= $5
           and coalesce(given_back_at, taken_at) >= $4
         union
         select payment_id from dispute join payment on payment.id = payment_id
         where provider = $2 and account = $3 and stray is not null and opened_at <= $5
           and coalesce(ended_at, opened_at) >= $4",
    )
    .bind(file)
    .bind(at.provider)
    .bind(at.account)
    .bind(store::instant(period.from))
    .bind(store::instant(period.to))
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(PaymentId::from_uuid).collect())
}

fn instant(row: &PgRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    Ok(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
}

/// These payments as they are kept here.
pub async fn ours(tx: &mut Tx<'_>, payments: &[Uuid]) -> sqlx::Result<Vec<Ours>> {
    let rows = sqlx::query(
        "select id, currency, captured, fee,
                coalesce((select min(ended_at) from operation
                          where payment_id = payment.id and kind = 'capture' and state = 'done'),
                         changed_at) as captured_at
         from payment where id = any($1)",
    )
    .bind(payments)
    .fetch_all(&mut **tx)
    .await?;
    let (mut refunds, mut disputes) = (refunds(tx, payments).await?, disputes(tx, payments).await?);
    let mut strays = db::stray::ours(tx, payments).await?;
    rows.iter()
        .map(|row| {
            let id: Uuid = row.try_get("id")?;
            let mut strays = strays.remove(&id).unwrap_or_default();
            for stray in &mut strays {
                let its = disputes.remove(&(id, Some(stray.object.clone())));
                stray.disputes = its.unwrap_or_default();
            }
            Ok(Ours {
                payment: PaymentId::from_uuid(id),
                currency: named::<Currency>(row, "currency")?,
                captured: row.try_get("captured")?,
                captured_at: instant(row, "captured_at")?,
                fee: row.try_get("fee")?,
                refunds: refunds.remove(&id).unwrap_or_default(),
                disputes: disputes.remove(&(id, None)).unwrap_or_default(),
                strays,
            })
        })
        .collect()
}

async fn refunds(
    tx: &mut Tx<'_>,
    payments: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<OurRefund>>> {
    let query = "select payment_id, provider_refund, amount, at, returned_at from refund
                 where payment_id = any($1) order by at, provider_refund";
    let rows = sqlx::query(query).bind(payments).fetch_all(&mut **tx).await?;
    let mut refunds: HashMap<Uuid, Vec<OurRefund>> = HashMap::new();
    for row in &rows {
        let refund = OurRefund {
            id: row.try_get("provider_refund")?,
            amount: row.try_get("amount")?,
            at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
            returned_at: instant(row, "returned_at")?,
        };
        refunds.entry(row.try_get("payment_id")?).or_default().push(refund);
    }
    Ok(refunds)
}

/// By payment, and by the stray that they are about.
async fn disputes(
    tx: &mut Tx<'_>,
    payments: &[Uuid],
) -> sqlx::Result<HashMap<(Uuid, Option<String>), Vec<OurDispute>>> {
    let query = "select payment_id, stray, dispute, amount, fee, opened_at,
                        case when state = 'won' then ended_at end as won_at
                 from dispute where payment_id = any($1) and state <> 'named' order by opened_at";
    let rows = sqlx::query(query).bind(payments).fetch_all(&mut **tx).await?;
    let mut disputes: HashMap<_, Vec<OurDispute>> = HashMap::new();
    for row in &rows {
        let dispute = OurDispute {
            id: row.try_get("dispute")?,
            amount: row.try_get("amount")?,
            fee: row.try_get("fee")?,
            opened_at: row.try_get::<jiff_sqlx::Timestamp, _>("opened_at")?.to_jiff(),
            won_at: instant(row, "won_at")?,
        };
        let of = (row.try_get("payment_id")?, row.try_get("stray")?);
        disputes.entry(of).or_default().push(dispute);
    }
    Ok(disputes)
}

/// Which lines.
pub enum Lines<'a> {
    /// All that belong to these payments, of whatever file.
    Of(&'a [Uuid]),
    /// Those that this file was the first to have.
    NewOf(Uuid),
    /// Those of them that belong to no payment.
    StraysOf(Uuid),
}

impl FromRow<'_, PgRow> for Line {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let paid = match row.try_get::<Option<i64>, _>("paid")? {
            Some(amount) => Some(Money::new(amount, named::<Currency>(row, "paid_in")?)),
            None => None,
        };
        Ok(Self {
            row: row.try_get::<i32, _>("place")? as u64,
            external_id: row.try_get("external_id")?,
            kind: named(row, "kind")?,
            word: row.try_get("word")?,
            object: row.try_get("object")?,
            names: row.try_get("names")?,
            gross: row.try_get("gross")?,
            fee: row.try_get("fee")?,
            net: row.try_get("net")?,
            currency: named::<Currency>(row, "currency")?,
            paid,
            payout: row.try_get("payout")?,
            at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
        })
    }
}

/// Lines with the payment they belong to.
pub async fn lines(
    tx: &mut Tx<'_>,
    which: Lines<'_>,
) -> sqlx::Result<Vec<(Option<PaymentId>, Line)>> {
    let query = match which {
        Lines::Of(_) => "select * from settlement_line where payment_id = any($1) order by id",
        Lines::NewOf(_) => "select * from settlement_line where file_id = any($1) order by id",
        Lines::StraysOf(_) => {
            "select * from settlement_line where file_id = any($1) and payment_id is null order by id"
        }
    };
    let ids = match &which {
        Lines::Of(payments) => payments.to_vec(),
        Lines::NewOf(file) | Lines::StraysOf(file) => vec![*file],
    };
    let rows = sqlx::query(query).bind(ids).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let payment: Option<Uuid> = row.try_get("payment_id")?;
            Ok((payment.map(PaymentId::from_uuid), Line::from_row(row)?))
        })
        .collect()
}

/// A fee that the provider has not told when it was asked, in minor units.
pub struct UnknownFee {
    pub payment: PaymentId,
    pub currency: Currency,
    pub fee: i64,
}

/// What files say that the provider keeps of the payments of this file's lines, where nothing of that
/// is known here; from now on it is. Payments are locked one by one in a fixed order, as whoever
/// settles one locks it first.
pub async fn take_unknown_fees(
    tx: &mut Tx<'_>,
    file: Uuid,
    now: Timestamp,
) -> sqlx::Result<Vec<UnknownFee>> {
    let rows = sqlx::query(
        "with unknown as (
             select id, currency from payment
             where fee = 0 and captured > 0
               and id in (select payment_id from settlement_line where file_id = $1)
             order by id for update),
         told as (
             select unknown.id, sum(line.fee)::bigint as fee
             from unknown join settlement_line line on line.payment_id = unknown.id
             where line.kind in ('payment', 'refund')
               and not exists (select from stray s where s.payment_id = unknown.id
                                                     and s.object = any(line.names))
             group by unknown.id
             having sum(line.fee) > 0 and bool_and(line.currency = unknown.currency))
         update payment set fee = told.fee, changed_at = $2
         from told where payment.id = told.id
         returning payment.id, payment.currency, payment.fee",
    )
    .bind(file)
    .bind(store::instant(now))
    .fetch_all(&mut **tx)
    .await?;
    let unknown = |row: &PgRow| {
        Ok(UnknownFee {
            payment: PaymentId::from_uuid(row.try_get("id")?),
            currency: named::<Currency>(row, "currency")?,
            fee: row.try_get("fee")?,
        })
    };
    rows.iter().map(unknown).collect()
}
