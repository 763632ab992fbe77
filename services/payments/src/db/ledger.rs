//! The double-entry ledger. PostgreSQL refuses a transaction that does not add up to zero, and
//! any change of what is written.

use jiff::Timestamp;
use kernel::{Id, PaymentId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use crate::{ledger::Movement, payment::Payment};

/// Writes a movement with its entries.
pub async fn write(
    tx: &mut Tx<'_>,
    payment: &Payment,
    movement: Movement,
    source: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    let entries = movement.entries();
    let accounts: Vec<&str> = entries.iter().map(|(account, _)| account.as_str()).collect();
    let amounts: Vec<i64> = entries.iter().map(|(_, amount)| *amount).collect();
    sqlx::query(
        "with written as (
             insert into ledger_transaction (id, payment_id, kind, source, at)
             values ($1, $2, $3, $4, $5) returning id)
         insert into ledger_entry (transaction_id, payment_id, account, amount, currency)
         select written.id, $2, e.account, e.amount, $8
         from written, unnest($6::text[], $7::bigint[]) with ordinality
              as e (account, amount, place)
         order by e.place",
    )
    .bind(Id::<Movement>::new().uuid())
    .bind(payment.id.uuid())
    .bind(movement.as_str())
    .bind(source)
    .bind(store::instant(at))
    .bind(accounts)
    .bind(amounts)
    .bind(payment.currency.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One entry, with what it belongs to.
#[derive(FromRow)]
pub struct EntryRow {
    pub id: i64,
    pub transaction_id: Uuid,
    pub kind: String,
    pub account: String,
    pub amount: i64,
    pub currency: String,
    pub at: jiff_sqlx::Timestamp,
}

/// The entries of one payment, oldest first, after this one.
pub async fn entries(
    db: &Db,
    payment: PaymentId,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<EntryRow>> {
    sqlx::query_as(
        "select entry.id, entry.transaction_id, t.kind, entry.account, entry.amount,
                entry.currency, t.at
         from ledger_entry entry join ledger_transaction t on t.id = entry.transaction_id
         where entry.payment_id = $1 and entry.id > $2
         order by entry.id limit $3",
    )
    .bind(payment.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// What one account holds in one currency.
#[derive(FromRow)]
pub struct BalanceRow {
    pub currency: String,
    pub account: String,
    pub balance: i64,
}

pub async fn balances(db: &Db) -> sqlx::Result<Vec<BalanceRow>> {
    sqlx::query_as("select currency, account, balance from ledger_balance order by 1, 2")
        .fetch_all(db)
        .await
}
