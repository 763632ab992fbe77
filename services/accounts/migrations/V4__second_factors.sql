-- A person's authenticator app. One that replaces another is not in force until it is confirmed.
create table authenticator (
    person_id    uuid primary key references person on delete cascade,
    -- Sealed; none until the first one is confirmed.
    secret       bytea,
    confirmed_at timestamptz,
    -- The last time step whose code was used: that one and those before are refused.
    last_step    bigint not null default 0,
    next_secret  bytea,
    next_until   timestamptz,
    check ((secret is null) = (confirmed_at is null)),
    check ((next_secret is null) = (next_until is null)),
    check (secret is not null or next_secret is not null)
);

-- Only keyed hashes.
create table recovery_code (
    person_id uuid not null references person on delete cascade,
    hash      bytea not null,
    used_at   timestamptz,
    primary key (person_id, hash)
);

create table passkey (
    id            uuid primary key,
    person_id     uuid not null references person on delete cascade,
    -- As the authenticator names it; so long says WebAuthn.
    credential_id bytea not null constraint passkey_credential unique
                  check (length(credential_id) between 1 and 1023),
    -- Its public key, how often it has signed and what it can, as the library writes them.
    credential    jsonb not null,
    name          text not null,
    created_at    timestamptz not null,
    used_at       timestamptz
);
create index passkey_person on passkey (person_id, id);

-- A WebAuthn ceremony that was begun: its challenge is answered once.
create table ceremony (
    id         uuid primary key,
    -- Who adds a passkey; nobody while it is not known who signs in.
    person_id  uuid references person on delete cascade,
    state      jsonb not null,
    expires_at timestamptz not null
);
create index ceremony_expired on ceremony (expires_at);

-- Someone has shown the first factor and is to show a second one.
create table second_step (
    -- A keyed hash of what the asker was given.
    hash           bytea primary key,
    person_id      uuid not null references person on delete cascade,
    -- How the first factor was shown.
    method         text not null,
    -- What the person's access version was then: what ends sessions ends this too.
    access_version bigint not null,
    -- For a passkey; it is gone once one was tried.
    ceremony       jsonb,
    tries          int not null default 0,
    expires_at     timestamptz not null
);
create index second_step_person on second_step (person_id);
create index second_step_expired on second_step (expires_at);
