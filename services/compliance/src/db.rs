//! Every statement of the service: people and verdicts here, the law and licences beside.

pub mod law;
pub mod licence;
pub mod personal;
pub mod seed;

use accounts_api::PersonChanged;
use compliance_api::{Facts, Moment, Reason, Verdict};
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::{PersonId, StoreId, VerdictId};
use serde_json::Value;
use sqlx::{FromRow, Row, types::Json};
use store::{Db, Tx};
use uuid::Uuid;

use crate::licence::Licence;

/// An event that comes late does not undo a newer one, and brings nobody back who was erased.
pub async fn keep_person(tx: &mut Tx<'_>, person: &PersonChanged) -> sqlx::Result<()> {
    sqlx::query(
        "insert into person (person_id, date_of_birth, version)
         select $1, $2, $3 where not exists (select from erased_person where person_id = $1)
         on conflict (person_id) do update
         set date_of_birth = excluded.date_of_birth, version = excluded.version
         where person.version < excluded.version",
    )
    .bind(person.person.uuid())
    .bind(person.date_of_birth.map(ToSqlx::to_sqlx))
    .bind(person.version)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is known of the two sides of a sale: the store's licence, the customer's date of birth. Of
/// someone erased lately it is the youngest that they can be.
pub async fn sides(
    db: &Db,
    store: StoreId,
    customer: PersonId,
) -> sqlx::Result<(Option<Licence>, Option<Date>)> {
    let row = sqlx::query(
        "select licence.*,
                coalesce(person.date_of_birth,
                         ((e.at at time zone 'UTC')::date - make_interval(years => e.age::int))::date)
                    as date_of_birth
         from (select) as one
         left join licence on licence.store_id = $1
         left join person on person.person_id = $2
         left join erased_person e on e.person_id = $2",
    )
    .bind(store.uuid())
    .bind(customer.uuid())
    .fetch_one(db)
    .await?;
    let licensed = row.try_get::<Option<Uuid>, _>("store_id")?.is_some();
    let licence = licensed.then(|| licence::LicenceRow::from_row(&row)).transpose()?;
    let born: Option<jiff_sqlx::Date> = row.try_get("date_of_birth")?;
    Ok((licence.map(|row| row.licence()), born.map(jiff_sqlx::Date::to_jiff)))
}

/// Keeps what was said, `facts` being what may be kept of the facts.
pub async fn insert_verdict(
    db: &Db,
    asked: &Facts,
    facts: &Value,
    verdict: &Verdict,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into verdict (id, moment, subject, at, allowed, reasons, minimum_age, rules, facts,
                              created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(verdict.verdict.uuid())
    .bind(word(asked.moment))
    .bind(&asked.subject)
    .bind(store::instant(asked.at))
    .bind(verdict.allowed)
    .bind(Json(&verdict.reasons))
    .bind(verdict.minimum_age.map(i16::from))
    .bind(Json(&verdict.rules))
    .bind(facts)
    .bind(store::instant(now))
    .execute(db)
    .await?;
    Ok(())
}

const fn word(moment: Moment) -> &'static str {
    match moment {
        Moment::Cart => "cart",
        Moment::Placement => "placement",
        Moment::Dispatch => "dispatch",
        Moment::Door => "door",
    }
}

/// A row of `verdict`.
#[derive(Debug, FromRow)]
pub struct VerdictRow {
    #[sqlx(try_from = "Uuid")]
    pub id: VerdictId,
    pub moment: String,
    pub subject: String,
    at: jiff_sqlx::Timestamp,
    pub allowed: bool,
    #[sqlx(json)]
    pub reasons: Vec<Reason>,
    pub minimum_age: Option<i16>,
    #[sqlx(json)]
    pub rules: Vec<String>,
    pub facts: Value,
    created_at: jiff_sqlx::Timestamp,
}

impl VerdictRow {
    pub fn at(&self) -> Timestamp {
        self.at.to_jiff()
    }

    pub fn created_at(&self) -> Timestamp {
        self.created_at.to_jiff()
    }
}

/// What was said about a subject, newest first, from before `before`.
pub async fn verdicts(
    db: &Db,
    subject: &str,
    before: Option<VerdictId>,
    limit: u32,
) -> sqlx::Result<Vec<VerdictRow>> {
    sqlx::query_as(
        "select * from verdict where subject = $1 and ($2::uuid is null or id < $2)
         order by id desc limit $3",
    )
    .bind(subject)
    .bind(before.map(VerdictId::uuid))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}
