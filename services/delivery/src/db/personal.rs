//! What is kept of one person: all of it given out, and all of it deleted but what the law makes us
//! keep. What is kept, and for how long, is listed in docs/personal-data.md.

use jiff::Timestamp;
use kernel::PersonId;
use serde_json::Value;
use store::{Db, Tx};

/// What is still to be brought keeps its address until it has been, and whoever has it in the
/// bag their name.
const CUTS: &[&str] = &[
    "update proof set recipient_name = case when recipient_name is not null then '' end,
          note = case when proof.note is not null then '' end, signature = null, lat = null, lon = null
      from job join erased_person e on job.customer_id = e.person_id
      where proof.job = job.id and e.at > $1 and job.ended_at is not null
        and (recipient_name <> '' or proof.note <> '' or signature is not null or lat is not null)",
    "update door_check set document_hash = null
      from job join erased_person e on job.customer_id = e.person_id
      where door_check.job = job.id and e.at > $1 and job.ended_at is not null
        and document_hash is not null",
    // A driver who says so is at the door, to the inch, until the next word of them.
    "update shift set lat = round(lat::numeric, 2), lon = round(lon::numeric, 2)
     from job join erased_person e on job.customer_id = e.person_id
     where shift.driver = job.driver and shift.lat = door_lat and shift.lon = door_lon
       and e.at > $1 and job.ended_at is not null",
    "update job set facts = without_person(facts), note = case when note is not null then '' end,
          door_lat = round(door_lat), door_lon = round(door_lon)
      from erased_person e
      where job.customer_id = e.person_id and e.at > $1 and job.ended_at is not null
        and (facts #>> '{destination,recipient}' <> '' or note <> '')",
    "delete from outbox using job, erased_person e
      where outbox.subject = job.order_id::text and outbox.settled_at is not null
        and job.customer_id = e.person_id and e.at > $1",
    "delete from ping using erased_person e where ping.driver = e.person_id and e.at > $1",
    "update shift set lat = round(lat), lon = round(lon) from erased_person e
      where shift.driver = e.person_id and e.at > $1 and shift.ended_at is not null
        and (lat <> round(lat) or lon <> round(lon))",
    "update proof set lat = null, lon = null from erased_person e, job
      where proof.driver = e.person_id and e.at > $1 and proof.lat is not null
        and proof.job = job.id and job.ended_at is not null",
    "update driver set given_name = '', active = false from erased_person e
      where driver.id = e.person_id and e.at > $1 and (given_name <> '' or active)
        and not exists (select from job where job.driver = driver.id
                        and state in ('assigned', 'picked_up', 'arrived', 'returning'))",
    "delete from outbox using offer, job, erased_person e
      where outbox.subject = job.order_id::text and outbox.settled_at is not null
        and offer.job = job.id and offer.driver = e.person_id and e.at > $1",
];

/// Deletes or cuts what there is of people who were erased since then. Done again it changes nothing.
pub async fn cut(tx: &mut Tx<'_>, since: Timestamp) -> sqlx::Result<()> {
    store::erased::cut(tx, since, CUTS).await
}

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'orders', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(job) as row from job where customer_id = $1 order by id desc limit 5000) as rows),
             'checks_at_the_door', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(c) - 'document_hash' as row
                 from door_check c join job on job.id = c.job
                 where customer_id = $1 order by at desc limit 5000) as rows),
             'proofs', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(proof) as row from proof join job on job.id = proof.job
                 where customer_id = $1 order by at desc limit 5000) as rows),
             'driver', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(driver) as row from driver where id = $1 limit 5000) as rows),
             'shifts', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(shift) as row from shift where driver = $1 order by began_at desc limit 5000) as rows),
             'places', (select coalesce(jsonb_agg(row), '[]') from (
                 select jsonb_build_array(at, lat, lon) as row from ping
                 where driver = $1 order by at desc limit 5000) as rows),
             'offers', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(offer) as row from offer where driver = $1
                 order by offered_at desc limit 5000) as rows),
             'told_later', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(t) as row from told_later t join job on job.id = t.job
                 where driver = $1 order by told_at desc limit 5000) as rows),
             'driven', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(job) - array['facts', 'customer_id', 'door_lat', 'door_lon', 'note']
                     as row from job where driver = $1 order by id desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
