//! What came of writes to providers, and refunds that are asked for again.

use jiff::Timestamp;
use kernel::{Id, PaymentId};
use store::{Db, Tx};
use uuid::Uuid;

use super::operation::Operation;
use crate::{
    payment::{Kind, Payment},
    provider::{SeenRefund, SeenRefundState},
};

/// Ends what the payment as it now stands shows to be done or impossible. Gives the refunds of its own
/// money that have failed by that, also those that were done and came to us again.
pub async fn conclude(
    tx: &mut Tx<'_>,
    payment: &Payment,
    refunds: &[&SeenRefund],
    at: Timestamp,
) -> sqlx::Result<Vec<Operation>> {
    let of = |state: SeenRefundState| -> Vec<Uuid> {
        let those = refunds.iter().filter(|refund| refund.state == state);
        those.filter_map(|refund| refund.operation).collect()
    };
    let failed = sqlx::query_as(
        "with ended as (
             update operation set ended_at = $5,
                 state = case when outcome.done then 'done' else 'failed' end,
                 error = case when outcome.done then null
                              when kind in ('refund', 'give_back')
                                  then 'the provider could not give it back'
                              else 'the payment was ' || $2 || ' instead' end
             from (select id as of, case kind
                       when 'authorise' then case when $2 in ('authorised', 'captured') then true
                                                  when $2 = 'cancelled' then false end
                       when 'capture' then case $2 when 'captured' then true
                                                   when 'cancelled' then false end
                       when 'cancel' then case $2 when 'cancelled' then true
                                                  when 'captured' then false end
                       when 'refund' then case when id = any($3) then true
                                               when id = any($4) then false end
                       when 'give_back' then case when id = any($3) then true
                                                  when id = any($4) then false end
                   end as done
                   from operation where payment_id = $1 and ended_at is null) as outcome
             where id = outcome.of and outcome.done is not null
             returning operation.*),
         returned as (
             update operation set state = 'failed', error = 'it was given back, and came to us again'
             where payment_id = $1 and state = 'done' and kind in ('refund', 'give_back')
               and id = any($4)
             returning operation.*)
         select id, payment_id, kind, amount, source, attempts
         from (select * from ended union all select * from returned) as each
         where kind = 'refund' and state = 'failed' order by seq",
    )
    .bind(payment.id.uuid())
    .bind(payment.state.as_str())
    .bind(of(SeenRefundState::Done))
    .bind(of(SeenRefundState::Failed))
    .bind(store::instant(at))
    .fetch_all(&mut **tx)
    .await?;
    let pending = of(SeenRefundState::Pending);
    if !pending.is_empty() {
        sqlx::query("update operation set in_hand = true where payment_id = $1 and id = any($2)")
            .bind(payment.id.uuid())
            .bind(pending)
            .execute(&mut **tx)
            .await?;
    }
    Ok(failed)
}

/// Whether the provider has it in hand.
pub async fn is_in_hand(db: &Db, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar("select in_hand from operation where id = $1").bind(id).fetch_one(db).await
}

/// What refunds that are under way will still give back.
pub async fn promised(tx: &mut Tx<'_>, payment: PaymentId) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select coalesce(sum(amount), 0)::bigint from operation
         where payment_id = $1 and kind = 'refund' and ended_at is null",
    )
    .bind(payment.uuid())
    .fetch_one(&mut **tx)
    .await
}

/// How often this kind of write, asked for by this source, has failed; and whether it is under way.
pub async fn asked(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    (kind, source): (Kind, &str),
) -> sqlx::Result<(i64, bool)> {
    sqlx::query_as(
        "select count(*) filter (where state = 'failed'),
                coalesce(bool_or(ended_at is null), false)
         from operation where payment_id = $1 and kind = $2 and source = $3",
    )
    .bind(payment.uuid())
    .bind(kind.as_str())
    .bind(source)
    .fetch_one(&mut **tx)
    .await
}

/// Asks for what failed again, under a new key, for the same reason; or for as much as is left of it.
/// `false` where the same is under way.
pub async fn insert_again(
    tx: &mut Tx<'_>,
    failed: Uuid,
    amount: i64,
    (at, due): (Timestamp, Timestamp),
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into operation (id, payment_id, kind, amount, reason, source, due_at, created_at)
         select $2, payment_id, kind, $3, reason, source, $5, $4 from operation where id = $1
         on conflict do nothing",
    )
    .bind(failed)
    .bind(Id::<Operation>::new().uuid())
    .bind(amount)
    .bind(store::instant(at))
    .bind(store::instant(due))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
