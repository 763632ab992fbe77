-- A person without an e-mail address came by a provider that told none; one without a password signs
-- in otherwise.
alter table person
    alter column email drop not null,
    alter column password_hash drop not null,
    add column email_verified_at timestamptz,
    -- E.164.
    add column phone text,
    add column phone_verified_at timestamptz check (phone is not null or phone_verified_at is null),
    add column is_support boolean not null default false,
    add column is_auditor boolean not null default false,
    -- Grows when something that the person may do is taken back: older access tokens end.
    add column access_version bigint not null default 1 check (access_version > 0),
    add column blocked_at timestamptz,
    add column blocked_why text;

alter table store_staff
    add column grade text not null default 'manager' check (grade in ('clerk', 'manager'));
alter table store_staff alter column grade drop default;
alter table store_staff drop constraint store_staff_pkey,
    add primary key (person_id, store_id, grade);

create table vendor_owner (
    person_id uuid not null references person on delete cascade,
    vendor_id uuid not null,
    primary key (person_id, vendor_id)
);

-- What the catalogue tells: which stores a vendor has.
create table vendor_store (
    store_id  uuid primary key,
    vendor_id uuid not null,
    version   bigint not null
);
create index vendor_store_vendor on vendor_store (vendor_id, store_id);

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
        from vendor_owner where person_id = person.id) as owner_of
from person;

-- Someone signed in on one device.
create table session (
    id         uuid primary key,
    person_id  uuid not null references person on delete cascade,
    -- How it began: password, google, passkey, ...
    method     text not null,
    device     text not null,
    address    text not null,
    -- Whether a second factor was shown.
    strong     boolean not null,
    created_at timestamptz not null,
    used_at    timestamptz not null,
    -- Moves on with each use, up to a limit.
    expires_at timestamptz not null,
    ended_at   timestamptz,
    ended_why  text,
    check ((ended_at is null) = (ended_why is null))
);
create index session_person on session (person_id, id);
create index session_expired on session (expires_at);

-- Only hashes. A spent one that comes again ends its session.
create table refresh_token (
    hash       bytea primary key,
    session_id uuid not null references session on delete cascade,
    made_at    timestamptz not null,
    spent_at   timestamptz
);
create index refresh_token_session on refresh_token (session_id);
create index refresh_token_spent on refresh_token (spent_at) where spent_at is not null;
create unique index refresh_token_live on refresh_token (session_id) where spent_at is null;

-- Whose access tokens hold no longer although their time is not over. Whoever asks for news
-- remembers the horizon of what it has seen, so a row that is committed late is not missed.
create table ended_access (
    id         bigint generated always as identity primary key,
    xid        xid8 not null default pg_current_xact_id(),
    session_id uuid,
    person_id  uuid,
    version    bigint,
    until      timestamptz not null,
    check (num_nonnulls(session_id, person_id) = 1),
    check ((person_id is null) = (version is null))
);
create index ended_access_xid on ended_access (xid);
create index ended_access_until on ended_access (until);

-- The Ed25519 keys that sign access tokens, sealed.
create table signing_key (
    kid        text primary key,
    sealed     bytea not null,
    public     bytea not null check (length(public) = 32),
    made_at    timestamptz not null,
    signs_from timestamptz not null,
    -- Given up at once: its tokens hold no longer.
    revoked_at timestamptz
);
create index signing_key_signs on signing_key (signs_from);

-- A code or link on its way: used once, for one purpose, by one account, for a short time.
create table flow (
    id         uuid primary key,
    purpose    text not null,
    email      text,
    phone      text,
    person_id  uuid references person on delete cascade,
    -- What is to be done once the code is shown.
    data       jsonb not null default '{}',
    -- Made when the letter is written, and again when it is written again.
    code_hash  bytea,
    codes_made int not null default 0,
    tries      int not null default 0,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    check (num_nonnulls(email, phone) = 1)
);
create index flow_expired on flow (expires_at);
create index flow_person on flow (person_id) where person_id is not null;
create index flow_email on flow (email) where email is not null;

-- How often something was tried of late: by account and network, by account, by address, ...
create table attempt (
    -- A keyed hash of what is counted.
    key      bytea primary key,
    failures int not null,
    -- Not before then.
    free_at  timestamptz not null,
    -- When it is forgotten.
    until    timestamptz not null
);
create index attempt_until on attempt (until);

-- Devices on which someone has signed in before: strangers' failures do not slow them down.
create table known_device (
    hash      bytea primary key,
    person_id uuid not null references person on delete cascade,
    used_at   timestamptz not null
);
create index known_device_person on known_device (person_id, used_at);

create table machine_client (
    id          uuid primary key,
    name        text not null,
    secret_hash bytea not null,
    -- Roles as JSON, and what of them it may use.
    roles       jsonb not null,
    scopes      text[] not null check (cardinality(scopes) > 0),
    made_by     uuid not null,
    made_at     timestamptz not null,
    used_at     timestamptz,
    ended_at    timestamptz
);

-- Who did what to whom. Nothing in it is ever changed.
create table audit (
    id         bigint generated always as identity primary key,
    at         timestamptz not null,
    -- Nobody for what happened by itself.
    actor      uuid,
    session_id uuid,
    -- Such as `roles_set`, `session_ended`.
    action     text not null,
    subject    uuid,
    facts      jsonb not null default '{}',
    request_id text
);
create index audit_actor on audit (actor, id);
create index audit_subject on audit (subject, id);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only';
end $$;
create trigger audit_kept before update or delete on audit
    for each row execute function audit_is_append_only();
create trigger audit_not_emptied before truncate on audit
    for each statement execute function audit_is_append_only();
