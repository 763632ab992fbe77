//! Writing into the books. PostgreSQL refuses a transaction that does not add up to zero, an entry
//! in books that are closed, and any change of what is written.

use jiff::Timestamp;
use kernel::{Currency, PaymentId};
use sqlx::Row;
use store::Tx;
use uuid::Uuid;

use super::payment::named;
use crate::books::Entry;

/// What entries belong to.
pub struct NewTransaction<'a> {
    pub id: Uuid,
    pub payment: Option<PaymentId>,
    pub kind: &'a str,
    /// Once per payment and kind.
    pub source: &'a str,
    pub at: Timestamp,
}

/// Writes a transaction with its entries.
pub async fn insert(
    tx: &mut Tx<'_>,
    new: &NewTransaction<'_>,
    currency: Currency,
    entries: &[Entry],
) -> sqlx::Result<()> {
    let accounts: Vec<&str> = entries.iter().map(|entry| entry.account.as_str()).collect();
    let parties: Vec<&str> = entries.iter().map(|entry| entry.party.as_str()).collect();
    let parts: Vec<Option<i32>> = entries.iter().map(|entry| entry.part).collect();
    let amounts: Vec<i64> = entries.iter().map(|entry| entry.amount).collect();
    sqlx::query(
        "with written as (
             insert into ledger_transaction (id, payment_id, kind, source, at)
             values ($1, $2, $3, $4, $5) returning id)
         insert into ledger_entry (transaction_id, payment_id, account, party, part, amount,
                                   currency, at)
         select written.id, $2, e.account, e.party, e.part, e.amount, $6, $5
         from written, unnest($7::text[], $8::text[], $9::int[], $10::bigint[]) with ordinality
              as e (account, party, part, amount, place)
         order by e.place",
    )
    .bind(new.id)
    .bind(new.payment.map(PaymentId::uuid))
    .bind(new.kind)
    .bind(new.source)
    .bind(store::instant(new.at))
    .bind(currency.code())
    .bind(accounts)
    .bind(parties)
    .bind(parts)
    .bind(amounts)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Under what [`left`] tells what was taken beyond the parts.
pub const BEYOND: &str = "beyond";

/// What is left of each part of a payment's sale, under `commissions` what was taken of it, below
/// zero, and under [`BEYOND`] what belongs to no part. `whole`: the sale is not known, and all entries are of its one part.
pub async fn left(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    whole: bool,
) -> sqlx::Result<Vec<(String, i32, i64)>> {
    sqlx::query_as(
        "select case when account = 'commissions' then account
                     when part is null and not $2 then 'beyond' else '' end, coalesce(part, 0),
                (-sum(amount))::bigint
         from ledger_entry
         where payment_id = $1
           and (account = 'commissions'
                or (account in ('sales', 'refunds', 'taxes', 'deposits', 'delivery_fees',
                                'service_fees', 'tips') and (part is not null or $2))
                or (account in ('sales', 'refunds') and party = '' and part is null))
         group by 1, 2",
    )
    .bind(payment.uuid())
    .bind(whole)
    .fetch_all(&mut **tx)
    .await
}

/// The entries that a transaction of a payment made.
pub async fn made(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    kind: &str,
    source: &str,
) -> sqlx::Result<Vec<Entry>> {
    let rows = sqlx::query(
        "select entry.account, entry.party, entry.part, entry.amount
         from ledger_entry entry join ledger_transaction t on t.id = entry.transaction_id
         where t.payment_id = $1 and t.kind = $2 and t.source = $3 order by entry.id",
    )
    .bind(payment.uuid())
    .bind(kind)
    .bind(source)
    .fetch_all(&mut **tx)
    .await?;
    let entry = |row: &sqlx::postgres::PgRow| {
        Ok(Entry {
            account: named(row, "account")?,
            party: row.try_get("party")?,
            part: row.try_get("part")?,
            amount: row.try_get("amount")?,
        })
    };
    rows.iter().map(entry).collect()
}

/// What asked for an operation.
pub async fn source_of(tx: &mut Tx<'_>, operation: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select source from operation where id = $1")
        .bind(operation)
        .fetch_optional(&mut **tx)
        .await
}
