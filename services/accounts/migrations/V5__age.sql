-- What is kept of a proof of age: nothing of the document but the hash below.
create table age_proof (
    person_id uuid primary key references person on delete cascade,
    over      smallint not null check (over in (16, 18, 19, 20, 21)),
    method    text not null check (method in ('aamva', 'manual')),
    made_at   timestamptz not null,
    -- Who looked at it: the person's own scanner, or a reviewer.
    made_by   uuid not null,
    until     date not null,
    check ((method = 'manual') = (made_by <> person_id))
);

-- A keyed hash of a document's issuer and number: one document is one person's.
create table age_document (
    hash      bytea primary key,
    person_id uuid not null references person on delete cascade
);
create index age_document_person on age_document (person_id);

-- Someone without a document that a program reads asks people to look.
create table age_review (
    id         uuid primary key,
    person_id  uuid not null references person on delete cascade,
    note       text not null,
    asked_at   timestamptz not null,
    decided_at timestamptz,
    decided_by uuid check (decided_by <> person_id),
    accepted   boolean,
    reason     text,
    check (num_nonnulls(decided_at, decided_by, accepted, reason) in (0, 4))
);
create index age_review_person on age_review (person_id, id);
create unique index age_review_one_open on age_review (person_id) where decided_at is null;
create index age_review_open on age_review (id) where decided_at is null;

drop view known_person;
create view known_person as
select person.*,
       array (select store_id from store_staff
              where person_id = person.id and grade = 'clerk' order by store_id) as clerk_of,
       array (select store_id from store_staff
              where person_id = person.id and grade = 'manager' order by store_id) as manager_of,
       (select coalesce(jsonb_agg(jsonb_build_object('role', 'vendor_owner', 'vendor', vendor_id,
               'stores', (select coalesce(jsonb_agg(store_id order by store_id), '[]')
                          from vendor_store
                          where vendor_store.vendor_id = vendor_owner.vendor_id))
               order by vendor_id), '[]')
        from vendor_owner where person_id = person.id) as owner_of,
       age_proof.over as age_over, age_proof.until as age_until
from person left join age_proof on age_proof.person_id = person.id;
