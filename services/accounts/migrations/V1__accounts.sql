create table person (
    id            uuid primary key,
    -- Lower case; what a person signs in with.
    email         text not null constraint person_email unique,
    password_hash text not null,
    given_name    text not null,
    family_name   text not null,
    date_of_birth date,
    language      text not null default 'en-US',
    is_customer   boolean not null default true,
    is_driver     boolean not null default false,
    is_operator   boolean not null default false,
    version       bigint not null default 1 check (version > 0),
    created_at    timestamptz not null
);
-- The operators' list, and its search by how an address begins.
create index person_by_email on person (email collate "C");
create index person_operators on person (id) where is_operator;

-- For which stores a person works.
create table store_staff (
    person_id uuid not null references person on delete cascade,
    store_id  uuid not null,
    primary key (person_id, store_id)
);

-- A person with the stores that make up the roles.
create view known_person as
select person.*, array (select store_id from store_staff where person_id = person.id
                        order by store_id) as stores
from person;

create table address (
    id           uuid primary key,
    person_id    uuid not null references person on delete cascade,
    label        text not null,
    -- A word of the law: home, office, hotel, ... as JSON text; null where nobody said.
    kind         jsonb,
    recipient    text not null,
    address      text not null,
    instructions text not null,
    lat          double precision not null check (lat between -90 and 90),
    lon          double precision not null check (lon between -180 and 180),
    is_default   boolean not null,
    version      bigint not null default 1 check (version > 0),
    created_at   timestamptz not null
);
create index address_of_person on address (person_id, id);
create unique index address_default on address (person_id) where is_default;
