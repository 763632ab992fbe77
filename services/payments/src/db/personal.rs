//! What is kept of one person: all of it given out, and all of it deleted but what the law makes us
//! keep. What is kept, and for how long, is listed in docs/personal-data.md.

use jiff::Timestamp;
use kernel::PersonId;
use serde_json::Value;
use store::{Db, Tx};

/// What a payment under way still needs stays until its money has come to rest.
const CUTS: &[&str] = &[
    "update payment p set description = '', wanted_reason = null,
          client_secret = case when client_secret is not null then '' end,
          pay_url = case when pay_url is not null then '' end, provider_customer = null
      from erased_person e
      where p.customer_id = e.person_id and e.at > $1 and p.state in ('captured', 'cancelled')
        -- It may have to be asked for again, word for word.
        and not (p.provider_payment is null and p.look_at is not null)
        and not exists (select from operation o where o.payment_id = p.id
                                                  and o.state in ('pending', 'unknown'))
        and (description <> '' or wanted_reason is not null or client_secret <> '' or pay_url <> ''
             or provider_customer is not null)",
    "update operation o set reason = '', error = null
      from payment p join erased_person e on p.customer_id = e.person_id
      where o.payment_id = p.id and e.at > $1 and o.state in ('done', 'failed')
        and (o.reason <> '' or o.error is not null)",
    "update refund_request r set reason = '', decision = null
      from payment p join erased_person e on p.customer_id = e.person_id
      where r.payment_id = p.id and e.at > $1 and r.state <> 'waiting'
        and (r.reason <> '' or r.decision is not null)",
    "update complaint c set words = '', answer = case when answer is not null then '' end
      from payment p join erased_person e on p.customer_id = e.person_id
      where c.payment_id = p.id and e.at > $1
        and (c.words <> '' or c.answer <> '')",
    "delete from webhook_inbox w using provider_object b, payment p, erased_person e
      where w.provider = b.provider and w.account = b.account and w.provider_payment = b.object
        and b.payment_id = p.id and p.customer_id = e.person_id and e.at > $1 and w.handled_at is not null",
    // Who bought is on the invoice, which is issued with the money; a later credit note takes it
    // from there.
    "update sale s set recipient = '', address = ''
      from payment p join erased_person e on p.customer_id = e.person_id
      where s.order_id = p.order_id and p.superseded_at is null and e.at > $1
        and p.state in ('captured', 'cancelled')
        and not exists (select from operation o where o.payment_id = p.id
                                                  and o.state in ('pending', 'unknown'))
        and (s.recipient <> '' or s.address <> '')",
    // Gone from here when it is certain that the provider has let go of it.
    "update saved_method m set removed_at = e.at, due_at = e.at
      from erased_person e
      where m.customer_id = e.person_id and e.at > $1 and m.removed_at is null",
    "delete from provider_customer c using erased_person e
      where c.customer_id = e.person_id and e.at > $1
        and not exists (select from saved_method m
                        where m.customer_id = c.customer_id and m.detached_at is null)
        and not exists (select from payment p where p.customer_id = c.customer_id
                                                and (p.state in ('starting', 'open')
                                                     or p.provider_payment is null and p.look_at is not null))",
    "delete from outbox using payment p, erased_person e
      where outbox.subject = p.order_id::text and outbox.settled_at is not null
        and p.customer_id = e.person_id and e.at > $1",
];

/// Deletes or cuts what there is of people who were erased since then. Done again it changes nothing.
pub async fn cut(tx: &mut Tx<'_>, since: Timestamp) -> sqlx::Result<()> {
    store::erased::cut(tx, since, CUTS).await
}

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'payments', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(p) - array['client_secret', 'pay_url', 'look_at', 'provider_customer'] || jsonb_build_object(
                     'operations', (select jsonb_agg(to_jsonb(o) - 'payment_id' order by seq)
                                    from operation o where o.payment_id = p.id),
                     'refunds', (select jsonb_agg(to_jsonb(r) - 'payment_id' order by at)
                                 from refund r where r.payment_id = p.id),
                     'refund_requests', (
                         select jsonb_agg(to_jsonb(q) - array['payment_id', 'asked_by', 'decided_by', 'key']
                                          order by asked_at)
                         from refund_request q where q.payment_id = p.id),
                     'complaints', (
                         select jsonb_agg(to_jsonb(c) - array['payment_id', 'decided_by', 'key'] || jsonb_build_object(
                                              'lines', (select jsonb_agg(to_jsonb(l) - array['complaint_id', 'payment_id'])
                                                        from complaint_line l where l.complaint_id = c.id))
                                          order by c.id)
                         from complaint c where c.payment_id = p.id),
                     'disputes', (select jsonb_agg(to_jsonb(d) - 'payment_id' order by opened_at)
                                  from dispute d where d.payment_id = p.id),
                     'strays', (select jsonb_agg(to_jsonb(s) - 'payment_id' order by seen_at)
                                from stray s where s.payment_id = p.id),
                     'sale', (select to_jsonb(s) from sale s where s.order_id = p.order_id),
                     'documents', (select jsonb_agg(to_jsonb(d) - 'payment_id' order by id)
                                   from document d
                                   -- What is kept for the tax office alone is given to nobody.
                                   where d.payment_id = p.id and not exists (
                                       select from erased_person where person_id = $1)),
                     'ledger', (select jsonb_agg(to_jsonb(l) - array['payment_id', 'party']
                                                 order by id)
                                from ledger_entry l where l.payment_id = p.id)) as row
                 from payment p where customer_id = $1 order by id desc limit 5000) as rows),
             'saved_methods', (select coalesce(jsonb_agg(row), '[]') from (
                 select jsonb_build_object(
                     'id', m.id, 'provider', m.provider, 'account', m.account, 'kind', m.kind,
                     'brand', m.brand, 'last_four', m.last_four, 'expires', m.expires,
                     'payment', m.payment_id, 'consented_at', m.consented_at,
                     'saved_at', m.created_at, 'removed_at', m.removed_at,
                     'detached_at', m.detached_at,
                     'may_be_left_at_provider', exists (
                         select from left_method l
                         where l.method_id = m.id and l.removed_at is null)) as row
                 from saved_method m where customer_id = $1 order by id desc limit 5000) as rows),
             'driver_pay', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(l) - array['payment_id', 'party'] as row
                 from ledger_entry l where account = 'driver_pay' and party = $1::text
                 order by id desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
