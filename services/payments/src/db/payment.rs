//! Payments, what went back of them, and what did not fit them.

use std::str::FromStr;

use jiff::Timestamp;
use kernel::{Currency, CustomerId, OrderId, PaymentId};
use serde_json::Value;
use sqlx::{FromRow, Row, postgres::PgRow};
use store::{Db, Tx};
use uuid::Uuid;

use crate::{
    payment::{Payment, State},
    provider::{Created, SeenRefund},
};

impl FromRow<'_, PgRow> for Payment {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let pay_by: jiff_sqlx::Timestamp = row.try_get("pay_by")?;
        Ok(Self {
            id: PaymentId::from_uuid(row.try_get("id")?),
            order: OrderId::from_uuid(row.try_get("order_id")?),
            customer: CustomerId::from_uuid(row.try_get("customer_id")?),
            amount: row.try_get("amount")?,
            currency: named::<Currency>(row, "currency")?,
            description: row.try_get("description")?,
            provider_payment: row.try_get("provider_payment")?,
            client_secret: row.try_get("client_secret")?,
            pay_url: row.try_get("pay_url")?,
            state: named(row, "state")?,
            authorised: row.try_get("authorised")?,
            captured: row.try_get("captured")?,
            refunded: row.try_get("refunded")?,
            last_decline: row.try_get("last_decline")?,
            wanted: named(row, "wanted")?,
            wanted_reason: row.try_get("wanted_reason")?,
            pay_by: pay_by.to_jiff(),
        })
    }
}

/// A column of one of our own words.
pub(super) fn named<T: FromStr>(row: &PgRow, column: &str) -> sqlx::Result<T> {
    let text: String = row.try_get(column)?;
    T::from_str(&text).map_err(|_| sqlx::Error::Decode(format!("{column}: {text}").into()))
}

/// A payment to be.
pub struct NewPayment<'a> {
    pub id: PaymentId,
    pub order: OrderId,
    pub customer: CustomerId,
    pub amount: i64,
    pub currency: Currency,
    pub description: &'a str,
    pub provider: &'static str,
    pub pay_by: Timestamp,
    /// `Starting`, or `Cancelled` where the order ended before its payment was asked for.
    pub state: State,
}

/// `true` when it was not there; an order has one payment.
pub async fn insert(
    db: impl sqlx::PgExecutor<'_>,
    new: &NewPayment<'_>,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into payment (id, order_id, customer_id, amount, currency, description, provider,
                              state, pay_by, wanted, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                 case when $8 = 'cancelled' then 'cancel' else 'nothing' end, $10, $10)
         on conflict on constraint payment_order do nothing",
    )
    .bind(new.id.uuid())
    .bind(new.order.uuid())
    .bind(new.customer.uuid())
    .bind(new.amount)
    .bind(new.currency.code())
    .bind(new.description)
    .bind(new.provider)
    .bind(new.state.as_str())
    .bind(store::instant(new.pay_by))
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn of_order(db: &Db, order: OrderId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as("select * from payment where order_id = $1")
        .bind(order.uuid())
        .fetch_optional(db)
        .await
}

pub async fn find(db: &Db, id: PaymentId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as("select * from payment where id = $1").bind(id.uuid()).fetch_optional(db).await
}

/// Our payment that the provider knows by this id.
pub async fn of_provider(
    db: &Db,
    provider: &str,
    provider_payment: &str,
) -> sqlx::Result<Option<PaymentId>> {
    let id: Option<Uuid> =
        sqlx::query_scalar("select id from payment where provider = $1 and provider_payment = $2")
            .bind(provider)
            .bind(provider_payment)
            .fetch_optional(db)
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

/// The payment of an order under its row lock.
pub async fn lock_of_order(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as("select * from payment where order_id = $1 for update")
        .bind(order.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// Keeps what the provider answered to its making; the first answer stays.
pub async fn started(
    tx: &mut Tx<'_>,
    id: PaymentId,
    created: &Created,
    look_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update payment set provider_payment = $2, client_secret = $3, pay_url = $4,
                            state = 'open', look_at = $5
         where id = $1 and state = 'starting'",
    )
    .bind(id.uuid())
    .bind(&created.provider_payment)
    .bind(&created.client_secret)
    .bind(&created.pay_url)
    .bind(store::instant(look_at))
    .execute(&mut **tx)
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
                            last_decline = $6, look_at = $7, changed_at = $8
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
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what the order wants of a locked payment.
pub async fn wish(tx: &mut Tx<'_>, payment: &Payment, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update payment set wanted = $2, wanted_reason = $3, changed_at = $4 where id = $1",
    )
    .bind(payment.id.uuid())
    .bind(payment.wanted.as_str())
    .bind(&payment.wanted_reason)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Payments to be looked at, put off until `again` so that nobody else looks meanwhile.
pub async fn claim_looks(
    db: &Db,
    now: Timestamp,
    again: Timestamp,
) -> sqlx::Result<Vec<PaymentId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "update payment set look_at = $2
         where id in (select id from payment where look_at <= $1
                      order by look_at limit 24 for update skip locked)
         returning id",
    )
    .bind(store::instant(now))
    .bind(store::instant(again))
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(PaymentId::from_uuid).collect())
}

/// The provider's ids of what is known to have gone back.
pub async fn known_refunds(tx: &mut Tx<'_>, id: PaymentId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select provider_refund from refund where payment_id = $1")
        .bind(id.uuid())
        .fetch_all(&mut **tx)
        .await
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
