//! What files and we differ in.

use jiff::Timestamp;
use kernel::{Id, PersonId};
use serde_json::{Value, json};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use super::At;
use crate::settlement::Difference;

/// A difference as it is kept.
#[derive(Debug, Clone, FromRow)]
pub struct DifferenceRow {
    pub id: Uuid,
    pub what: String,
    pub subject: String,
    pub payment_id: Option<Uuid>,
    pub ours: Option<i64>,
    pub theirs: Option<i64>,
    pub currency: String,
    pub found_at: jiff_sqlx::Timestamp,
    pub resolved_at: Option<jiff_sqlx::Timestamp>,
    pub note: Option<String>,
    pub explained_by: Option<Uuid>,
    pub explained_at: Option<jiff_sqlx::Timestamp>,
}

/// Differences that are written with one statement.
const AT_ONCE: usize = 2_000;

/// Keeps differences. One that was there already stays as it was explained, unless its amounts are
/// others now.
pub async fn keep(
    tx: &mut Tx<'_>,
    file: Uuid,
    at: At<'_>,
    differences: &[Difference],
    now: Timestamp,
) -> sqlx::Result<()> {
    for some in differences.chunks(AT_ONCE) {
        let rows: Vec<Value> = some.iter().map(row).collect();
        sqlx::query(
            "insert into settlement_difference (id, file_id, provider, account, what, subject,
                                                payment_id, ours, theirs, currency, found_at)
             select distinct on (what, subject)
                    id, $1, $2, $3, what, subject, payment, ours, theirs, currency, $5
             from jsonb_to_recordset($4) as one (
                 id uuid, what text, subject text, payment uuid, ours bigint, theirs bigint,
                 currency text)
             on conflict on constraint settlement_difference_once do update
                 set resolved_at = null, payment_id = excluded.payment_id, ours = excluded.ours,
                     theirs = excluded.theirs, currency = excluded.currency,
                     (note, explained_by, explained_at) = (
                         select d.note, d.explained_by, d.explained_at
                         from settlement_difference d
                         where d.id = settlement_difference.id
                           and (d.ours, d.theirs)
                               is not distinct from (excluded.ours, excluded.theirs))",
        )
        .bind(file)
        .bind(at.provider)
        .bind(at.account)
        .bind(Value::Array(rows))
        .bind(store::instant(now))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn row(one: &Difference) -> Value {
    json!({
        "id": Id::<Difference>::new().uuid(), "what": one.what.as_str(), "subject": one.subject,
        "payment": one.payment, "ours": one.ours, "theirs": one.theirs,
        "currency": one.currency.code(),
    })
}

/// What no longer differs: of these payments all that is not among `still`, and of lines that belong
/// to a payment by now.
pub async fn resolve(
    tx: &mut Tx<'_>,
    at: At<'_>,
    payments: &[Uuid],
    still: &[Difference],
    now: Timestamp,
) -> sqlx::Result<()> {
    let whats: Vec<&str> = still.iter().map(|one| one.what.as_str()).collect();
    let subjects: Vec<&str> = still.iter().map(|one| one.subject.as_str()).collect();
    sqlx::query(
        "update settlement_difference d set resolved_at = $6
         where provider = $1 and account = $2 and resolved_at is null
           and (payment_id = any($3)
                or (payment_id is null and what = 'missing_here' and exists (
                    select from settlement_line l
                    where l.provider = $1 and l.account = $2 and l.payment_id is not null
                      and l.payment_id = any($3)
                      and d.subject = left('line ' || l.external_id || ' ' || l.word, 500))))
           and (what, subject) not in (select * from unnest($4::text[], $5::text[]))",
    )
    .bind(at.provider)
    .bind(at.account)
    .bind(payments)
    .bind(whats)
    .bind(subjects)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The differences that a file showed first, in order, after this one.
pub async fn of_file(
    db: &Db,
    file: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<DifferenceRow>> {
    sqlx::query_as(
        "select id, what, subject, payment_id, ours, theirs, currency, found_at, resolved_at, note,
                explained_by, explained_at
         from settlement_difference
         where file_id = $1 and ($2::uuid is null or id > $2) order by id limit $3",
    )
    .bind(file)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// How many differences these files showed first that nobody has explained and no file resolved.
pub async fn open_of_file(db: &Db, files: &[Uuid]) -> sqlx::Result<Vec<(Uuid, i64)>> {
    sqlx::query_as(
        "select file_id, count(*) from settlement_difference
         where file_id = any($1) and resolved_at is null and note is null group by file_id",
    )
    .bind(files)
    .fetch_all(db)
    .await
}

/// Keeps what an operator found out of a difference; none where there is no such difference.
pub async fn explain(
    db: &Db,
    (file, id): (Uuid, Uuid),
    (note, by): (&str, PersonId),
    now: Timestamp,
) -> sqlx::Result<Option<DifferenceRow>> {
    sqlx::query_as(
        "update settlement_difference set note = $3, explained_by = $4, explained_at = $5
         where file_id = $1 and id = $2
         returning id, what, subject, payment_id, ours, theirs, currency, found_at, resolved_at, note,
                   explained_by, explained_at",
    )
    .bind(file)
    .bind(id)
    .bind(note)
    .bind(by.uuid())
    .bind(store::instant(now))
    .fetch_optional(db)
    .await
}
