//! What belongs to a payment beside its own row: the provider's ids, refunds, disputes.

use jiff::Timestamp;
use kernel::PaymentId;
use store::{Db, Tx};

use crate::{
    moves::{Beside, Kept},
    payment::Payment,
    provider::{DisputeState, SeenDispute, SeenRefundState},
};

/// Binds the provider's ids to a payment; `false` when one of them belongs to another.
pub async fn bind(tx: &mut Tx<'_>, payment: &Payment, objects: &[String]) -> sqlx::Result<bool> {
    if objects.is_empty() {
        return Ok(true);
    }
    // Always in one order, so that two who bind the same do not wait for each other.
    let mut objects = objects.to_vec();
    objects.sort_unstable();
    objects.dedup();
    sqlx::query_scalar(
        "with bound as (
             insert into provider_object (provider, account, object, payment_id)
             select $1, $2, object, $3 from unnest($4::text[]) as object
             on conflict do nothing)
         select not exists (select from provider_object
                            where provider = $1 and account = $2 and object = any($4)
                              and payment_id <> $3)",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(payment.id.uuid())
    .bind(objects)
    .fetch_one(&mut **tx)
    .await
}

/// Whether an id of the provider's belongs to a payment of ours already.
pub async fn is_bound(tx: &mut Tx<'_>, payment: &Payment, object: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from provider_object
                        where provider = $1 and account = $2 and object = $3)",
    )
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(object)
    .fetch_one(&mut **tx)
    .await
}

pub async fn of(tx: &mut Tx<'_>, payment: PaymentId) -> sqlx::Result<Beside> {
    let refunds: Vec<(String, i64, bool)> = sqlx::query_as(
        "select provider_refund, amount, returned_at is not null from refund where payment_id = $1",
    )
    .bind(payment.uuid())
    .fetch_all(&mut **tx)
    .await?;
    let refund = |(id, amount, returned)| Kept {
        id,
        amount,
        state: if returned { SeenRefundState::Failed } else { SeenRefundState::Done },
    };
    Ok(Beside {
        refunds: refunds.into_iter().map(refund).collect(),
        disputes: disputes(tx, payment, None).await?,
    })
}

/// The disputes of a payment's own money, or of this stray.
pub async fn disputes(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    stray: Option<&str>,
) -> sqlx::Result<Vec<SeenDispute>> {
    let disputes: Vec<(String, i64, i64, String)> = sqlx::query_as(
        "select dispute, amount, fee, state from dispute
         where payment_id = $1 and state <> 'named' and stray is not distinct from $2",
    )
    .bind(payment.uuid())
    .bind(stray)
    .fetch_all(&mut **tx)
    .await?;
    let dispute = |(id, amount, fee, state): (String, i64, i64, String)| SeenDispute {
        id,
        amount,
        fee,
        state: match state.as_str() {
            "won" => DisputeState::Won,
            "lost" => DisputeState::Lost,
            _ => DisputeState::Open,
        },
    };
    Ok(disputes.into_iter().map(dispute).collect())
}

/// A refund has come to us again.
pub async fn refund_returned(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    refund: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update refund set returned_at = $3 where payment_id = $1 and provider_refund = $2",
    )
    .bind(payment.uuid())
    .bind(refund)
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notices spoke of these disputes: they are asked about from now on. The payment is locked first, as
/// whoever settles it does, so that the two do not wait for each other.
pub async fn name_disputes(
    db: &Db,
    payment: PaymentId,
    disputes: &[String],
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into dispute (payment_id, dispute, state, opened_at)
         select payment.id, dispute, 'named', $3
         from (select id from payment where id = $1 for key share) as payment,
              unnest($2::text[]) as dispute
         on conflict do nothing",
    )
    .bind(payment.uuid())
    .bind(disputes)
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(())
}

/// What is charged for a dispute is now this.
pub async fn dispute_fee(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    dispute: &str,
    fee: i64,
) -> sqlx::Result<()> {
    sqlx::query("update dispute set fee = $3 where payment_id = $1 and dispute = $2")
        .bind(payment.uuid())
        .bind(dispute)
        .bind(fee)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What a dispute holds back, or what was lost by it, is now this.
pub async fn dispute_amount(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    dispute: &str,
    amount: i64,
) -> sqlx::Result<()> {
    sqlx::query("update dispute set amount = $3 where payment_id = $1 and dispute = $2")
        .bind(payment.uuid())
        .bind(dispute)
        .bind(amount)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps a dispute as the provider shows it, of the payment's own money or of a stray.
pub async fn save_dispute(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    (dispute, stray): (&SeenDispute, Option<&str>),
    at: Timestamp,
) -> sqlx::Result<()> {
    let state = match dispute.state {
        DisputeState::Open => "open",
        DisputeState::Won => "won",
        DisputeState::Lost => "lost",
    };
    sqlx::query(
        "insert into dispute (payment_id, dispute, state, amount, fee, opened_at, ended_at, stray)
         values ($1, $2, $3, $4, $5, $6, case when $3 <> 'open' then $6 end, $7)
         on conflict (payment_id, dispute) do update
             set state = $3, amount = $4, fee = $5, ended_at = excluded.ended_at, stray = $7",
    )
    .bind(payment.uuid())
    .bind(&dispute.id)
    .bind(state)
    .bind(dispute.amount)
    .bind(dispute.fee)
    .bind(store::instant(at))
    .bind(stray)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
