-- People who have been erased: nothing that is told late brings them back.
create table erased_person (
    person_id uuid primary key,
    at        timestamptz not null
);
create index job_customer on job (customer_id);
create index offer_of_driver on offer (driver);
create index proof_of_driver on proof (driver);

-- What has been told about an order goes with whoever ordered or brought it.
create index outbox_subject on outbox (subject);

-- An order as it was told, less whom it was for: of the door only about where it is.
create function without_person(facts jsonb) returns jsonb language sql immutable as $$
    select jsonb_set(facts, '{destination}', jsonb_build_object(
        'recipient', '', 'address', '', 'instructions', '',
        'place', jsonb_build_object(
            'lat', round((facts #>> '{destination,place,lat}')::numeric),
            'lon', round((facts #>> '{destination,place,lon}')::numeric))))
$$;
