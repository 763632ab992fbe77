//! What customers keep for later, and the providers' own customers for ours.

use jiff::Timestamp;
use kernel::{CustomerId, Id, SavedMethodId};
use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow};
use store::{Db, Tx};
use uuid::Uuid;

use crate::{payment::Payment, provider::SeenMethod};

/// A way to pay that a customer keeps.
pub struct Method {
    pub id: SavedMethodId,
    pub provider: String,
    pub account: String,
    pub token: String,
    pub kind: String,
    pub brand: Option<String>,
    pub last_four: Option<String>,
    /// `2034-08`
    pub expires: Option<String>,
    pub saved_at: Timestamp,
}

impl Method {
    /// The account that it is at.
    pub fn of(&self) -> (&str, &str) {
        (&self.provider, &self.account)
    }
}

impl FromRow<'_, PgRow> for Method {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: SavedMethodId::from_uuid(row.try_get("id")?),
            provider: row.try_get("provider")?,
            account: row.try_get("account")?,
            token: row.try_get("token")?,
            kind: row.try_get("kind")?,
            brand: row.try_get("brand")?,
            last_four: row.try_get("last_four")?,
            expires: row.try_get("expires")?,
            saved_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        })
    }
}

/// All that a customer keeps, newest first.
pub async fn of_customer(db: &Db, customer: CustomerId) -> sqlx::Result<Vec<Method>> {
    sqlx::query_as(
        "select * from saved_method where customer_id = $1 and removed_at is null
         order by id desc limit 100",
    )
    .bind(customer.uuid())
    .fetch_all(db)
    .await
}

/// One that the customer keeps.
pub async fn find(
    db: impl PgExecutor<'_>,
    customer: CustomerId,
    id: SavedMethodId,
) -> sqlx::Result<Option<Method>> {
    sqlx::query_as(
        "select * from saved_method where id = $2 and customer_id = $1 and removed_at is null",
    )
    .bind(customer.uuid())
    .bind(id.uuid())
    .fetch_optional(db)
    .await
}

/// The provider's id of one, as long as the provider has it, also where it is to let go of it.
pub async fn token(
    db: &Db,
    customer: CustomerId,
    id: SavedMethodId,
) -> sqlx::Result<Option<String>> {
    let token: Option<Option<String>> =
        sqlx::query_scalar("select token from saved_method where id = $2 and customer_id = $1")
            .bind(customer.uuid())
            .bind(id.uuid())
            .fetch_optional(db)
            .await?;
    Ok(token.flatten())
}

/// How many the customer keeps.
pub async fn count(db: impl PgExecutor<'_>, customer: CustomerId) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select count(*) from saved_method where customer_id = $1 and removed_at is null",
    )
    .bind(customer.uuid())
    .fetch_one(db)
    .await
}

/// A provider's own customer for one of ours.
pub struct ProviderCustomer {
    pub id: Uuid,
    pub provider_customer: Option<String>,
    pub created_at: Timestamp,
}

/// That of a customer at an account (provider and name), to be named where it is new.
pub async fn customer(
    db: &Db,
    customer: CustomerId,
    (provider, account): (&str, &str),
    at: Timestamp,
) -> sqlx::Result<ProviderCustomer> {
    sqlx::query(
        "insert into provider_customer (id, customer_id, provider, account, created_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(Id::<ProviderCustomer>::new().uuid())
    .bind(customer.uuid())
    .bind(provider)
    .bind(account)
    .bind(store::instant(at))
    .execute(db)
    .await?;
    let row = sqlx::query(
        "select id, provider_customer, created_at from provider_customer
         where customer_id = $1 and provider = $2 and account = $3",
    )
    .bind(customer.uuid())
    .bind(provider)
    .bind(account)
    .fetch_one(db)
    .await?;
    Ok(ProviderCustomer {
        id: row.try_get("id")?,
        provider_customer: row.try_get("provider_customer")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
    })
}

/// The provider's name of it, where it has one.
pub async fn named_customer(
    db: &Db,
    customer: CustomerId,
    (provider, account): (&str, &str),
) -> sqlx::Result<Option<String>> {
    let named: Option<Option<String>> = sqlx::query_scalar(
        "select provider_customer from provider_customer
         where customer_id = $1 and provider = $2 and account = $3",
    )
    .bind(customer.uuid())
    .bind(provider)
    .bind(account)
    .fetch_optional(db)
    .await?;
    Ok(named.flatten())
}

/// Keeps the provider's name of it; the first that was told stays.
pub async fn name_customer(db: &Db, id: Uuid, named: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "update provider_customer set provider_customer = coalesce(provider_customer, $2)
         where id = $1 returning provider_customer",
    )
    .bind(id)
    .bind(named)
    .fetch_one(db)
    .await
}

/// Whoever else keeps something for this customer waits.
pub async fn lock_customer(tx: &mut Tx<'_>, customer: CustomerId) -> sqlx::Result<()> {
    sqlx::query("select from provider_customer where customer_id = $1 order by id for update")
        .bind(customer.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether the provider's customer `theirs` is this payment's: the one that it was told of, or one
/// that the provider has just made for it and that is nobody else's.
pub async fn is_theirs(tx: &mut Tx<'_>, payment: &Payment, theirs: &str) -> sqlx::Result<bool> {
    if let Some(told) = &payment.provider_customer {
        return Ok(told == theirs);
    }
    sqlx::query(
        "update provider_customer set provider_customer = $4
         where customer_id = $1 and provider = $2 and account = $3 and provider_customer is null
           and not exists (select from provider_customer
                           where provider = $2 and account = $3 and provider_customer = $4)",
    )
    .bind(payment.customer.uuid())
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(theirs)
    .execute(&mut **tx)
    .await?;
    sqlx::query_scalar(
        "select exists (select from provider_customer
                        where customer_id = $1 and provider = $2 and account = $3
                          and provider_customer = $4)",
    )
    .bind(payment.customer.uuid())
    .bind(&payment.provider)
    .bind(&payment.account)
    .bind(theirs)
    .fetch_one(&mut **tx)
    .await
}

/// What the provider was to let go of, and has not yet, its customer has just saved anew under the
/// same token: the old row lets go of it instead, so that nobody tells the provider to. `true` where
/// somebody has told it before, and nobody knows what came of that.
async fn take_over(
    tx: &mut Tx<'_>,
    payment: &Payment,
    token: &str,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let told: Option<bool> = sqlx::query_scalar(
        "update saved_method old
         set detached_at = $3, due_at = null, check_at = null, token = null, provider_customer = null, error = null,
             brand = null, last_four = null, expires = null, likeness = null
         from payment
         where payment.id = $1 and old.customer_id = payment.customer_id
           and old.provider = payment.provider and old.account = payment.account
           and old.token = $2 and old.removed_at is not null
           -- A payment saves once.
           and not exists (select from saved_method own where own.payment_id = $1)
         returning old.attempts > 0",
    )
    .bind(payment.id.uuid())
    .bind(token)
    .bind(store::instant(at))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(told.unwrap_or_default())
}

/// Keeps what a payment was paid with, or, where it is not `kept`, what the provider is to let go
/// of. `false` when the payment has saved before, or the token is kept already. Where it may be being
/// let go of just then, the provider is asked at `check` whether it is still there.
pub async fn insert(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (method, likeness): (&SeenMethod, &str),
    (kept, at, check): (bool, Timestamp, Timestamp),
) -> sqlx::Result<bool> {
    let doubted = kept && take_over(tx, payment, &method.token, at).await?;
    let done = sqlx::query(
        "insert into saved_method (id, customer_id, provider, account, provider_customer, payment_id,
                                   token, kind, brand, last_four, expires, likeness, consented_at,
                                   created_at, removed_at, due_at, check_at)
         select $1, customer_id, provider, account, $3, id, $4, $5, $6, $7, $8, $9, consented_at, $10,
                case when not $11 then $10 end, case when not $11 then $10 end, $12
         from payment where id = $2
         on conflict do nothing",
    )
    .bind(SavedMethodId::new().uuid())
    .bind(payment.id.uuid())
    .bind(&method.customer)
    .bind(&method.token)
    .bind(&method.kind)
    .bind(&method.brand)
    .bind(&method.last_four)
    .bind(&method.expires)
    .bind(likeness)
    .bind(store::instant(at))
    .bind(kept)
    .bind(doubted.then(|| store::instant(check)))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The same card that was kept before gives way to what this payment has just saved: it may have a
/// new month to expire in.
pub async fn replace(
    tx: &mut Tx<'_>,
    payment: &Payment,
    likeness: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update saved_method set removed_at = $4, due_at = $4
         where customer_id = $1 and likeness = $2 and payment_id <> $3 and removed_at is null",
    )
    .bind(payment.customer.uuid())
    .bind(likeness)
    .bind(payment.id.uuid())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The customer keeps it no longer; `false` when they did not keep it.
pub async fn remove(
    db: &Db,
    customer: CustomerId,
    id: SavedMethodId,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update saved_method set removed_at = $3, due_at = $3
         where id = $2 and customer_id = $1 and removed_at is null",
    )
    .bind(customer.uuid())
    .bind(id.uuid())
    .bind(store::instant(at))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the provider is to let go of.
pub struct Removed {
    pub id: SavedMethodId,
    pub provider: String,
    pub account: String,
    pub provider_customer: String,
    pub token: String,
    /// How often it was told, this time included.
    pub attempts: i32,
}

impl FromRow<'_, PgRow> for Removed {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: SavedMethodId::from_uuid(row.try_get("id")?),
            provider: row.try_get("provider")?,
            account: row.try_get("account")?,
            provider_customer: row.try_get("provider_customer")?,
            token: row.try_get("token")?,
            attempts: row.try_get("attempts")?,
        })
    }
}

/// What is due, put off until `again` so that nobody else takes it meanwhile.
pub async fn claim(db: &Db, now: Timestamp, again: Timestamp) -> sqlx::Result<Vec<Removed>> {
    sqlx::query_as(
        "update saved_method set due_at = $2, attempts = attempts + 1
         where id in (select id from saved_method where due_at <= $1
                      order by due_at limit 12 for update skip locked)
         returning id, provider, account, provider_customer, token, attempts",
    )
    .bind(store::instant(now))
    .bind(store::instant(again))
    .fetch_all(db)
    .await
}

/// What is kept, and is to be asked about now; put off until `again` so that nobody else does meanwhile.
pub async fn claim_checks(
    db: &Db,
    (now, again): (Timestamp, Timestamp),
    accounts: &[String],
) -> sqlx::Result<Vec<Removed>> {
    sqlx::query_as(
        "update saved_method set check_at = $2
         where id in (select id from saved_method
                      where check_at <= $1 and removed_at is null
                        and provider || ':' || account = any($3)
                      order by check_at limit 12 for update skip locked)
         returning id, provider, account, provider_customer, token, attempts",
    )
    .bind(store::instant(now))
    .bind(store::instant(again))
    .bind(accounts)
    .fetch_all(db)
    .await
}

/// The provider keeps it.
pub async fn checked(db: &Db, id: SavedMethodId) -> sqlx::Result<()> {
    sqlx::query("update saved_method set check_at = null where id = $1")
        .bind(id.uuid())
        .execute(db)
        .await?;
    Ok(())
}

/// It is not certain yet that the provider has let go of it.
pub async fn put_off(db: &Db, id: SavedMethodId, error: &str, due: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update saved_method set due_at = $3, error = $2 where id = $1 and detached_at is null",
    )
    .bind(id.uuid())
    .bind(error)
    .bind(store::instant(due))
    .execute(db)
    .await?;
    Ok(())
}

/// The provider has let go of it: nothing is left here but that it was once kept. So it is with who
/// saved the same anew while the provider was letting go of it.
pub async fn detached(db: &Db, removed: &Removed, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update saved_method
         set removed_at = coalesce(removed_at, $2),
             detached_at = $2, due_at = null, check_at = null, token = null, provider_customer = null, error = null,
             brand = null, last_four = null, expires = null, likeness = null
         where detached_at is null
           and (id = $1 or (provider = $3 and account = $4 and token = $5))",
    )
    .bind(removed.id.uuid())
    .bind(store::instant(at))
    .bind(&removed.provider)
    .bind(&removed.account)
    .bind(&removed.token)
    .execute(db)
    .await?;
    Ok(())
}
