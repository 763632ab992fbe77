-- What the carrier needs beside a broker, which may lose, repeat and reorder.

-- What was sent before a queue wanted its kind is nothing that the queue waits for.
alter table binding add column since timestamptz not null default now();

-- What the broker has been told to bring to a queue: a superset of what it brings.
create table bound (
    queue text not null,
    kind  text not null,
    primary key (queue, kind)
);

-- What a queue has behind it, handled or as a dead letter.
create table handled (
    event_id   uuid not null,
    queue      text not null,
    handled_at timestamptz not null default now(),
    primary key (event_id, queue)
);
create index handled_at on handled (handled_at);

-- The event of the same subject that has to be handled before; it may not have come yet. Such a row is
-- not due: it is called when that one is handled, and `due_at` is when nobody waits any longer.
alter table message add column after uuid;
create index message_after on message (queue, after) where after is not null and dead_at is null;
