//! What is kept of one person: all of it given out, and all of it deleted.

use kernel::PersonId;
use serde_json::Value;
use store::Db;
use uuid::Uuid;

/// Deletes what there is of people who have been erased. Their orders stay known, by id alone, so
/// that news of them are known to be for nobody. Gives the messages that are gone.
pub async fn cut(db: &Db) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query(
        "update known_order set number = '', store_name = '' from erased_person
         where customer_id = person_id and (number <> '' or store_name <> '')",
    )
    .execute(db)
    .await?;
    sqlx::query_scalar(
        "delete from message using erased_person
         where message.person_id = erased_person.person_id returning message.id",
    )
    .fetch_all(db)
    .await
}

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'messages', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(message) - array['dedupe_key', 'flow_id', 'claimed_at'] as row
                 from message where person_id = $1 order by id desc limit 5000) as rows),
             'known_orders', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(known_order) as row
                 from known_order where customer_id = $1 order by told_at desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
