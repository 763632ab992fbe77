//! Reading the books.

use jiff::Timestamp;
use kernel::{Currency, PaymentId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use crate::books::Account;

/// One entry, with what it belongs to.
#[derive(FromRow)]
pub struct EntryRow {
    pub id: i64,
    pub transaction_id: Uuid,
    pub payment_id: Option<Uuid>,
    pub kind: String,
    pub account: String,
    pub party: String,
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
        "select entry.id, entry.transaction_id, entry.payment_id, t.kind, entry.account,
                entry.party, entry.amount, entry.currency, entry.at
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

/// Which entries of an account; of all parties where none is named.
pub struct OfAccount<'a> {
    pub account: Account,
    pub currency: Currency,
    pub party: Option<&'a str>,
    pub after: i64,
    pub limit: i64,
}

/// The entries of one account, oldest first.
pub async fn of_account(db: &Db, wanted: &OfAccount<'_>) -> sqlx::Result<Vec<EntryRow>> {
    sqlx::query_as(
        "select entry.id, entry.transaction_id, entry.payment_id, t.kind, entry.account,
                entry.party, entry.amount, entry.currency, entry.at
         from ledger_entry entry join ledger_transaction t on t.id = entry.transaction_id
         where entry.account = $1 and entry.currency = $2 and ($3::text is null or party = $3)
           and entry.id > $4
         order by entry.id limit $5",
    )
    .bind(wanted.account.as_str())
    .bind(wanted.currency.code())
    .bind(wanted.party)
    .bind(wanted.after)
    .bind(wanted.limit)
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

/// What each account held at an instant, all parties together: what was kept when the books were
/// last closed before it, and what has come since. All that there is where no instant is named.
pub async fn balances(db: &Db, at: Option<Timestamp>) -> sqlx::Result<Vec<BalanceRow>> {
    sqlx::query_as(
        "with base as (select max(until) as until from closing where $1 is null or until <= $1)
         select currency, account, sum(amount)::bigint as balance
         from (select currency, account, balance as amount
               from closed_balance natural join base
               union all
               select currency, account, amount
               from ledger_entry, base
               where ($1 is null or ledger_entry.at <= $1)
                 and (base.until is null or ledger_entry.at >= base.until)) as every
         group by 1, 2 order by 1, 2",
    )
    .bind(at.map(store::instant))
    .fetch_all(db)
    .await
}

/// Closes the books up to an instant and keeps what each account held then; `false` when they are
/// closed already, or nothing is held.
pub async fn close(tx: &mut Tx<'_>, until: Timestamp, at: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "with before as (select max(until) as until from closing),
              closed as (insert into closing (until, at)
                         select $1, $2 from before where until is null or until < $1
                         on conflict do nothing returning until)
         insert into closed_balance (until, currency, account, party, balance)
         select closed.until, currency, account, party, sum(amount)
         from closed, (select currency, account, party, balance as amount
                       from closed_balance natural join before
                       union all
                       select currency, account, party, amount
                       from ledger_entry, before
                       where ledger_entry.at < $1
                         and (before.until is null or ledger_entry.at >= before.until)) as every
         group by 1, 2, 3, 4 having sum(amount) <> 0",
    )
    .bind(store::instant(until))
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How many balances kept at the last closing are not what their entries add up to.
pub async fn wrong_balances(tx: &mut Tx<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "with base as (select max(until) as until from closing)
         select count(*)
         from (select currency, account, party, balance from closed_balance natural join base)
                  as kept
              full join (select currency, account, party, sum(amount) as balance
                         from ledger_entry, base where at < base.until
                         group by 1, 2, 3 having sum(amount) <> 0) as counted
              using (currency, account, party)
         where kept.balance is distinct from counted.balance",
    )
    .fetch_one(&mut **tx)
    .await
}

/// Payments that changed since then and whose row says something else than the books do.
pub async fn wrong_payments(db: &Db, since: Timestamp) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select p.id
         from payment p
              left join lateral (select sum(amount) as amount from ledger_entry
                                 where payment_id = p.id and account = 'provider_clearing')
                  as books on true
              left join lateral (select sum(fee) as fee from dispute
                                 where payment_id = p.id and state <> 'named') as d on true
              left join lateral (
                  select sum(amount - fee - disputed - coalesce(
                             (select sum(back.amount) from stray_refund back
                              where (back.provider, back.account, back.object)
                                    = (s.provider, s.account, s.object)
                                and returned_at is null), 0)) as amount
                  from stray s where payment_id = p.id and taken_at is not null) as s on true
         where p.changed_at >= $1
           and coalesce(books.amount, 0)
               <> p.captured - p.refunded - p.disputed - p.fee - coalesce(d.fee, 0)
                  + coalesce(s.amount, 0)
         order by p.id limit 100",
    )
    .bind(store::instant(since))
    .fetch_all(db)
    .await
}
