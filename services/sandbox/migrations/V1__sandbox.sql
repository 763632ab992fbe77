-- A stand-in payment provider. Card numbers are never kept: their last four digits are.

create table intent (
    id                  text primary key,
    client_secret       text not null,
    amount              bigint not null check (amount > 0),
    currency            text not null check (currency ~ '^[a-z]{3}$'),
    automatic           boolean not null,
    status              text not null check (status in ('requires_payment_method',
                            'requires_action', 'requires_capture', 'succeeded', 'canceled')),
    received            bigint not null default 0,
    refunded            bigint not null default 0,
    description         text,
    metadata            jsonb not null,
    return_url          text,
    card_last4          text check (card_last4 ~ '^[0-9]{4}$'),
    -- The card that takes effect and then keeps the caller waiting.
    stalls              boolean not null default false,
    last_error          jsonb,
    cancellation_reason text,
    -- When an unpaid intent, or later an authorisation, ends by itself.
    ends_at             timestamptz,
    created_at          timestamptz not null,
    constraint intent_amounts check (0 <= refunded and refunded <= received and received <= amount),
    constraint intent_received check (received = 0 or status = 'succeeded')
);
create index intent_ends on intent (ends_at)
    where status in ('requires_payment_method', 'requires_action', 'requires_capture');

create table refund (
    id         text primary key,
    intent_id  text not null references intent,
    amount     bigint not null check (amount > 0),
    reason     text,
    metadata   jsonb not null,
    created_at timestamptz not null
);
create index refund_intent on refund (intent_id, created_at);

-- A write that was asked for under a key, and what was answered.
create table answered (
    key        text primary key,
    -- SHA-256 of what was asked.
    asked      text not null,
    status     integer,
    body       jsonb,
    created_at timestamptz not null
);
create index answered_created on answered (created_at);

create table event (
    seq        bigint generated always as identity primary key,
    id         text not null unique,
    kind       text not null,
    intent_id  text not null references intent,
    -- The very text that is signed and sent.
    body       text not null,
    created_at timestamptz not null
);
create index event_created on event (created_at);

-- One sending of one event to the merchant's endpoint.
create table delivery (
    id           bigint generated always as identity primary key,
    event_seq    bigint not null references event,
    attempts     integer not null default 0,
    due_at       timestamptz not null,
    error        text,
    -- Delivered, or given up.
    ended_at     timestamptz
);
create index delivery_of_event on delivery (event_seq);
create index delivery_due on delivery (due_at) where ended_at is null;

-- How webhooks misbehave, as the tester asked.
create table mischief (
    only_one boolean primary key default true check (only_one),
    repeat   integer not null default 1 check (repeat between 1 and 10),
    reorder  boolean not null default false,
    delay_ms bigint not null default 0 check (delay_ms between 0 and 3600000),
    hold     boolean not null default false
);
insert into mischief default values;

-- The next so many calls of an operation that fail, before or after taking effect.
create table fault (
    operation text not null,
    moment    text not null check (moment in ('before', 'after')),
    remaining integer not null check (remaining >= 0),
    primary key (operation, moment)
);
