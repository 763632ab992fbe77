//! Notices of providers.

use jiff::Timestamp;
use kernel::PaymentId;
use sqlx::FromRow;
use store::Db;
use uuid::Uuid;

use crate::provider::Notice;

/// Keeps a notice as it came; a second one of the same event changes nothing. Of a payment whose
/// customer has been erased only that there was one: the provider is asked anyway.
pub async fn insert(
    db: &Db,
    (provider, account): (&str, &str),
    notice: &Notice,
    body: &[u8],
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into webhook_inbox (provider, account, event_id, kind, provider_payment, body,
                                    received_at, due_at, payment_hint, dispute)
         select $1, $2, $3, $4, $5,
                case when exists (
                    select from provider_object
                    join payment on payment.id = payment_id
                    join erased_person on customer_id = person_id
                    where provider_object.provider = $1 and provider_object.account = $2
                      and object = $5)
                then ''::bytea else $6 end, $7, $7, $8, $9
         on conflict on constraint webhook_once do nothing",
    )
    .bind(provider)
    .bind(account)
    .bind(&notice.event_id)
    .bind(&notice.kind)
    .bind(&notice.object)
    .bind(body)
    .bind(store::instant(at))
    .bind(notice.payment.map(PaymentId::uuid))
    .bind(&notice.dispute)
    .execute(db)
    .await?;
    Ok(())
}

/// Notices of one payment that are to be handled now.
#[derive(FromRow)]
pub struct Due {
    pub provider: String,
    pub account: String,
    /// The provider's id that they are about.
    pub object: String,
    /// Our payment, as they say.
    pub hint: Option<Uuid>,
    pub disputes: Vec<String>,
    pub seqs: Vec<i64>,
    /// How often the oldest of them was tried, this time included.
    pub attempts: i32,
}

/// Takes what is due until `again`, so that nobody else handles it meanwhile; of each payment all
/// at once, for one look at the provider answers them all.
pub async fn claim(db: &Db, now: Timestamp, again: Timestamp) -> sqlx::Result<Vec<Due>> {
    sqlx::query_as(
        "with due as (
             update webhook_inbox set attempts = attempts + 1, due_at = $2
             where seq in (select seq from webhook_inbox
                           where handled_at is null and due_at <= $1
                           order by seq limit 24 for update skip locked)
             returning seq, provider, account, provider_payment, payment_hint, dispute, attempts)
         select provider, account, provider_payment as object, payment_hint as hint,
                array_remove(array_agg(distinct dispute), null) as disputes,
                array_agg(seq) as seqs, max(attempts) as attempts
         from due group by provider, account, provider_payment, payment_hint order by min(seq)",
    )
    .bind(store::instant(now))
    .bind(store::instant(again))
    .fetch_all(db)
    .await
}

pub async fn handled(
    db: &Db,
    seqs: &[i64],
    error: Option<&str>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("update webhook_inbox set handled_at = $3, error = $2 where seq = any($1)")
        .bind(seqs)
        .bind(error)
        .bind(store::instant(at))
        .execute(db)
        .await?;
    Ok(())
}

pub async fn put_off(db: &Db, seqs: &[i64], error: &str, due: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update webhook_inbox set due_at = $3, error = left($2, 500) where seq = any($1)")
        .bind(seqs)
        .bind(error)
        .bind(store::instant(due))
        .execute(db)
        .await?;
    Ok(())
}

/// How many notices are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Forgets the oldest notices that were handled before then.
pub async fn forget(db: &Db, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "delete from webhook_inbox where seq in (
             select seq from webhook_inbox where handled_at < $1
             order by handled_at limit $2 for update skip locked)",
    )
    .bind(store::instant(before))
    .bind(FORGOTTEN_AT_ONCE)
    .execute(db)
    .await?;
    Ok(())
}
