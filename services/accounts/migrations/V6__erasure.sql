-- People who have been erased: nothing that is told late brings them back.
create table erased_person (
    person_id uuid primary key,
    at        timestamptz not null
);
-- What was told of a person goes with them.
create index outbox_subject on outbox (subject);
