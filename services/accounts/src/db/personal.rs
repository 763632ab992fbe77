//! What is kept of one person, all of it given out: but no secrets, which are of use to thieves only.

use kernel::PersonId;
use serde_json::Value;
use store::Db;

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'person', (select to_jsonb(known_person) - 'password_hash'
                        from known_person where id = $1),
             'addresses', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(a) - 'person_id' as row from address a
                 where person_id = $1 order by id limit 5000) as rows),
             'favourites', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(favourite) - 'person_id' as row from favourite
                 where person_id = $1 order by product_id limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
