//! Payments, what went back of them, and what did not fit them.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use kernel::{
    AlcoholClass, Currency, CustomerId, OrderId, PaymentId, SavedMethodId, StoreId, VendorId,
};
use serde_json::Value;
use sqlx::{FromRow, Row, postgres::PgRow};
use store::{Db, Tx};
use uuid::Uuid;

use crate::{
    decline::Why,
    keeping::Choice,
    payment::{Payment, State},
    provider::{Created, SeenRefund},
};

impl FromRow<'_, PgRow> for Payment {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let instant = |column| {
            row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff)
        };
        Ok(Self {
            id: PaymentId::from_uuid(row.try_get("id")?),
            order: OrderId::from_uuid(row.try_get("order_id")?),
            customer: CustomerId::from_uuid(row.try_get("customer_id")?),
            amount: row.try_get("amount")?,
            currency: named::<Currency>(row, "currency")?,
            description: row.try_get("description")?,
            store: row.try_get::<Option<Uuid>, _>("store_id")?.map(StoreId::from_uuid),
            vendor: row.try_get::<Option<Uuid>, _>("vendor_id")?.map(VendorId::from_uuid),
            classes: super::way::classes(row.try_get("classes")?)?,
            provider: row.try_get("provider")?,
            account: row.try_get("account")?,
            superseded: row.try_get::<Option<jiff_sqlx::Timestamp>, _>("superseded_at")?.is_some(),
            saves: row.try_get::<Option<jiff_sqlx::Timestamp>, _>("consented_at")?.is_some(),
            saved_method: row
                .try_get::<Option<Uuid>, _>("saved_method")?
                .map(SavedMethodId::from_uuid),
            provider_customer: row.try_get("provider_customer")?,
            provider_payment: row.try_get("provider_payment")?,
            client_secret: row.try_get("client_secret")?,
            pay_url: row.try_get("pay_url")?,
            state: named(row, "state")?,
            authorised: row.try_get("authorised")?,
            captured: row.try_get("captured")?,
            refunded: row.try_get("refunded")?,
            disputed: row.try_get("disputed")?,
            fee: row.try_get("fee")?,
            capture_amount: row.try_get("capture_amount")?,
            last_decline: row.try_get("last_decline")?,
            declined_why: named_if_any(row, "declined_why")?,
            spent: row.try_get::<Option<jiff_sqlx::Timestamp>, _>("spent_at")?.is_some(),
            wanted: named(row, "wanted")?,
            wanted_reason: row.try_get("wanted_reason")?,
            pay_by: instant("pay_by")?,
            created_at: instant("created_at")?,
            changes: row.try_get("changes")?,
        })
    }
}

/// A column of one of our own words.
pub(in crate::db) fn named<T: FromStr>(row: &PgRow, column: &str) -> sqlx::Result<T> {
    let text: String = row.try_get(column)?;
    T::from_str(&text).map_err(|_| sqlx::Error::Decode(format!("{column}: {text}").into()))
}

/// The same where there may be none.
fn named_if_any<T: FromStr>(row: &PgRow, column: &str) -> sqlx::Result<Option<T>> {
    match row.try_get::<Option<String>, _>(column)? {
        None => Ok(None),
        Some(_) => named(row, column).map(Some),
    }
}

/// A payment to be.
pub struct NewPayment<'a> {
    pub id: PaymentId,
    pub order: OrderId,
    pub customer: CustomerId,
    pub amount: i64,
    pub currency: Currency,
    pub description: &'a str,
    pub store: Option<StoreId>,
    pub vendor: Option<VendorId>,
    pub classes: &'a [AlcoholClass],
    pub provider: &'static str,
    pub account: &'a str,
    pub pay_by: Timestamp,
    /// `Starting`, or `Cancelled` where the order ended before its payment was asked for.
    pub state: State,
    pub choice: Choice,
    /// When its provider is asked whether it knows of it, should nobody have heard until then.
    pub look_at: Option<Timestamp>,
}

/// `true` when it was not there; an order has one payment at a time.
pub async fn insert(
    db: impl sqlx::PgExecutor<'_>,
    new: &NewPayment<'_>,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into payment (id, order_id, customer_id, amount, currency, description, provider,
                              account, store_id, vendor_id, classes, state, pay_by, wanted, created_at,
                              changed_at, consented_at, saved_method, look_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                 case when $12 = 'cancelled' then 'cancel' else 'nothing' end, $14, $14,
                 case when $15 then $14 end, $16, $17)
         on conflict (order_id) where superseded_at is null do nothing",
    )
    .bind(new.id.uuid())
    .bind(new.order.uuid())
    .bind(new.customer.uuid())
    .bind(new.amount)
    .bind(new.currency.code())
    .bind(new.description)
    .bind(new.provider)
    .bind(new.account)
    .bind(new.store.map(StoreId::uuid))
    .bind(new.vendor.map(VendorId::uuid))
    .bind(super::way::names(new.classes))
    .bind(new.state.as_str())
    .bind(store::instant(new.pay_by))
    .bind(store::instant(at))
    .bind(new.choice.saves)
    .bind(new.choice.method.map(SavedMethodId::uuid))
    .bind(new.look_at.map(store::instant))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The order's payment as it is being made now.
pub async fn of_order(db: &Db, order: OrderId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as("select * from payment where order_id = $1 and superseded_at is null")
        .bind(order.uuid())
        .fetch_optional(db)
        .await
}

pub async fn find(db: &Db, id: PaymentId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as("select * from payment where id = $1").bind(id.uuid()).fetch_optional(db).await
}

/// A payment with what its provider is asked about.
pub struct Whole {
    pub payment: Payment,
    /// The provider's ids of its disputes: those it has shown, and those that notices named.
    pub disputes: Vec<String>,
    /// All of the provider's ids that are its own.
    pub own: Vec<String>,
    /// A capture is under way.
    pub capturing: bool,
}

impl FromRow<'_, PgRow> for Whole {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            payment: Payment::from_row(row)?,
            disputes: row.try_get("disputes")?,
            own: row.try_get("own")?,
            capturing: row.try_get("capturing")?,
        })
    }
}

pub async fn find_whole(db: &Db, id: PaymentId) -> sqlx::Result<Option<Whole>> {
    sqlx::query_as(
        "select payment.*,
                array(select dispute from dispute where payment_id = payment.id
                      order by opened_at, dispute) as disputes,
                array(select object from provider_object where payment_id = payment.id
                      order by object) as own,
                exists (select from operation where payment_id = payment.id and kind = 'capture'
                                                and ended_at is null) as capturing
         from payment where id = $1",
    )
    .bind(id.uuid())
    .fetch_optional(db)
    .await
}

/// Our payment that a notice is about: what the provider's id is bound to, or else the one that our
/// own note there names, if it was started at that account.
pub async fn of_notice(
    db: &Db,
    (provider, account): (&str, &str),
    object: &str,
    hint: Option<Uuid>,
) -> sqlx::Result<Option<PaymentId>> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "select coalesce(
             (select payment_id from provider_object
              where provider = $1 and account = $2 and object = $3),
             (select id from payment
              where id = $4 and provider = $1 and account = $2 and provider_payment is not null))",
    )
    .bind(provider)
    .bind(account)
    .bind(object)
    .bind(hint)
    .fetch_one(db)
    .await?;
    Ok(id.map(PaymentId::from_uuid))
}

/// The payment under its row lock.
pub async fn lock(tx: &mut Tx<'_>, id: PaymentId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as("select * from payment where id = $1 for update")
        .bind(id.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// How often a payment's place may be taken while its lock is waited for.
const OVERTAKEN: usize = 5;

/// The payment of an order as it is being made now, under its row lock.
pub async fn lock_of_order(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<Option<Payment>> {
    for _ in 0..OVERTAKEN {
        let current = sqlx::query_as(
            "select * from payment where order_id = $1 and superseded_at is null for update",
        );
        let current = current.bind(order.uuid()).fetch_optional(&mut **tx).await?;
        // Another may have taken its place while the lock was waited for: only a new statement sees
        // that one.
        if current.is_some() || count_of_order(tx, order).await? == 0 {
            return Ok(current);
        }
    }
    Ok(None)
}

/// How many payments an order has had.
pub async fn count_of_order(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from payment where order_id = $1")
        .bind(order.uuid())
        .fetch_one(&mut **tx)
        .await
}

/// Keeps what the provider answered to its making; the first answer stays. One whose place was taken,
/// or whose order ended, meanwhile is there all the same, and has to be ended there.
pub async fn started(
    tx: &mut Tx<'_>,
    id: PaymentId,
    (created, customer): (&Created, Option<&str>),
    look_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "with started as (
             update payment set provider_payment = $2, client_secret = $3, pay_url = $4,
                                state = 'open', look_at = $5, provider_customer = $6
             where id = $1 and (state = 'starting' or (state = 'cancelled' and provider_payment is null
                                                       and wanted = 'cancel'))
             returning provider, account)
         insert into provider_object (provider, account, object, payment_id)
         select provider, account, $2, $1 from started",
    )
    .bind(id.uuid())
    .bind(&created.provider_payment)
    .bind(&created.client_secret)
    .bind(&created.pay_url)
    .bind(store::instant(look_at))
    .bind(customer)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One that its provider has not answered for is asked about `then`; never again with none, for it is
/// certain that nothing can come of it. Nothing where somebody has heard of it meanwhile.
pub async fn unanswered(
    db: impl sqlx::PgExecutor<'_>,
    id: PaymentId,
    then: Option<Timestamp>,
) -> sqlx::Result<()> {
    sqlx::query("update payment set look_at = $2 where id = $1 and provider_payment is null")
        .bind(id.uuid())
        .bind(then.map(store::instant))
        .execute(db)
        .await?;
    Ok(())
}

/// Keeps how a locked payment stands now, and when to look again.
pub async fn save(
    tx: &mut Tx<'_>,
    payment: &Payment,
    look_at: Option<Timestamp>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update payment set state = $2, authorised = $3, captured = $4, refunded = $5,
                            last_decline = $6, look_at = $7, changed_at = $8, disputed = $9,
                            fee = $10, declined_why = $11,
                            spent_at = case when $12 then coalesce(spent_at, $8) end, changes = $13
         where id = $1",
    )
    .bind(payment.id.uuid())
    .bind(payment.state.as_str())
    .bind(payment.authorised)
    .bind(payment.captured)
    .bind(payment.refunded)
    .bind(&payment.last_decline)
    .bind(look_at.map(store::instant))
    .bind(store::instant(at))
    .bind(payment.disputed)
    .bind(payment.fee)
    .bind(payment.declined_why.map(Why::as_str))
    .bind(payment.spent)
    .bind(payment.changes)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what the order wants of a locked payment.
pub async fn wish(tx: &mut Tx<'_>, payment: &Payment, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update payment set wanted = $2, wanted_reason = $3, changed_at = $4, capture_amount = $5,
                            state = case when state = 'starting' and $2 = 'cancel' then 'cancelled'
                                         else state end
         where id = $1",
    )
    .bind(payment.id.uuid())
    .bind(payment.wanted.as_str())
    .bind(&payment.wanted_reason)
    .bind(store::instant(at))
    .bind(payment.capture_amount)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Payments to be looked at, put off until `again` so that nobody else looks meanwhile; those at these
/// accounts.
pub async fn claim_looks(
    db: &Db,
    (now, again): (Timestamp, Timestamp),
    accounts: &[String],
) -> sqlx::Result<Vec<PaymentId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "update payment set look_at = $2
         where id in (select id from payment
                      where look_at <= $1 and provider || ':' || account = any($3)
                      order by look_at limit 24 for update skip locked)
         returning id",
    )
    .bind(store::instant(now))
    .bind(store::instant(again))
    .bind(accounts)
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(PaymentId::from_uuid).collect())
}

/// A browser has come back from the provider. `true` where the provider may be asked because of that:
/// not so soon after it was last asked for the same reason. Who comes sooner has it looked at when that
/// time is over, where it is looked at at all.
pub async fn came_back(
    db: &Db,
    id: PaymentId,
    (now, every): (Timestamp, SignedDuration),
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "with before as (
             select id, return_asked_at is null or return_asked_at <= $3 as asks
             from payment where id = $1 for update)
         update payment set came_back_at = $2,
             return_asked_at = case when asks then $2 else return_asked_at end,
             look_at = case when asks or look_at is null then look_at
                           else least(look_at, $4) end
         from before where payment.id = before.id
         returning asks",
    )
    .bind(id.uuid())
    .bind(store::instant(now))
    .bind(store::instant(now - every))
    .bind(store::instant(now + every))
    .fetch_one(db)
    .await
}

/// It is to be looked at, where its provider can be asked.
pub async fn look(tx: &mut Tx<'_>, id: PaymentId, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update payment set look_at = coalesce(look_at, $2) where id = $1")
        .bind(id.uuid())
        .bind(store::instant(at))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps a refund; the reason is that of the operation of ours which asked for it.
pub async fn insert_refund(
    tx: &mut Tx<'_>,
    id: PaymentId,
    refund: &SeenRefund,
    at: Timestamp,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "with own as (select id, reason from operation
                      where id = $3 and payment_id = $1 and kind = 'refund'),
         kept as (
             insert into refund (payment_id, provider_refund, operation_id, amount, at)
             values ($1, $2, (select id from own), $4, $5))
         select reason from own",
    )
    .bind(id.uuid())
    .bind(&refund.id)
    .bind(refund.operation)
    .bind(refund.amount)
    .bind(store::instant(at))
    .fetch_optional(&mut **tx)
    .await
}

/// Keeps why the last attempt did not succeed, and whether another can follow.
pub async fn declined(tx: &mut Tx<'_>, payment: &Payment, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update payment set last_decline = $2, declined_why = $3, changed_at = $4,
                            spent_at = case when $5 then coalesce(spent_at, $4) end
         where id = $1",
    )
    .bind(payment.id.uuid())
    .bind(&payment.last_decline)
    .bind(payment.declined_why.map(Why::as_str))
    .bind(store::instant(at))
    .bind(payment.spent)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Another way to pay has been chosen: this one is to end, and counts no more. One that the
/// provider has not answered for has ended at once, for nobody could pay it.
pub async fn supersede(tx: &mut Tx<'_>, id: PaymentId, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update payment set superseded_at = $2, changed_at = $2, wanted = 'cancel',
                            wanted_reason = 'another way to pay was chosen',
                            state = case when state = 'starting' then 'cancelled' else state end
         where id = $1",
    )
    .bind(id.uuid())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// `true` when this was not known.
pub async fn insert_mismatch(
    tx: &mut Tx<'_>,
    id: PaymentId,
    what: &str,
    seen: &Value,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into mismatch (payment_id, what, seen, at) values ($1, $2, $3, $4)
         on conflict do nothing",
    )
    .bind(id.uuid())
    .bind(what)
    .bind(seen)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
