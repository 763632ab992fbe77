-- Who someone is at a provider.
create table identity (
    provider        text not null,
    -- The provider's own name for the person.
    subject         text not null,
    person_id       uuid not null references person on delete cascade,
    -- Lower case, as the provider told it last, and whether it vouches for it.
    email           text,
    email_vouched   boolean not null check (email is not null or not email_vouched),
    -- Whether mail to it arrives, and when the provider said so.
    email_reachable boolean not null default true,
    email_told_at   timestamptz,
    -- Sealed: what revokes our access there.
    refresh_token   bytea,
    linked_at       timestamptz not null,
    used_at         timestamptz not null,
    constraint identity_known primary key (provider, subject),
    constraint identity_once unique (person_id, provider)
);

-- A sign-in that is under way at a provider. Secrets that come back to us are kept as hashes; nonce
-- and verifier are worth nothing without the provider's code.
create table provider_flow (
    id            uuid primary key,
    provider      text not null,
    secret_hash   bytea not null,
    state_hash    bytea not null constraint provider_flow_state unique,
    nonce         text not null,
    verifier      text not null,
    return_path   text not null,
    -- Who links an identity to their account; nobody for a sign-in.
    person_id     uuid references person on delete cascade,
    made_at       timestamptz not null,
    expires_at    timestamptz not null,
    -- When the browser came back, which it does once.
    back_at       timestamptz,
    -- Why that did not sign anyone in.
    failure       text,
    -- Who the provider says it is, until that is redeemed.
    subject       text,
    identity      jsonb,
    refresh_token bytea,
    ticket_hash   bytea,
    redeemed_at   timestamptz,
    check (back_at is not null or (failure is null and ticket_hash is null)),
    check (ticket_hash is not null or (identity is null and redeemed_at is null))
);
create index provider_flow_expires on provider_flow (expires_at);
create index provider_flow_subject on provider_flow (provider, subject) where subject is not null;
create index provider_flow_person on provider_flow (person_id) where person_id is not null;

-- Access at a provider that is to be given back; nothing says whose it was.
create table provider_revocation (
    id       uuid primary key,
    provider text not null,
    token    bytea not null,
    tries    int not null default 0,
    due_at   timestamptz not null
);
create index provider_revocation_due on provider_revocation (due_at);

-- That a provider asked to delete what is kept of someone. The code is all that its person has to
-- ask with, and nothing else leads from it to them.
create table deletion_request (
    code     text primary key,
    provider text not null,
    done_at  timestamptz not null
);
