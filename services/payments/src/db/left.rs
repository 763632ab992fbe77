//! What is left at accounts that have been taken out of the settings.

use jiff::Timestamp;
use kernel::{PersonId, SavedMethodId};
use sqlx::FromRow;
use store::Db;
use uuid::Uuid;

/// What waits at one account for its return.
#[derive(Debug, FromRow)]
pub struct Waiting {
    pub provider: String,
    pub account: String,
    /// Payments of which something may still come.
    pub payments: i64,
    /// Writes that were asked for.
    pub operations: i64,
    /// Ways to pay that customers keep.
    pub methods: i64,
}

/// All that waits at other accounts than these.
pub async fn waiting(db: &Db, accounts: &[String]) -> sqlx::Result<Vec<Waiting>> {
    sqlx::query_as(
        "select provider, account, count(*) filter (where what = 'payment') as payments,
                count(*) filter (where what = 'operation') as operations,
                count(*) filter (where what = 'method') as methods
         from (select provider, account, 'payment' as what from payment where look_at is not null
               union all
               select p.provider, p.account, 'operation'
               from operation o join payment p on p.id = o.payment_id
               where o.state in ('pending', 'unknown')
               union all
               select provider, account, 'method' from saved_method where removed_at is null) one
         where not provider || ':' || account = any($1)
         group by provider, account order by provider, account limit 100",
    )
    .bind(accounts)
    .fetch_all(db)
    .await
}

/// A customer's way to pay that was erased here and may still be at its provider.
#[derive(FromRow)]
pub struct LeftRow {
    pub method_id: Uuid,
    pub provider: String,
    pub account: String,
    pub customer_key: Option<Uuid>,
    pub erased_at: jiff_sqlx::Timestamp,
    pub removed_by: Option<Uuid>,
    pub removed_at: Option<jiff_sqlx::Timestamp>,
}

/// Erases what is kept of a method whose provider cannot be told to let go of it, and notes that.
pub async fn leave(db: &Db, id: SavedMethodId, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "with noted as (
             insert into left_method (method_id, provider, account, customer_key, erased_at)
             select m.id, m.provider, m.account, c.id, $2
             from saved_method m
                  left join provider_customer c
                  on c.customer_id = m.customer_id and c.provider = m.provider
                     and c.account = m.account
             where m.id = $1 and m.detached_at is null
             on conflict do nothing)
         update saved_method
         set detached_at = $2, due_at = null, check_at = null, token = null, provider_customer = null, error = null,
             brand = null, last_four = null, expires = null, likeness = null
         where id = $1 and detached_at is null",
    )
    .bind(id.uuid())
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(())
}

/// Newest first, before this one.
pub async fn list(db: &Db, before: Option<Uuid>, limit: i64) -> sqlx::Result<Vec<LeftRow>> {
    sqlx::query_as(
        "select * from left_method where $1::uuid is null or method_id < $1
         order by method_id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// An operator has removed it at the provider; the first who says so stays. None where it is not
/// among those that were left.
pub async fn removed(
    db: &Db,
    method: Uuid,
    (by, at): (PersonId, Timestamp),
) -> sqlx::Result<Option<LeftRow>> {
    sqlx::query_as(
        "update left_method set removed_by = coalesce(removed_by, $2),
                                removed_at = coalesce(removed_at, $3), customer_key = null
         where method_id = $1 returning *",
    )
    .bind(method)
    .bind(by.uuid())
    .bind(store::instant(at))
    .fetch_optional(db)
    .await
}

/// Whether payments has its tables already.
pub async fn has_tables(admin: &mut sqlx::PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select to_regclass('payments.saved_method') is not null")
        .fetch_one(admin)
        .await
}
