//! What vendors agreed to, and what the books say of them.

use jiff::Timestamp;
use kernel::{Currency, PersonId, StoreId, VendorId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// Whether a vendor is known here, and within reach: by terms or a sale, and by a store that is one
/// of `stores`; all where absent.
pub async fn is_within(
    db: &Db,
    vendor: VendorId,
    stores: Option<&[StoreId]>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from sale
                        where vendor_id = $1 and ($2::uuid[] is null or store_id = any($2)))
             or ($2 is null and exists (select from vendor_terms where vendor_id = $1))",
    )
    .bind(vendor.uuid())
    .bind(stores.map(|stores| stores.iter().map(|store| store.uuid()).collect::<Vec<_>>()))
    .fetch_one(db)
    .await
}

/// A version of a vendor's terms.
#[derive(Debug, FromRow)]
pub struct TermsRow {
    pub version: i64,
    pub legal_name: String,
    pub address: String,
    pub tax_number: String,
    pub commission_bp: i32,
    pub payout_interval_days: i32,
}

/// The terms that hold.
pub async fn terms(db: &Db, vendor: VendorId) -> sqlx::Result<Option<TermsRow>> {
    sqlx::query_as(
        "select version, legal_name, address, tax_number, commission_bp, payout_interval_days
         from vendor_terms where vendor_id = $1 order by version desc limit 1",
    )
    .bind(vendor.uuid())
    .fetch_optional(db)
    .await
}

/// `false` when there is that version already.
pub async fn insert_terms(
    db: &Db,
    vendor: VendorId,
    new: &TermsRow,
    (set_by, at): (PersonId, Timestamp),
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into vendor_terms (vendor_id, version, legal_name, address, tax_number,
                                   commission_bp, payout_interval_days, set_by, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict on constraint vendor_terms_version do nothing",
    )
    .bind(vendor.uuid())
    .bind(new.version)
    .bind(&new.legal_name)
    .bind(&new.address)
    .bind(&new.tax_number)
    .bind(new.commission_bp)
    .bind(new.payout_interval_days)
    .bind(set_by.uuid())
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A span of time of one vendor's account in one currency; the end is not included.
pub struct Span {
    pub vendor: VendorId,
    pub currency: Currency,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What we owed the vendor when the span began, and when it ended; minor units.
pub async fn owed(db: &Db, span: &Span) -> sqlx::Result<(i64, i64)> {
    sqlx::query_as(
        "select coalesce(-sum(amount) filter (where at < $3), 0)::bigint,
                coalesce(-sum(amount), 0)::bigint
         from ledger_entry
         where account in ('sales', 'refunds', 'deposits', 'commissions', 'vendor_payouts')
           and party = $1 and currency = $2 and at < $4",
    )
    .bind(span.vendor.to_string())
    .bind(span.currency.code())
    .bind(store::instant(span.from))
    .bind(store::instant(span.to))
    .fetch_one(db)
    .await
}

/// A line of a vendor's statement.
#[derive(FromRow)]
pub struct LineRow {
    pub id: i64,
    pub at: jiff_sqlx::Timestamp,
    pub kind: String,
    pub account: String,
    pub order_id: Option<Uuid>,
    pub number: Option<String>,
    /// Above zero: owed to the vendor.
    pub amount: i64,
}

/// The lines of the span, oldest first, after this one.
pub async fn lines(db: &Db, span: &Span, after: i64, limit: i64) -> sqlx::Result<Vec<LineRow>> {
    sqlx::query_as(
        "select e.id, e.at, t.kind, e.account, p.order_id, sale.body ->> 'number' as number,
                -e.amount as amount
         from ledger_entry e
              join ledger_transaction t on t.id = e.transaction_id
              left join payment p on p.id = e.payment_id
              left join sale on sale.order_id = p.order_id
         where e.account in ('sales', 'refunds', 'deposits', 'commissions', 'vendor_payouts')
           and e.party = $1 and e.currency = $2 and e.at >= $3 and e.at < $4 and e.id > $5
         order by e.id limit $6",
    )
    .bind(span.vendor.to_string())
    .bind(span.currency.code())
    .bind(store::instant(span.from))
    .bind(store::instant(span.to))
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Lets nobody else pay this vendor until the transaction ends.
pub async fn lock_payouts(tx: &mut Tx<'_>, vendor: VendorId) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('payout ' || $1, 0))")
        .bind(vendor.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
