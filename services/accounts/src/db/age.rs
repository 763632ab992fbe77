//! Proofs of age, whose documents they were, and requests that people look. Whoever writes has
//! locked the person first.

use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::{Id, PersonId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use crate::age::Proven;

/// A request that someone looks at a document.
pub enum AgeReview {}
pub type AgeReviewId = Id<AgeReview>;

/// A row of `age_proof`.
#[derive(Debug, Clone, FromRow)]
pub struct ProofRow {
    pub over: i16,
    pub method: String,
    made_at: jiff_sqlx::Timestamp,
    until: jiff_sqlx::Date,
}

impl ProofRow {
    pub fn made_at(&self) -> Timestamp {
        self.made_at.to_jiff()
    }

    pub fn until(&self) -> Date {
        self.until.to_jiff()
    }
}

/// A row of `age_review`, with who asks.
#[derive(Debug, Clone, FromRow)]
pub struct ReviewRow {
    #[sqlx(try_from = "Uuid")]
    pub id: AgeReviewId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub given_name: String,
    pub family_name: String,
    date_of_birth: Option<jiff_sqlx::Date>,
    pub note: String,
    asked_at: jiff_sqlx::Timestamp,
    decided_at: Option<jiff_sqlx::Timestamp>,
    pub decided_by: Option<Uuid>,
    pub accepted: Option<bool>,
    pub reason: Option<String>,
}

impl ReviewRow {
    pub fn date_of_birth(&self) -> Option<Date> {
        self.date_of_birth.map(jiff_sqlx::Date::to_jiff)
    }

    pub fn asked_at(&self) -> Timestamp {
        self.asked_at.to_jiff()
    }

    pub fn decided_at(&self) -> Option<Timestamp> {
        self.decided_at.map(jiff_sqlx::Timestamp::to_jiff)
    }
}

pub async fn proof(db: &Db, person: PersonId) -> sqlx::Result<Option<ProofRow>> {
    sqlx::query_as("select * from age_proof where person_id = $1")
        .bind(person.uuid())
        .fetch_optional(db)
        .await
}

/// Keeps a proof in place of the one before. Who made it decides its method.
pub async fn keep_proof(
    tx: &mut Tx<'_>,
    person: PersonId,
    proven: Proven,
    made_by: PersonId,
    now: Timestamp,
) -> sqlx::Result<ProofRow> {
    sqlx::query_as(
        "insert into age_proof (person_id, over, method, made_at, made_by, until)
         values ($1, $2, case when $1 = $4 then 'aamva' else 'manual' end, $3, $4, $5)
         on conflict (person_id) do update
         set over = excluded.over, method = excluded.method, made_at = excluded.made_at,
             made_by = excluded.made_by, until = excluded.until
         returning *",
    )
    .bind(person.uuid())
    .bind(i16::from(proven.over))
    .bind(store::instant(now))
    .bind(made_by.uuid())
    .bind(proven.until.to_sqlx())
    .fetch_one(&mut **tx)
    .await
}

/// Ends the proof of a person's age; false when there is none.
pub async fn end_proof(tx: &mut Tx<'_>, person: PersonId) -> sqlx::Result<bool> {
    let ended = sqlx::query("delete from age_proof where person_id = $1")
        .bind(person.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(ended.rows_affected() == 1)
}

/// Makes a document this person's; false when it is another's.
pub async fn claim_document(tx: &mut Tx<'_>, person: PersonId, hash: &[u8]) -> sqlx::Result<bool> {
    // The update that changes nothing waits for whoever claims it at the same time.
    let owner: Uuid = sqlx::query_scalar(
        "insert into age_document as known (hash, person_id) values ($1, $2)
         on conflict (hash) do update set person_id = known.person_id
         returning person_id",
    )
    .bind(hash)
    .bind(person.uuid())
    .fetch_one(&mut **tx)
    .await?;
    Ok(owner == person.uuid())
}

/// How many reviews the person asked for since then, and whether one is open.
pub async fn asked(
    tx: &mut Tx<'_>,
    person: PersonId,
    since: Timestamp,
) -> sqlx::Result<(i64, bool)> {
    sqlx::query_as(
        "select count(*) filter (where asked_at > $2),
                coalesce(bool_or(decided_at is null), false)
         from age_review where person_id = $1",
    )
    .bind(person.uuid())
    .bind(store::instant(since))
    .fetch_one(&mut **tx)
    .await
}

pub async fn ask(
    tx: &mut Tx<'_>,
    person: PersonId,
    note: &str,
    now: Timestamp,
) -> sqlx::Result<AgeReviewId> {
    let id = AgeReviewId::new();
    sqlx::query("insert into age_review (id, person_id, note, asked_at) values ($1, $2, $3, $4)")
        .bind(id.uuid())
        .bind(person.uuid())
        .bind(note)
        .bind(store::instant(now))
        .execute(&mut **tx)
        .await?;
    Ok(id)
}

pub async fn review(db: &Db, id: AgeReviewId) -> sqlx::Result<Option<ReviewRow>> {
    sqlx::query_as(
        "select review.*, given_name, family_name, date_of_birth
         from age_review review join person on person.id = review.person_id
         where review.id = $1",
    )
    .bind(id.uuid())
    .fetch_optional(db)
    .await
}

/// The person's latest review.
pub async fn latest_review(db: &Db, person: PersonId) -> sqlx::Result<Option<ReviewRow>> {
    sqlx::query_as(
        "select review.*, given_name, family_name, date_of_birth
         from age_review review join person on person.id = review.person_id
         where review.person_id = $1 order by review.id desc limit 1",
    )
    .bind(person.uuid())
    .fetch_optional(db)
    .await
}

/// Reviews, oldest first, from after `after`: those that wait, or those that were decided.
pub async fn reviews(
    db: &Db,
    open: bool,
    after: Option<AgeReviewId>,
    limit: u32,
) -> sqlx::Result<Vec<ReviewRow>> {
    sqlx::query_as(
        "select review.*, given_name, family_name, date_of_birth
         from age_review review join person on person.id = review.person_id
         where (decided_at is null) = $1 and ($2::uuid is null or review.id > $2)
         order by review.id limit $3",
    )
    .bind(open)
    .bind(after.map(AgeReviewId::uuid))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}

/// What a reviewer decided.
pub struct Decision<'a> {
    pub by: PersonId,
    pub accepted: bool,
    pub reason: &'a str,
}

/// Decides a review; false when it has been decided.
pub async fn decide(
    tx: &mut Tx<'_>,
    id: AgeReviewId,
    decision: &Decision<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let decided = sqlx::query(
        "update age_review set decided_at = $2, decided_by = $3, accepted = $4, reason = $5
         where id = $1 and decided_at is null",
    )
    .bind(id.uuid())
    .bind(store::instant(now))
    .bind(decision.by.uuid())
    .bind(decision.accepted)
    .bind(decision.reason)
    .execute(&mut **tx)
    .await?;
    Ok(decided.rows_affected() == 1)
}
