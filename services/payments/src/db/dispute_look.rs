//! When accounts were asked which disputes there are.

use jiff::Timestamp;
use kernel::PaymentId;
use store::Db;
use uuid::Uuid;

use crate::provider::Disputed;

/// Takes the look at an account that is due: nobody else does until `then`; with up to when all
/// disputes are known, none before the first look.
pub async fn claim(
    db: &Db,
    (provider, account): (&str, &str),
    now: Timestamp,
    then: Timestamp,
) -> sqlx::Result<Option<Option<Timestamp>>> {
    let until: Option<Option<jiff_sqlx::Timestamp>> = sqlx::query_scalar(
        "insert into dispute_look as look (provider, account, due_at) values ($1, $2, $4)
         on conflict (provider, account) do update set due_at = $4 where look.due_at <= $3
         returning looked_until",
    )
    .bind(provider)
    .bind(account)
    .bind(store::instant(now))
    .bind(store::instant(then))
    .fetch_optional(db)
    .await?;
    Ok(until.map(|until| until.map(jiff_sqlx::Timestamp::to_jiff)))
}

/// All disputes `until` then are known, and the next look is due `then`.
pub async fn looked(
    db: &Db,
    (provider, account): (&str, &str),
    (until, then): (Timestamp, Timestamp),
) -> sqlx::Result<()> {
    sqlx::query(
        "update dispute_look set looked_until = $3, due_at = $4
         where provider = $1 and account = $2",
    )
    .bind(provider)
    .bind(account)
    .bind(store::instant(until))
    .bind(store::instant(then))
    .execute(db)
    .await?;
    Ok(())
}

/// The next look is due then.
pub async fn put_off(
    db: &Db,
    (provider, account): (&str, &str),
    then: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("update dispute_look set due_at = $3 where provider = $1 and account = $2")
        .bind(provider)
        .bind(account)
        .bind(store::instant(then))
        .execute(db)
        .await?;
    Ok(())
}

/// What of that was disputed belongs to no payment here, nor to money beyond its own.
pub async fn unknown(
    db: &Db,
    (provider, account): (&str, &str),
    told: &[Disputed],
) -> sqlx::Result<Vec<String>> {
    let objects: Vec<&str> = told.iter().map(|one| one.object.as_str()).collect();
    sqlx::query_scalar(
        "select distinct told.object from unnest($3::text[]) as told(object)
         where not exists (select from provider_object known
                           where provider = $1 and account = $2 and known.object = told.object)
           and not exists (select from stray known
                           where provider = $1 and account = $2 and known.object = told.object)",
    )
    .bind(provider)
    .bind(account)
    .bind(objects)
    .fetch_all(db)
    .await
}

/// Those of our payments, or of money beyond their own, that we do not know to have ended before `long_ago`: a fee may come or go back
/// after the end.
pub async fn not_ended(
    db: &Db,
    (provider, account): (&str, &str),
    told: &[Disputed],
    long_ago: Timestamp,
) -> sqlx::Result<Vec<(PaymentId, String)>> {
    let disputes: Vec<&str> = told.iter().map(|one| one.dispute.as_str()).collect();
    let objects: Vec<&str> = told.iter().map(|one| one.object.as_str()).collect();
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "select payment_id, told.dispute
         from unnest($3::text[], $4::text[]) as told(dispute, object)
              cross join lateral (
                  select payment_id from provider_object
                  where provider = $1 and account = $2 and provider_object.object = told.object
                  union
                  select payment_id from stray
                  where provider = $1 and account = $2 and stray.object = told.object) as bound
         where not exists (select from dispute known
                           where known.payment_id = bound.payment_id
                             and known.dispute = told.dispute and known.ended_at < $5)",
    )
    .bind(provider)
    .bind(account)
    .bind(disputes)
    .bind(objects)
    .bind(store::instant(long_ago))
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(id, dispute)| (PaymentId::from_uuid(id), dispute)).collect())
}
