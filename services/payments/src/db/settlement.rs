//! Settlement files and their lines.

mod compared;
mod difference;
mod payout;

pub use self::{
    compared::{Lines, lines, ours, take_unknown_fees, touched},
    difference::{DifferenceRow, explain, keep, of_file, open_of_file, resolve},
    payout::{name_payouts, payouts, stands},
};

use jiff::Timestamp;
use kernel::{Id, PaymentId, PersonId};
use serde_json::{Value, json};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use crate::settlement::{Line, Period};

/// Which account at which provider.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    pub provider: &'a str,
    pub account: &'a str,
}

/// A file that was loaded.
#[derive(Debug, Clone, FromRow)]
pub struct FileRow {
    pub id: Uuid,
    pub provider: String,
    pub account: String,
    pub from_at: jiff_sqlx::Timestamp,
    pub to_at: jiff_sqlx::Timestamp,
    pub lines: i32,
    pub new_lines: i32,
    pub loaded_by: Uuid,
    pub loaded_at: jiff_sqlx::Timestamp,
}

const FILE: &str = "select id, provider, account, from_at, to_at, lines, new_lines, loaded_by,
                           loaded_at from settlement_file";

/// From here on nobody else loads a file of this account until the transaction ends.
pub async fn alone(tx: &mut Tx<'_>, at: At<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "select pg_advisory_xact_lock(hashtextextended('settlement ' || $1 || ' ' || $2, 0))",
    )
    .bind(at.provider)
    .bind(at.account)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether money was ever moved at this account.
pub async fn has_payments(db: &Db, at: At<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from payment where provider = $1 and account = $2)")
        .bind(at.provider)
        .bind(at.account)
        .fetch_one(db)
        .await
}

/// The file with these contents, if it was loaded before.
pub async fn of_hash(tx: &mut Tx<'_>, at: At<'_>, hash: &[u8]) -> sqlx::Result<Option<FileRow>> {
    let query = format!("{FILE} where provider = $1 and account = $2 and hash = $3");
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(at.provider)
        .bind(at.account)
        .bind(hash)
        .fetch_optional(&mut **tx)
        .await
}

pub async fn find(db: &Db, id: Uuid) -> sqlx::Result<Option<FileRow>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{FILE} where id = $1")))
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Files, the last loaded first, before this one.
pub async fn files(db: &Db, before: Option<Uuid>, limit: i64) -> sqlx::Result<Vec<FileRow>> {
    let query = format!("{FILE} where $1::uuid is null or id < $1 order by id desc limit $2");
    sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(before).bind(limit).fetch_all(db).await
}

/// A file to be kept.
pub struct NewFile<'a> {
    pub at: At<'a>,
    pub hash: &'a [u8],
    pub period: Period,
    pub lines: usize,
    pub by: PersonId,
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewFile<'_>, now: Timestamp) -> sqlx::Result<Uuid> {
    sqlx::query_scalar(
        "insert into settlement_file (id, provider, account, hash, from_at, to_at, lines, new_lines,
                                      loaded_by, loaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9) returning id",
    )
    .bind(Id::<NewFile<'_>>::new().uuid())
    .bind(new.at.provider)
    .bind(new.at.account)
    .bind(new.hash)
    .bind(store::instant(new.period.from))
    .bind(store::instant(new.period.to))
    .bind(new.lines as i32)
    .bind(new.by.uuid())
    .bind(store::instant(now))
    .fetch_one(&mut **tx)
    .await
}

/// Lines that are written with one statement.
const AT_ONCE: usize = 2_000;

/// Keeps the lines that no earlier file had, each with its payment if there is one.
pub async fn insert_lines(
    tx: &mut Tx<'_>,
    file: Uuid,
    at: At<'_>,
    lines: &[Line],
) -> sqlx::Result<u64> {
    let mut new = 0;
    for lines in lines.chunks(AT_ONCE) {
        let rows: Vec<Value> = lines.iter().map(row).collect();
        let done = sqlx::query(
            "insert into settlement_line (file_id, place, provider, account, external_id, kind, word,
                                          object, names, payment_id, gross, fee, net, currency, paid,
                                          paid_in, payout, at)
             select $1, place, $2, $3, external_id, kind, word, object, names,
                    (select payment_id from provider_object
                     where provider = $2 and account = $3 and provider_object.object = any(names)
                     order by array_position(names, provider_object.object) limit 1),
                    gross, fee, net, currency, paid, paid_in, payout, at
             from jsonb_to_recordset($4) as line (
                 place integer, external_id text, kind text, word text, object text, names text[],
                 gross bigint, fee bigint, net bigint, currency text, paid bigint, paid_in text,
                 payout text, at timestamptz)
             on conflict on constraint settlement_line_once do nothing",
        )
        .bind(file)
        .bind(at.provider)
        .bind(at.account)
        .bind(Value::Array(rows))
        .execute(&mut **tx)
        .await?;
        new += done.rows_affected();
    }
    sqlx::query("update settlement_file set new_lines = $2 where id = $1")
        .bind(file)
        .bind(new as i32)
        .execute(&mut **tx)
        .await?;
    Ok(new)
}

fn row(line: &Line) -> Value {
    json!({
        "place": line.row, "external_id": line.external_id, "kind": line.kind.as_str(),
        "word": line.word, "object": line.object, "names": line.names, "gross": line.gross,
        "fee": line.fee, "net": line.net, "currency": line.currency.code(),
        "paid": line.paid.map(|paid| paid.amount),
        "paid_in": line.paid.map(|paid| paid.currency.code()),
        "payout": line.payout, "at": line.at,
    })
}

/// Lines of earlier files whose payment has become known since: their payments.
pub async fn bind_strays(tx: &mut Tx<'_>, at: At<'_>) -> sqlx::Result<Vec<PaymentId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "update settlement_line line
         set payment_id = (select payment_id from provider_object o
                           where o.provider = $1 and o.account = $2 and o.object = any(line.names)
                           order by array_position(line.names, o.object) limit 1)
         where provider = $1 and account = $2 and payment_id is null
           and kind not in ('fee', 'payout')
           and exists (select from provider_object o where o.provider = $1 and o.account = $2
                                                       and o.object = any(line.names))
         returning payment_id",
    )
    .bind(at.provider)
    .bind(at.account)
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(PaymentId::from_uuid).collect())
}

/// Lines that say something else than an earlier file said of the same: id, word, the amount kept
/// and the amount now, in the currency now.
pub async fn changed(
    tx: &mut Tx<'_>,
    at: At<'_>,
    lines: &[Line],
) -> sqlx::Result<Vec<(String, String, i64, i64, String)>> {
    let mut changed = Vec::new();
    for lines in lines.chunks(AT_ONCE) {
        let rows: Vec<Value> = lines.iter().map(row).collect();
        let some: Vec<_> = sqlx::query_as(
            "select line.external_id, line.word, kept.gross, line.gross, line.currency
             from jsonb_to_recordset($3) as line (
                 external_id text, kind text, word text, gross bigint, fee bigint, currency text)
             join settlement_line kept on kept.provider = $1 and kept.account = $2
                  and kept.external_id = line.external_id and kept.kind = line.kind
             where (kept.gross, kept.fee, kept.currency::text)
                   is distinct from (line.gross, line.fee, line.currency)",
        )
        .bind(at.provider)
        .bind(at.account)
        .bind(Value::Array(rows))
        .fetch_all(&mut **tx)
        .await?;
        changed.extend(some);
    }
    Ok(changed)
}
