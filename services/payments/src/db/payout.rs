//! What vendors were paid.

use jiff::Timestamp;
use kernel::{Currency, PersonId, VendorId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// A payout as it is kept; amounts in minor units, what is taken off below zero.
#[derive(FromRow)]
pub struct PayoutRow {
    pub id: Uuid,
    pub vendor_id: Uuid,
    pub currency: String,
    pub until: jiff_sqlx::Timestamp,
    pub amount: i64,
    pub sales: i64,
    pub refunds: i64,
    pub deposits: i64,
    pub commission: i64,
    pub at: jiff_sqlx::Timestamp,
    /// When the money was sent.
    pub sent_at: Option<jiff_sqlx::Timestamp>,
}

const COLUMNS: &str = "payout.id, payout.vendor_id, payout.currency, payout.until, payout.amount, \
                       payout.sales, payout.refunds, payout.deposits, payout.commission, payout.at, \
                       (select sent.at from payout_sent sent where sent.payout_id = payout.id) as sent_at";

/// A vendor and a currency in which it has sold.
#[derive(FromRow)]
pub struct Candidate {
    pub vendor_id: Uuid,
    pub currency: String,
    /// Of the terms that hold.
    pub interval_days: i32,
    /// The end of the last payout, or the first sale.
    pub since: jiff_sqlx::Timestamp,
}

impl Candidate {
    pub const fn vendor(&self) -> VendorId {
        VendorId::from_uuid(self.vendor_id)
    }
}

/// Those of so many vendors, after this one.
pub async fn candidates(
    db: &Db,
    after: Option<Uuid>,
    vendors: i64,
) -> sqlx::Result<Vec<Candidate>> {
    sqlx::query_as(
        "select t.vendor_id, s.currency, t.payout_interval_days as interval_days,
                coalesce((select max(until) from payout
                          where vendor_id = t.vendor_id and currency = s.currency), s.first) as since
         from (select distinct on (vendor_id) vendor_id, payout_interval_days from vendor_terms
               where $1::uuid is null or vendor_id > $1
               order by vendor_id, version desc limit $2) t
              join lateral (select currency, min(at) as first from sale
                            where sale.vendor_id = t.vendor_id group by currency) s on true
         order by t.vendor_id",
    )
    .bind(after)
    .bind(vendors)
    .fetch_all(db)
    .await
}

/// The end of a vendor's last payout in a currency.
pub async fn last_until(
    tx: &mut Tx<'_>,
    vendor: VendorId,
    currency: Currency,
) -> sqlx::Result<Option<Timestamp>> {
    let until: Option<jiff_sqlx::Timestamp> =
        sqlx::query_scalar("select max(until) from payout where vendor_id = $1 and currency = $2")
            .bind(vendor.uuid())
            .bind(currency.code())
            .fetch_one(&mut **tx)
            .await?;
    Ok(until.map(jiff_sqlx::Timestamp::to_jiff))
}

pub async fn find(tx: &mut Tx<'_>, id: Uuid) -> sqlx::Result<Option<PayoutRow>> {
    let query = format!("select {COLUMNS} from payout where id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(&mut **tx).await
}

/// Those whose money has not been sent, newest first, before this one.
pub async fn waiting(db: &Db, before: Option<Uuid>, limit: i64) -> sqlx::Result<Vec<PayoutRow>> {
    let query = format!(
        "select {COLUMNS} from payout
         where not exists (select from payout_sent where payout_id = payout.id)
           and ($1::uuid is null or id < $1) order by id desc limit $2"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(before).bind(limit).fetch_all(db).await
}

/// Its money has been sent; `false` where it had been before.
pub async fn sent(tx: &mut Tx<'_>, id: Uuid, by: PersonId, at: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into payout_sent (payout_id, sent_by, at) values ($1, $2, $3)
         on conflict do nothing",
    )
    .bind(id)
    .bind(by.uuid())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

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
    /// None where it was due.
    pub made_by: Option<Uuid>,
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
