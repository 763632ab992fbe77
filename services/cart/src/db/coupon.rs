//! Coupons and their uses.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use kernel::{CustomerId, OrderId, StoreId};
use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow, types::Json};
use store::{Db, Tx};

use crate::coupon::{Code, Coupon};

/// A coupon and how often one customer has used it.
#[derive(Debug, Clone)]
pub struct CouponRow {
    pub coupon: Coupon,
    pub by_customer: u32,
}

impl FromRow<'_, PgRow> for CouponRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let code: &str = row.try_get("code")?;
        let instant = |at: jiff_sqlx::Timestamp| at.to_jiff();
        let number = |column: &str| -> sqlx::Result<Option<u32>> {
            Ok(row.try_get::<Option<i32>, _>(column)?.and_then(|n| n.try_into().ok()))
        };
        Ok(Self {
            coupon: Coupon {
                code: Code::new(code).ok_or_else(|| sqlx::Error::ColumnDecode {
                    index: "code".into(),
                    source: "is not a coupon code".into(),
                })?,
                store: row.try_get::<Option<_>, _>("store_id")?.map(StoreId::from_uuid),
                terms: row.try_get::<Json<_>, _>("terms")?.0,
                valid_from: instant(row.try_get("valid_from")?),
                valid_until: row.try_get::<Option<_>, _>("valid_until")?.map(instant),
                max_uses: number("max_uses")?,
                per_customer_uses: number("per_customer_uses")?,
                used: number("used")?.unwrap_or_default(),
                active: row.try_get("active")?,
            },
            by_customer: row.try_get::<i64, _>("by_customer")?.try_into().unwrap_or(u32::MAX),
        })
    }
}

/// The coupons of these codes, with the uses of one customer.
pub async fn coupons(
    db: impl PgExecutor<'_>,
    codes: &[String],
    customer: CustomerId,
) -> sqlx::Result<Vec<CouponRow>> {
    sqlx::query_as(
        "select coupon.*, (select count(*) from redemption
                           where redemption.code = coupon.code and customer_id = $2) as by_customer
         from coupon where code = any($1) order by code",
    )
    .bind(codes)
    .bind(customer.uuid())
    .fetch_all(db)
    .await
}

/// Coupons by code; of all stores where `stores` is absent.
pub async fn coupons_of(
    db: &Db,
    stores: Option<&[StoreId]>,
    after: Option<&str>,
    limit: i64,
) -> sqlx::Result<Vec<CouponRow>> {
    sqlx::query_as(
        "select coupon.*, 0::bigint as by_customer from coupon
         where ($1::uuid[] is null or store_id = any($1)) and ($2::text is null or code > $2)
         order by code limit $3",
    )
    .bind(stores.map(|stores| stores.iter().map(|store| store.uuid()).collect::<Vec<_>>()))
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// `false` when the code is taken.
pub async fn insert_coupon(db: &Db, new: &Coupon, at: Timestamp) -> sqlx::Result<bool> {
    let currency = new.terms.currency().ok().flatten();
    let count = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let done = sqlx::query(
        "insert into coupon (code, store_id, currency, terms, valid_from, valid_until, max_uses,
                             per_customer_uses, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (code) do nothing",
    )
    .bind(new.code.as_str())
    .bind(new.store.map(StoreId::uuid))
    .bind(currency.map(|currency| currency.code()))
    .bind(Json(&new.terms))
    .bind(store::instant(new.valid_from))
    .bind(new.valid_until.map(ToSqlx::to_sqlx))
    .bind(count(new.max_uses))
    .bind(count(new.per_customer_uses))
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a coupon; of all stores where `stores` is absent. Ending it again changes nothing.
pub async fn end_coupon(
    db: &Db,
    code: &Code,
    stores: Option<&[StoreId]>,
) -> sqlx::Result<Option<CouponRow>> {
    sqlx::query_as(
        "update coupon set active = false
         where code = $1 and ($2::uuid[] is null or store_id = any($2))
         returning *, 0::bigint as by_customer",
    )
    .bind(code.as_str())
    .bind(stores.map(|stores| stores.iter().map(|store| store.uuid()).collect::<Vec<_>>()))
    .fetch_optional(db)
    .await
}

/// One use of each coupon, for one order.
pub struct Redeem<'a> {
    pub codes: &'a [String],
    pub order: OrderId,
    pub customer: CustomerId,
    pub at: Timestamp,
}

/// Uses every coupon once for an order, and gives the codes for which that was allowed: commit only
/// when it is all of them.
///
/// The rows are locked first, in a fixed order, by a statement of their own: the next statement
/// then sees every use that others have committed, and nobody adds one before this ends.
pub async fn redeem(tx: &mut Tx<'_>, redeem: &Redeem<'_>) -> sqlx::Result<Vec<String>> {
    sqlx::query("select from coupon where code = any($1) order by code for no key update")
        .bind(redeem.codes)
        .execute(&mut **tx)
        .await?;
    sqlx::query_scalar(
        "with spent as (
             update coupon set used = used + 1
             where code = any($1) and active and valid_from <= $4
               and (valid_until is null or valid_until > $4)
               and (max_uses is null or used < max_uses)
               and (per_customer_uses is null or per_customer_uses > (
                   select count(*) from redemption
                   where redemption.code = coupon.code and customer_id = $3))
             returning code)
         insert into redemption (code, order_id, customer_id, redeemed_at)
         select code, $2, $3, $4 from spent
         returning code",
    )
    .bind(redeem.codes)
    .bind(redeem.order.uuid())
    .bind(redeem.customer.uuid())
    .bind(store::instant(redeem.at))
    .fetch_all(&mut **tx)
    .await
}

/// Gives the uses of an order back; a second time there is nothing to give.
pub async fn give_back(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<()> {
    sqlx::query(
        "select from coupon where code in (select code from redemption where order_id = $1)
         order by code for no key update",
    )
    .bind(order.uuid())
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "with back as (delete from redemption where order_id = $1 returning code)
         update coupon set used = used - 1 from back where coupon.code = back.code",
    )
    .bind(order.uuid())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
