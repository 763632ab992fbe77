//! When accounts were asked which disputes there are.

use jiff::Timestamp;
use kernel::PaymentId;
use store::Db;
use uuid::Uuid;

use crate::provider::Disputed;

/// Takes the look at an account that is due when the last one was no later than `before`; with when
/// that was, none for the first.
pub async fn claim(
    db: &Db,
    (provider, account): (&str, &str),
    now: Timestamp,
    before: Timestamp,
) -> sqlx::Result<Option<Option<Timestamp>>> {
    let last: Option<Option<jiff_sqlx::Timestamp>> = sqlx::query_scalar(
        "with last as (select looked_at from dispute_look where provider = $1 and account = $2)
         insert into dispute_look as look (provider, account, looked_at) values ($1, $2, $3)
         on conflict (provider, account) do update set looked_at = $3 where look.looked_at <= $4
         returning (select looked_at from last)",
    )
    .bind(provider)
    .bind(account)
    .bind(store::instant(now))
    .bind(store::instant(before))
    .fetch_optional(db)
    .await?;
    Ok(last.map(|last| last.map(jiff_sqlx::Timestamp::to_jiff)))
}

/// It did not answer: the last look counts as having been then.
pub async fn put_off(
    db: &Db,
    (provider, account): (&str, &str),
    then: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("update dispute_look set looked_at = $3 where provider = $1 and account = $2")
        .bind(provider)
        .bind(account)
        .bind(store::instant(then))
        .execute(db)
        .await?;
    Ok(())
}

/// Those of our payments that we do not know to have ended.
pub async fn not_ended(
    db: &Db,
    (provider, account): (&str, &str),
    told: &[Disputed],
) -> sqlx::Result<Vec<(PaymentId, String)>> {
    let disputes: Vec<&str> = told.iter().map(|one| one.dispute.as_str()).collect();
    let objects: Vec<&str> = told.iter().map(|one| one.object.as_str()).collect();
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "select payment_id, told.dispute
         from unnest($3::text[], $4::text[]) as told(dispute, object)
              join provider_object bound on bound.provider = $1 and bound.account = $2
                                        and bound.object = told.object
         where not exists (select from dispute known
                           where known.payment_id = bound.payment_id
                             and known.dispute = told.dispute and known.ended_at is not null)",
    )
    .bind(provider)
    .bind(account)
    .bind(disputes)
    .bind(objects)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(id, dispute)| (PaymentId::from_uuid(id), dispute)).collect())
}
