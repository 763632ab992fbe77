//! How often something was tried of late, and the devices that are known.

use jiff::Timestamp;
use kernel::PersonId;
use store::{Db, Tx};

use crate::throttle::Pace;

/// Counts one try, if it is free now; else gives when it will be.
pub async fn charge(
    db: &Db,
    key: &[u8],
    pace: &Pace,
    now: Timestamp,
) -> sqlx::Result<Option<Timestamp>> {
    // The row is locked by the conflict, so of tries at once each sees the one before.
    let charged: Option<i32> = sqlx::query_scalar(
        "insert into attempt as known (key, failures, free_at, until)
         values ($1, 1, $2, $2 + make_interval(secs => $6))
         on conflict (key) do update
         set failures = case when known.until < $2 then 1 else known.failures + 1 end,
             free_at = case
                 when known.until < $2 or known.failures + 1 <= $3 then $2
                 else $2 + make_interval(secs => least($5,
                          $4 * power(2, least(known.failures - $3, 30))))
             end,
             until = $2 + make_interval(secs => $6)
         where known.free_at <= $2 or known.until < $2
         returning failures",
    )
    .bind(key)
    .bind(store::instant(now))
    .bind(pace.free)
    .bind(pace.first.as_secs_f64())
    .bind(pace.longest.as_secs_f64())
    .bind(pace.memory.as_secs_f64())
    .fetch_optional(db)
    .await?;
    if charged.is_some() {
        return Ok(None);
    }
    let free_at: Option<jiff_sqlx::Timestamp> =
        sqlx::query_scalar("select free_at from attempt where key = $1")
            .bind(key)
            .fetch_optional(db)
            .await?;
    Ok(Some(free_at.map_or(now, jiff_sqlx::Timestamp::to_jiff)))
}

/// Forgets counts, and takes one try back from others.
pub async fn give_back(db: &Db, forgotten: &[[u8; 32]], less: &[[u8; 32]]) -> sqlx::Result<()> {
    let bytes = |keys: &[[u8; 32]]| keys.iter().map(|key| key.to_vec()).collect::<Vec<_>>();
    sqlx::query(
        "with gone as (delete from attempt where key = any ($1))
         update attempt set failures = greatest(failures - 1, 0) where key = any ($2)",
    )
    .bind(bytes(forgotten))
    .bind(bytes(less))
    .execute(db)
    .await?;
    Ok(())
}

/// Lets something be tried until then, whatever else is counted.
pub async fn let_in(db: &Db, key: &[u8], now: Timestamp, until: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into attempt (key, failures, free_at, until) values ($1, 0, $2, $3)
         on conflict (key) do update set until = excluded.until",
    )
    .bind(key)
    .bind(store::instant(now))
    .bind(store::instant(until))
    .execute(db)
    .await?;
    Ok(())
}

/// Whether it has been let in and still is.
pub async fn is_let_in(db: &Db, key: &[u8], now: Timestamp) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from attempt where key = $1 and until > $2)")
        .bind(key)
        .bind(store::instant(now))
        .fetch_one(db)
        .await
}

/// Whether the account with this e-mail address knows the device.
pub async fn knows_device(db: &Db, hash: &[u8], email: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from known_device join person on person.id = person_id
                        where hash = $1 and email = $2)",
    )
    .bind(hash)
    .bind(email)
    .fetch_one(db)
    .await
}

/// From now on this account knows the device. The oldest ones are forgotten.
pub async fn know_device(
    tx: &mut Tx<'_>,
    hash: &[u8],
    person: PersonId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into known_device (hash, person_id, used_at) values ($1, $2, $3)
         on conflict (hash) do update set person_id = excluded.person_id, used_at = excluded.used_at",
    )
    .bind(hash)
    .bind(person.uuid())
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "delete from known_device where person_id = $1 and hash not in (
             select hash from known_device where person_id = $1 order by used_at desc limit 20)",
    )
    .bind(person.uuid())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
