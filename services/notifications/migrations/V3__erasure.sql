-- People who have been erased: nothing that is told late brings them back.
create table erased_person (
    person_id uuid primary key,
    at        timestamptz not null
);
create index known_order_customer on known_order (customer_id);
