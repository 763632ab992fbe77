//! Checks at the door.

use compliance_api::Verdict;
use jiff::Timestamp;
use kernel::JobId;
use sqlx::{FromRow, Row, postgres::PgRow};
use store::Tx;
use uuid::Uuid;

use super::{Act, jobs::instant};

/// The result of a check, and nothing of what was shown.
pub struct NewCheck<'a> {
    pub verdict: &'a Verdict,
    pub valid_until: Timestamp,
    pub allowed: bool,
    pub over_age: bool,
    pub method: &'a str,
    pub reasons: &'a [String],
    pub document_hash: Option<&'a [u8]>,
}

/// Keeps it, if the driver is still at the door. It holds the job's row, as a hand-over does: the
/// two come one after the other.
pub async fn keep_check(tx: &mut Tx<'_>, act: Act, check: &NewCheck<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into door_check (id, job, driver, at, valid_until, allowed, over_age, minimum_age,
                                 method, reasons, verdict, document_hash)
         select $1, job.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
         from job where job.id = $2 and job.driver = $3 and job.state = 'arrived'
         for no key update of job",
    )
    .bind(kernel::Id::<CheckRow>::new().uuid())
    .bind(act.job.uuid())
    .bind(act.driver.uuid())
    .bind(store::instant(act.at))
    .bind(store::instant(check.valid_until))
    .bind(check.allowed)
    .bind(check.over_age)
    .bind(check.verdict.minimum_age.map(i16::from))
    .bind(check.method)
    .bind(check.reasons)
    .bind(check.verdict.verdict.uuid())
    .bind(check.document_hash)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The newest check at a door.
#[derive(Debug, Clone, Copy)]
pub struct CheckRow {
    pub id: Uuid,
    pub allowed: bool,
    pub valid_until: Timestamp,
}

impl CheckRow {
    /// Whether something may change hands on the strength of it.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.allowed && now <= self.valid_until
    }
}

impl FromRow<'_, PgRow> for CheckRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            allowed: row.try_get("allowed")?,
            valid_until: instant(row, "valid_until")?,
        })
    }
}

pub async fn newest_check<'e>(
    db: impl sqlx::PgExecutor<'e>,
    job: JobId,
) -> sqlx::Result<Option<CheckRow>> {
    sqlx::query_as(
        "select id, allowed, valid_until from door_check where job = $1
         order by at desc, id desc limit 1",
    )
    .bind(job.uuid())
    .fetch_optional(db)
    .await
}
