//! Payouts, as all files of an account together tell them, and what of them stands in the books.

use jiff::Timestamp;
use kernel::Currency;
use serde_json::Value;
use sqlx::Row;
use store::Tx;

use super::{AT_ONCE, At, row};
use crate::{
    db::payment::named,
    settlement::{Line, Payout, Stand},
};

/// Lines of earlier files that did not say in which payout they are, and that these tell again with
/// it: from now on they say so.
pub async fn name_payouts(tx: &mut Tx<'_>, at: At<'_>, lines: &[Line]) -> sqlx::Result<()> {
    for lines in lines.chunks(AT_ONCE) {
        let rows: Vec<Value> = lines.iter().filter(|line| line.payout.is_some()).map(row).collect();
        sqlx::query(
            // Line by line, by its key: nothing is known of the sizes of what has just been written.
            "update settlement_line line set payout = named.payout
             from (select kept.id, told.payout
                   from jsonb_to_recordset($3) as told (
                            external_id text, kind text, gross bigint, fee bigint, currency text,
                            payout text)
                        cross join lateral (
                            select id from settlement_line
                            where provider = $1 and account = $2
                              and external_id = told.external_id and kind = told.kind
                              and payout is null
                              and (gross, fee, currency::text)
                                  = (told.gross, told.fee, told.currency)
                            offset 0) as kept) as named
             where line.id = named.id",
        )
        .bind(at.provider)
        .bind(at.account)
        .bind(Value::Array(rows))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// These payouts, in each currency.
pub async fn payouts(tx: &mut Tx<'_>, at: At<'_>, payouts: &[String]) -> sqlx::Result<Vec<Payout>> {
    let rows = sqlx::query(
        "with told as (
             select object as payout, currency, true as own, gross, net
             from settlement_line
             where provider = $1 and account = $2 and kind = 'payout' and object = any($3)
             union all
             select payout, currency, false, gross, net
             from settlement_line
             where provider = $1 and account = $2 and kind <> 'payout' and payout = any($3)),
         whole as (
             select payout, currency,
                    -(sum(gross) filter (where own and gross < 0))::bigint as sent,
                    coalesce(sum(gross) filter (where own and gross > 0), 0)::bigint as returned,
                    count(*) filter (where not own) as lines,
                    coalesce(sum(net) filter (where not own), 0)::bigint as sum
             from told group by payout, currency)
         select whole.*, coalesce(booked.amount, 0) as amount,
                coalesce(booked.rounding, 0) as rounding
         from whole
              left join settlement_payout booked
              on booked.provider = $1 and booked.account = $2
                 and (booked.payout, booked.currency) = (whole.payout, whole.currency)
         order by whole.payout, whole.currency",
    )
    .bind(at.provider)
    .bind(at.account)
    .bind(payouts)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Payout {
                payout: row.try_get("payout")?,
                currency: named::<Currency>(row, "currency")?,
                sent: row.try_get("sent")?,
                returned: row.try_get("returned")?,
                lines: row.try_get("lines")?,
                sum: row.try_get("sum")?,
                booked: (row.try_get("amount")?, row.try_get("rounding")?),
            })
        })
        .collect()
}

/// From now on the books have this of it.
pub async fn stands(
    tx: &mut Tx<'_>,
    at: At<'_>,
    (payout, stand): (&Payout, Stand),
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into settlement_payout (provider, account, payout, currency, way, amount, rounding,
                                        changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (provider, account, payout, currency) do update
             set way = excluded.way, amount = excluded.amount, rounding = excluded.rounding,
                 changed_at = excluded.changed_at",
    )
    .bind(at.provider)
    .bind(at.account)
    .bind(&payout.payout)
    .bind(payout.currency.code())
    .bind(stand.way.as_str())
    .bind(stand.bank)
    .bind(stand.rounding)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
