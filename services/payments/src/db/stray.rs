//! Money beyond payments' own: what was seen of it, and what went back.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::{Currency, PaymentId};
use sqlx::{FromRow, Row};
use store::Tx;
use uuid::Uuid;

use super::payment::named;
use crate::{
    payment::Payment,
    provider::{SeenRefund, Stray},
    settlement::{OurRefund, OurStray},
};

/// A stray as it is kept.
#[derive(Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Kept {
    /// What the provider keeps for its work on it, in minor units; disputes apart.
    pub fee: i64,
    /// Held back by disputes that are open or lost; and what of that is lost.
    pub disputed: i64,
    pub lost: i64,
    pub taken: bool,
    pub given_back: bool,
}

impl Kept {
    /// Whether a dispute of it is open.
    pub const fn is_disputed(&self) -> bool {
        self.disputed > self.lost
    }
}

/// Begins to keep one; nothing where it is kept.
pub async fn insert(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (stray, currency): (&Stray, Currency),
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into stray (provider, account, object, payment_id, amount, currency, seen_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(&stray.id)
    .bind(payment.id.uuid())
    .bind(stray.amount)
    .bind(currency.code())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx<'_>, payment: &Payment, object: &str) -> sqlx::Result<Option<Kept>> {
    sqlx::query_as(
        "select fee, disputed, lost, taken_at is not null as taken,
                given_back_at is not null as given_back
         from stray where provider = $1 and account = $2 and object = $3 and payment_id = $4",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(object)
    .bind(payment.id.uuid())
    .fetch_optional(&mut **tx)
    .await
}

/// So much of one is to have gone back in all; none where a dispute of it is open, or it has gone back.
pub async fn owed(
    db: impl sqlx::PgExecutor<'_>,
    payment: &Payment,
    object: &str,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "select amount - lost from stray
         where provider = $1 and account = $2 and object = $3 and payment_id = $4
           and disputed = lost and lost < amount and given_back_at is null",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(object)
    .bind(payment.id.uuid())
    .fetch_optional(db)
    .await
}

/// Keeps how one stands: its fee, its disputes, and since when it is taken and given back.
pub async fn save(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (object, kept): (&str, &Kept),
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update stray set fee = $4, disputed = $8, lost = $9,
                          taken_at = case when $5 then coalesce(taken_at, $7) end,
                          given_back_at = case when $6 then coalesce(given_back_at, $7) end
         where provider = $1 and account = $2 and object = $3",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(object)
    .bind(kept.fee)
    .bind(kept.taken)
    .bind(kept.given_back)
    .bind(store::instant(at))
    .bind(kept.disputed)
    .bind(kept.lost)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What went back of it by the provider's id: how much, and whether it came to us again.
pub async fn refunds(
    tx: &mut Tx<'_>,
    payment: &Payment,
    object: &str,
) -> sqlx::Result<HashMap<String, (i64, bool)>> {
    let rows: Vec<(String, i64, bool)> = sqlx::query_as(
        "select provider_refund, amount, returned_at is not null from stray_refund
         where provider = $1 and account = $2 and object = $3",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(object)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(id, amount, returned)| (id, (amount, returned))).collect())
}

/// Some of it went back, or came to us again where it is `returned`.
pub async fn save_refund(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (object, refund, returned): (&str, &SeenRefund, bool),
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into stray_refund (provider, account, object, provider_refund, amount, at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (provider, account, provider_refund) do update
             set returned_at = case when $7 then excluded.at end",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(object)
    .bind(&refund.id)
    .bind(refund.amount)
    .bind(store::instant(at))
    .bind(returned)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// All of it has gone back: whatever was to give it back is done.
pub async fn conclude(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    object: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update operation set state = 'done', error = null, ended_at = $3
         where payment_id = $1 and source = $2 and kind = 'give_back' and ended_at is null",
    )
    .bind(payment.uuid())
    .bind(object)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Some of it came to us again: what gave it back was not done after all.
pub async fn came_back(tx: &mut Tx<'_>, payment: PaymentId, object: &str) -> sqlx::Result<()> {
    sqlx::query(
        "update operation set state = 'failed', error = 'it was given back, and came to us again'
         where payment_id = $1 and source = $2 and kind = 'give_back' and state = 'done'",
    )
    .bind(payment.uuid())
    .bind(object)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Strays of these payments that were taken, without their disputes, for comparing them with the
/// provider's files.
pub async fn ours(
    tx: &mut Tx<'_>,
    payments: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<OurStray>>> {
    let query = "select payment_id, object, amount, currency, fee, taken_at from stray
                 where payment_id = any($1) and taken_at is not null order by seen_at, object";
    let rows = sqlx::query(query).bind(payments).fetch_all(&mut **tx).await?;
    let mut refunds = refunds_of(tx, payments).await?;
    let mut strays: HashMap<Uuid, Vec<OurStray>> = HashMap::new();
    for row in &rows {
        let object: String = row.try_get("object")?;
        let stray = OurStray {
            amount: row.try_get("amount")?,
            currency: named(row, "currency")?,
            fee: row.try_get("fee")?,
            taken_at: row.try_get::<jiff_sqlx::Timestamp, _>("taken_at")?.to_jiff(),
            disputes: Vec::new(),
            refunds: refunds.remove(&object).unwrap_or_default(),
            object,
        };
        strays.entry(row.try_get("payment_id")?).or_default().push(stray);
    }
    Ok(strays)
}

async fn refunds_of(
    tx: &mut Tx<'_>,
    payments: &[Uuid],
) -> sqlx::Result<HashMap<String, Vec<OurRefund>>> {
    let query = "select refund.* from stray_refund refund
                 join stray using (provider, account, object)
                 where payment_id = any($1) order by at, provider_refund";
    let rows = sqlx::query(query).bind(payments).fetch_all(&mut **tx).await?;
    let mut refunds: HashMap<String, Vec<OurRefund>> = HashMap::new();
    for row in &rows {
        let returned: Option<jiff_sqlx::Timestamp> = row.try_get("returned_at")?;
        let refund = OurRefund {
            id: row.try_get("provider_refund")?,
            amount: row.try_get("amount")?,
            at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
            returned_at: returned.map(jiff_sqlx::Timestamp::to_jiff),
        };
        refunds.entry(row.try_get("object")?).or_default().push(refund);
    }
    Ok(refunds)
}
