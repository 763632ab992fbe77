-- What customers ask money back for, and what became of that.

-- When the order was over at its door, and which units changed hands there: `[{"line": …, "units": 2}]`.
-- Of orders that were over before this there is none, and nothing can be asked back for them here.
alter table sale
    add column over_at timestamptz,
    add column handed  jsonb;

create table complaint (
    id         uuid primary key,
    payment_id uuid not null references payment,
    key        text not null,
    -- All that had not been asked for, with the fees and the tip.
    whole      boolean not null,
    reason     text not null check (reason in ('missing', 'wrong_item', 'damaged', 'other')),
    words      text not null,
    -- What was paid for it: no more is given back.
    worth      bigint not null check (worth > 0),
    asked_at   timestamptz not null,
    -- What was agreed to stands open again where its refund was declined, lapsed or failed.
    state      text not null default 'open' check (state in ('open', 'agreed', 'declined')),
    -- For the customer.
    answer     text,
    decided_by uuid,
    decided_at timestamptz,
    request_id uuid unique references refund_request,
    constraint complaint_key unique (payment_id, key),
    constraint complaint_decided check ((decided_by is not null) = (state <> 'open')),
    constraint complaint_given check ((request_id is not null) = (state = 'agreed'))
);
create unique index complaint_whole on complaint (payment_id) where whole;

create table complaint_line (
    complaint_id uuid not null references complaint,
    payment_id   uuid not null references payment,
    line_id      uuid not null,
    -- Units of a line are asked for one after the other: none of them twice.
    first_unit   int not null check (first_unit >= 0),
    units        int not null check (units > 0),
    primary key (complaint_id, line_id),
    constraint complaint_unit_once unique (payment_id, line_id, first_unit)
);
