-- In every service's schema: what it has to tell, and what it has been told.

-- Written in the transaction that made the fact true; the relay sends it on and marks it.
create table outbox (
    id         bigint generated always as identity primary key,
    event_id   uuid not null unique,
    kind       text not null,
    subject    text not null,
    body       jsonb not null,
    created_at timestamptz not null default now(),
    sent_at    timestamptz
);
create index outbox_unsent on outbox (id) where sent_at is null;
create index outbox_sent on outbox (sent_at) where sent_at is not null;

-- Written in the transaction of the follower's effect: a second delivery finds it and does nothing.
create table inbox (
    event_id   uuid primary key,
    handled_at timestamptz not null default now()
);
create index inbox_handled on inbox (handled_at);
