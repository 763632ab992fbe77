//! What is kept of one person: all of it given out, and all of it deleted but what the law makes us
//! keep. What is kept, and for how long, is listed in docs/personal-data.md.

use jiff::Timestamp;
use kernel::PersonId;
use serde_json::Value;
use store::{Db, Tx};
use uuid::Uuid;

/// What an order under way still needs stays until it ends. The first statements cut what
/// people wrote, the later ones read what is left of it. An order's row is written with its history, so that
/// what is kept of it elsewhere is given no more.
const CUTS: &[&str] = &[
    "with cut as (
         update history h set note = without_words(h.note, h.what, h.person_id)
         from orders o join erased_person e on o.customer_id = e.person_id
         where h.order_id = o.id and e.at > $1 and o.state in ('delivered', 'closed', 'cancelled')
           and h.note <> without_words(h.note, h.what, h.person_id)
         returning h.order_id)
     update orders set changed_at = changed_at where id in (select order_id from cut)",
    "with cut as (
         update history h set note = without_words(h.note, h.what, h.person_id)
         from erased_person e, orders o
         where h.person_id = e.person_id and e.at > $1 and h.order_id = o.id
           and o.state in ('delivered', 'closed', 'cancelled')
           and h.note <> without_words(h.note, h.what, h.person_id)
         returning h.order_id)
     update orders set changed_at = changed_at where id in (select order_id from cut)",
    "with cut as (
         update history h set note = h.note - 'driver'
         from orders o join erased_person e on o.driver_id = e.person_id
         where h.order_id = o.id and e.at > $1 and o.state in ('delivered', 'closed', 'cancelled')
           and h.note ? 'driver'
         returning h.order_id)
     update orders set changed_at = changed_at where id in (select order_id from cut)",
    "update orders o set reason = coalesce(
          (select h.note ->> 'reason' from history h
           where h.order_id = o.id and h.what in ('returning', 'lost', 'cancelled') and h.note ? 'reason'
           order by h.seq desc limit 1), 'erased')
      from erased_person e
      where e.at > $1 and o.state in ('delivered', 'closed', 'cancelled') and o.reason <> 'erased'
        and (o.customer_id = e.person_id or exists (
            select from history h where h.order_id = o.id and h.what = 'cancelled'
                                    and h.person_id = e.person_id))",
    "update orders o set contents = without_person(o.contents), doom = null, driver_name = null,
          payment = o.payment || '{\"client_secret\": \"\", \"pay_url\": \"\"}'
      from erased_person e
      where o.customer_id = e.person_id and e.at > $1
        and o.state in ('delivered', 'closed', 'cancelled')
        and (o.contents #>> '{destination,recipient}' <> '' or o.payment ->> 'client_secret' <> ''
             or o.doom is not null or o.driver_name is not null)",
    "update orders o set driver_name = null from erased_person e
      where o.driver_id = e.person_id and e.at > $1 and o.driver_name is not null
        and o.state in ('delivered', 'closed', 'cancelled')",
    "delete from placement p using erased_person e
      where p.customer_id = e.person_id and e.at > $1 and p.finished_at is not null",
    "delete from outbox using orders o, erased_person e
      where outbox.subject = o.id::text and outbox.settled_at is not null and e.at > $1
        and e.person_id in (o.customer_id, o.driver_id)",
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
                 select to_jsonb(o) - array['doom', 'leased_until', 'attempt'] || jsonb_build_object(
                     'payment', o.payment - array['client_secret', 'pay_url'],
                     'lines', (select jsonb_agg(to_jsonb(l) - 'order_id' order by position)
                               from order_line l where l.order_id = o.id),
                     'history', (select jsonb_agg(to_jsonb(h) - 'order_id' order by seq)
                                 from history h where h.order_id = o.id and shown)) as row
                 from orders o where customer_id = $1 order by id desc limit 5000) as rows),
             'delivered', (select coalesce(jsonb_agg(row), '[]') from (
                 select jsonb_build_object('order', id, 'number', number, 'state', state) as row
                 from orders where driver_id = $1 order by id desc limit 5000) as rows),
             'done', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(history) as row from history
                 where person_id = $1 order by at desc limit 5000) as rows),
             'keys', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(placement) - array['request_hash', 'body'] as row from placement
                 where customer_id = $1 order by started_at desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}

/// Which of these orders have ended and were of people who have been erased.
pub async fn orders_of_erased(db: &Db, orders: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select o.id from orders o join erased_person on o.customer_id = person_id
         where o.id = any($1) and o.state in ('delivered', 'closed', 'cancelled')",
    )
    .bind(orders)
    .fetch_all(db)
    .await
}

/// Which of these people have been erased.
pub async fn erased(db: &Db, people: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("select person_id from erased_person where person_id = any($1)")
        .bind(people)
        .fetch_all(db)
        .await
}
