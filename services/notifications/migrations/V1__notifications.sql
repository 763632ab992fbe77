-- Who an order belongs to: events of delivery and payments name only the order.
create table known_order (
    order_id    uuid primary key,
    customer_id uuid not null,
    number      text not null,
    store_name  text not null,
    -- When it was last told of.
    told_at     timestamptz not null
);
create index known_order_told on known_order (told_at);

-- News of an order that came before the order's own: told as soon as it is known whose it is.
create table early_news (
    dedupe_key text primary key,
    order_id   uuid not null,
    kind       jsonb not null,
    facts      jsonb not null,
    told_at    timestamptz not null
);
create index early_news_order on early_news (order_id);
create index early_news_told on early_news (told_at);

create table message (
    id         uuid primary key,
    -- To a person or to a store.
    person_id  uuid,
    store_id   uuid,
    order_id   uuid,
    kind       text not null,
    channel    text not null check (channel in ('smtp', 'dry')),
    recipient  text not null,
    subject    text not null,
    text       text not null,
    html       text not null,
    -- pending: not tried yet.          sending: claimed by a sender, may be out already.
    -- failed:  surely not sent, will be tried again at next_at.
    -- sent.    dead: surely not sent, given up.
    -- unknown: nobody knows whether it went out; never sent again.
    state      text not null default 'pending'
               check (state in ('pending', 'sending', 'failed', 'sent', 'dead', 'unknown')),
    attempts   int not null default 0 check (attempts >= 0),
    next_at    timestamptz not null,
    claimed_at timestamptz,
    sent_at    timestamptz,
    error      text,
    -- What it tells of: `order/<id>/<version>`, `event/<id>`.
    dedupe_key text not null,
    created_at timestamptz not null,
    -- At most one message per change and channel.
    constraint message_once unique (dedupe_key, channel),
    check (num_nonnulls(person_id, store_id) = 1),
    check ((state = 'sent') = (sent_at is not null)),
    check (state <> 'sending' or claimed_at is not null)
);
create index message_due on message (next_at) where state in ('pending', 'failed');
create index message_claimed on message (claimed_at) where state = 'sending';
create index message_ended on message (created_at) where state in ('sent', 'dead', 'unknown');
create index message_person on message (person_id, id) where person_id is not null;
create index message_order on message (order_id) where order_id is not null;
