//! What is kept of one person: that they did what the ledger of stock says, which nobody deletes.

use kernel::PersonId;
use serde_json::Value;
use store::Db;

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'movements', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(movement) as row from movement
                 where person_id = $1 order by id desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
