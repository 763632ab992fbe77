//! What is kept of one person: all of it given out, and all of it deleted but what the law makes us
//! keep. What is kept, and for how long, is listed in docs/personal-data.md.

use jiff::Timestamp;
use kernel::PersonId;
use serde_json::Value;
use store::{Db, Tx};

/// Orders and views here name nobody.
const CUTS: &[&str] = &["delete from favourite using erased_person e
      where favourite.person_id = e.person_id and e.at > $1"];

/// Deletes or cuts what there is of people who were erased since then. Done again it changes nothing.
pub async fn cut(tx: &mut Tx<'_>, since: Timestamp) -> sqlx::Result<()> {
    store::erased::cut(tx, since, CUTS).await
}

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'favourites', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(favourite) as row from favourite
                 where person_id = $1 order by changed_at desc limit 5000) as rows),
             'decisions', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(curation) as row from curation where decided_by = $1 order by seq desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
