-- A place with alcohol laws of its own.
create table jurisdiction (
    -- As in ISO 3166-2, with more parts for counties and cities: US-IA, US-IA-DSM.
    code      text primary key check (code ~ '^[A-Z]{2}(-[A-Z0-9]{1,10}){0,3}$'),
    name      text not null,
    -- IANA name.
    time_zone text not null,
    -- A kernel Zone.
    area      jsonb not null,
    -- The larger one that this one lies in; where both contain a place, this one counts.
    parent    text references jurisdiction,
    version   bigint not null default 1 check (version > 0),
    check (parent <> code)
);

-- The rules of a jurisdiction. A version is never edited; the newest that is in force counts.
create table rulebook (
    jurisdiction text not null references jurisdiction,
    version      int not null check (version > 0),
    valid_from   timestamptz not null,
    body         jsonb not null,
    created_at   timestamptz not null,
    primary key (jurisdiction, version)
);

create function keep_as_written() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % is never edited', tg_table_name;
end $$;

create trigger rulebook_is_append_only before update or delete on rulebook
    for each row execute function keep_as_written();

-- What a store may sell, and until when.
create table licence (
    store_id    uuid primary key,
    number      text not null,
    classes     text[] not null check (classes <@ array['beer', 'wine', 'spirits']),
    -- The first and the last day, by the store's calendar.
    valid_from  date not null,
    valid_until date not null,
    suspended   boolean not null,
    version     bigint not null default 1 check (version > 0),
    check (valid_from <= valid_until)
);

-- What people stated to accounts; the newest that has been told.
create table person (
    person_id     uuid primary key,
    date_of_birth date,
    version       bigint not null
);

-- What the law said: why it was sold, or refused.
create table verdict (
    id          uuid primary key,
    moment      text not null,
    subject     text not null,
    at          timestamptz not null,
    allowed     boolean not null,
    reasons     jsonb not null,
    minimum_age smallint,
    -- <jurisdiction>@<version> of each rulebook applied.
    rules       jsonb not null,
    -- Without the date of birth that was shown: only whether it was enough.
    facts       jsonb not null,
    created_at  timestamptz not null,
    check (allowed = (reasons = '[]'))
);
create index verdict_of_subject on verdict (subject, id);

create trigger verdict_is_not_edited before update on verdict
    for each row execute function keep_as_written();
