-- People who have been erased: nothing that is told late brings them back.
create table erased_person (
    person_id uuid primary key,
    at        timestamptz not null
);

-- What has been told about an order goes with whoever ordered it.
create index outbox_subject on outbox (subject);
create index orders_of_driver on orders (driver_id) where driver_id is not null;
create index history_of_person on history (person_id) where person_id is not null;

-- What was agreed to, less whom it was for: of the door only about where it is.
create function without_person(contents jsonb) returns jsonb language sql immutable as $$
    select jsonb_set(contents, '{destination}', jsonb_build_object(
        'recipient', '', 'address', '', 'instructions', '',
        'place', jsonb_build_object(
            'lat', round((contents #>> '{destination,place,lat}')::numeric),
            'lon', round((contents #>> '{destination,place,lon}')::numeric))))
$$;

-- What may stay of a note: amounts, and reasons that are words of ours rather than a person's.
create function without_words(note jsonb, what text, person_id uuid) returns jsonb
    language sql immutable as $$
    select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(note)
    where what <> 'ignored'
      and (key in ('stock', 'money', 'refund', 'amount', 'eta')
           or key = 'reason' and (what in ('returning', 'lost', 'payment_declined')
                                  or what = 'cancelled' and person_id is null))
$$;

-- What happened stays. What somebody said about it goes with whoever is erased: the customer, the
-- driver, whoever said it.
create or replace function history_is_kept() returns trigger language plpgsql
    set search_path from current as $$
begin
    if tg_op = 'UPDATE' and to_jsonb(new) - 'note' = to_jsonb(old) - 'note' and exists (
        select from erased_person e join orders o on o.id = old.order_id
        where e.person_id in (o.customer_id, o.driver_id, old.person_id)) then
        return new;
    end if;
    raise exception 'history is only ever added to';
end $$;
