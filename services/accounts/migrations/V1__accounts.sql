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
    version       bigint not null default 1,
    created_at    timestamptz not null
);

-- For which stores a person works.
create table store_staff (
    person_id uuid not null references person on delete cascade,
    store_id  uuid not null,
    primary key (person_id, store_id)
);
