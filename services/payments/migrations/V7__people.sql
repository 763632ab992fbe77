-- Money that people of the house give back: who asked, who agreed.

-- How much one person may give back alone. Operators' data; where there is no row the settings hold.
create table refund_limit (
    desk        text not null check (desk in ('store', 'support', 'operator')),
    currency    char(3) not null check (currency ~ '^[A-Z]{3}$'),
    -- Of one payment, by whomever and in however many pieces; and by one person in 24 hours.
    per_payment bigint not null check (per_payment >= 0),
    per_day     bigint not null check (per_day >= 0),
    changed_by  uuid not null,
    changed_at  timestamptz not null,
    primary key (desk, currency)
);

create table refund_request (
    id           uuid primary key,
    payment_id   uuid not null references payment,
    amount       bigint not null check (amount > 0),
    currency     char(3) not null,
    code         text not null,
    reason       text not null,
    key          text not null,
    desk         text not null check (desk in ('store', 'support', 'operator')),
    asked_by     uuid not null,
    asked_at     timestamptz not null,
    -- alone: within the limits of whoever asked. waiting: for a second person.
    state        text not null check (state in ('alone', 'waiting', 'approved', 'declined', 'lapsed')),
    lapses_at    timestamptz,
    decided_by   uuid,
    decided_at   timestamptz,
    decision     text,
    operation_id uuid unique references operation,
    constraint refund_request_once unique (payment_id, key),
    constraint refund_request_runs check ((operation_id is not null) = (state in ('alone', 'approved'))),
    constraint refund_request_waits check (state <> 'waiting' or lapses_at is not null),
    constraint refund_request_decided
        check ((decided_by is not null) = (state in ('approved', 'declined'))),
    -- Nobody agrees with themselves.
    constraint refund_request_two_people check (state <> 'approved' or decided_by <> asked_by)
);
create index refund_request_waiting on refund_request (lapses_at) where state = 'waiting';
create index refund_request_asked on refund_request (asked_by, asked_at);
create index refund_request_agreed on refund_request (decided_by, decided_at)
    where decided_by is not null;
