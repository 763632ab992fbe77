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
             'sessions', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(session) - 'person_id' as row from session
                 where person_id = $1 order by id desc limit 5000) as rows),
             'letters', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(flow) - array['person_id', 'code_hash', 'data'] as row from flow
                 where person_id = $1 order by id desc limit 5000) as rows),
             'devices', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(known_device) - array['person_id', 'hash'] as row from known_device
                 where person_id = $1 order by used_at desc limit 5000) as rows),
             'audit', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(audit) as row from audit
                 where subject = $1 or actor = $1 order by id desc limit 5000) as rows),
             'addresses', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(a) - 'person_id' as row from address a
                 where person_id = $1 order by id limit 5000) as rows),
             'authenticator_since', (select confirmed_at from authenticator where person_id = $1),
             'passkeys', (select coalesce(jsonb_agg(row), '[]') from (
                 select jsonb_build_object('name', name, 'created_at', created_at,
                                           'used_at', used_at) as row from passkey
                 where person_id = $1 order by id limit 5000) as rows),
             'age_proof', (select to_jsonb(age_proof) - 'person_id' - 'made_by'
                           from age_proof where person_id = $1),
             'age_reviews', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(age_review) - 'person_id' - 'decided_by' as row from age_review
                 where person_id = $1 order by id limit 5000) as rows),
             'identities', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(identity) - 'person_id' - 'refresh_token' as row from identity
                 where person_id = $1 order by provider limit 5000) as rows),
             'favourites', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(favourite) - 'person_id' as row from favourite
                 where person_id = $1 order by product_id limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
