//! What vendors were paid.

use jiff::Timestamp;
use kernel::{Currency, VendorId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// A payout as it is kept; amounts in minor units, what is taken off below zero.
#[derive(FromRow)]
pub struct PayoutRow {
    pub id: Uuid,
    pub currency: String,
    pub until: jiff_sqlx::Timestamp,
    pub amount: i64,
    pub sales: i64,
    pub refunds: i64,
    pub deposits: i64,
    pub commission: i64,
    pub at: jiff_sqlx::Timestamp,
}

const COLUMNS: &str = "id, currency, until, amount, sales, refunds, deposits, commission, at";

pub async fn of_key(
    tx: &mut Tx<'_>,
    vendor: VendorId,
    key: &str,
) -> sqlx::Result<Option<PayoutRow>> {
    let query = format!("select {COLUMNS} from payout where vendor_id = $1 and key = $2");
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(vendor.uuid())
        .bind(key)
        .fetch_optional(&mut **tx)
        .await
}

/// A payout to be.
pub struct NewPayout<'a> {
    pub id: Uuid,
    pub vendor: VendorId,
    pub currency: Currency,
    pub key: &'a str,
    /// Entries up to here, which is included.
    pub until: Timestamp,
    pub made_by: Uuid,
    pub at: Timestamp,
}

/// Freezes every entry of the vendor that no payout has into this one, and keeps it with what they
/// add up to. None where that is not above zero: the caller rolls back.
pub async fn freeze(tx: &mut Tx<'_>, new: &NewPayout<'_>) -> sqlx::Result<Option<PayoutRow>> {
    let query = format!(
        "with frozen as (
             insert into payout_line (entry_id, payout_id)
             select id, $1 from ledger_entry
             where account in ('sales', 'refunds', 'deposits', 'commissions')
               and party = $2 and currency = $3 and at <= $4
               and not exists (select from payout_line where entry_id = ledger_entry.id)
             returning entry_id),
         sums as (
             select coalesce(-sum(amount) filter (where account = 'sales'), 0)::bigint as sales,
                    coalesce(-sum(amount) filter (where account = 'refunds'), 0)::bigint as refunds,
                    coalesce(-sum(amount) filter (where account = 'deposits'), 0)::bigint
                        as deposits,
                    coalesce(-sum(amount) filter (where account = 'commissions'), 0)::bigint
                        as commission
             from frozen join ledger_entry on id = entry_id)
         insert into payout (id, vendor_id, currency, key, until, amount, sales, refunds, deposits,
                             commission, made_by, at)
         select $1, $2::uuid, $3, $5, $4, sales + refunds + deposits + commission,
                sales, refunds, deposits, commission, $6, $7
         from sums where sales + refunds + deposits + commission > 0
         returning {COLUMNS}"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(new.id)
        .bind(new.vendor.to_string())
        .bind(new.currency.code())
        .bind(store::instant(new.until))
        .bind(new.key)
        .bind(new.made_by)
        .bind(store::instant(new.at))
        .fetch_optional(&mut **tx)
        .await
}

/// A vendor's payouts, newest first.
pub async fn of_vendor(
    db: &Db,
    vendor: VendorId,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<PayoutRow>> {
    let query = format!(
        "select {COLUMNS} from payout
         where vendor_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(vendor.uuid())
        .bind(before)
        .bind(limit)
        .fetch_all(db)
        .await
}
