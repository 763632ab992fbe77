-- The embedded carrier: which queue wants which kinds, and what waits in each queue.

create table binding (
    queue text not null,
    kind  text not null,
    primary key (queue, kind)
);

create table message (
    seq      bigint generated always as identity primary key,
    queue    text not null,
    event_id uuid not null,
    kind     text not null,
    subject  text not null,
    body     jsonb not null,
    attempts int not null default 0,
    -- Not before then; a message that waits for an earlier one of its subject has that one's time, so
    -- that nobody looks at it again and again meanwhile.
    due_at   timestamptz not null default now(),
    -- Set when it could not be handled: a dead letter, to be looked at and replayed.
    dead_at  timestamptz,
    error    text,
    unique (queue, event_id)
);
create index message_waiting on message (queue, subject, seq) where dead_at is null;
create index message_due on message (queue, due_at, seq) where dead_at is null;
