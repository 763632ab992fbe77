//! What is kept of one person: all of it given out, and all of it deleted but what the law makes us
//! keep. What is kept, and for how long, is listed in docs/personal-data.md.

use jiff::Timestamp;
use kernel::PersonId;
use serde_json::Value;
use store::{Db, Tx};

/// That the law was asked, and what it said, stays.
const CUTS: &[&str] = &[
    "update erased_person e
      set age = extract(year from age((e.at at time zone 'UTC')::date - 1, person.date_of_birth))
      from person where person.person_id = e.person_id and e.at > $1
        and person.date_of_birth < (e.at at time zone 'UTC')::date - 1",
    "delete from person using erased_person e where person.person_id = e.person_id and e.at > $1",
    "update verdict set facts = facts - 'door_place' from erased_person e
      where facts ->> 'customer' = e.person_id::text and e.at > $1 and facts ? 'door_place'",
];

/// Deletes or cuts what there is of people who were erased since then. Done again it changes nothing.
pub async fn cut(tx: &mut Tx<'_>, since: Timestamp) -> sqlx::Result<()> {
    store::erased::cut(tx, since, CUTS).await
}

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'person', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(person) as row from person where person_id = $1 limit 5000) as rows),
             'verdicts', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(verdict) as row from verdict
                 where facts ->> 'customer' = $1::text order by id desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}

/// Forgets the ages of people who were erased before then: what they ordered has been brought.
pub async fn forget_ages(tx: &mut Tx<'_>, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query("update erased_person set age = null where age is not null and at < $1")
        .bind(store::instant(before))
        .execute(&mut **tx)
        .await
        .map(drop)
}
