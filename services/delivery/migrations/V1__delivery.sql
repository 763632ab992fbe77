-- People who deliver, as accounts told of them.
create table driver (
    id         uuid primary key,
    given_name text not null,
    -- Whether the person still has the role.
    active     boolean not null,
    -- Of the newest event about the person.
    version    bigint not null
);

create table shift (
    id           uuid primary key,
    driver       uuid not null references driver,
    began_at     timestamptz not null,
    ended_at     timestamptz,
    -- Where the driver was last, and when that was known.
    lat          double precision not null check (lat between -90 and 90),
    lon          double precision not null check (lon between -180 and 180),
    last_ping_at timestamptz not null,
    -- When anything was heard of the driver, to about a minute.
    seen_at      timestamptz not null,
    check (ended_at is null or ended_at >= began_at)
);
create unique index shift_open on shift (driver) where ended_at is null;

create table job (
    id               uuid primary key,
    order_id         uuid not null constraint job_order unique,
    store_id         uuid not null,
    customer_id      uuid not null,
    -- The order as orders told of it last.
    facts            jsonb not null,
    order_version    bigint not null,
    state            text not null check (state in (
        'waiting', 'offered', 'assigned', 'picked_up', 'arrived', 'handed_over',
        'returning', 'returned', 'lost', 'stopped', 'cancelled')),
    driver           uuid references driver,
    packed           boolean not null,
    captured         boolean not null,
    -- Only what is packed and paid for leaves the store.
    ready            boolean not null generated always as (packed and captured) stored,
    -- When it was, or probably will be, packed.
    ready_at         timestamptz not null,
    store_lat        double precision not null,
    store_lon        double precision not null,
    door_lat         double precision not null,
    door_lon         double precision not null,
    -- When it is expected at the door.
    eta              timestamptz,
    created_at       timestamptz not null,
    assigned_at      timestamptz,
    picked_up_at     timestamptz,
    arrived_at       timestamptz,
    ended_at         timestamptz,
    -- The verdict under which it left the store, and why it did not where it did not.
    dispatch_verdict uuid,
    stop_reasons     jsonb,
    -- What changed hands: [{line, quantity}].
    handed           jsonb,
    alcohol_handed   boolean not null default false,
    -- The check at the door that allowed it.
    allowed_by       uuid,
    refused_because  text,
    note             text,
    constraint job_has_driver check (
        case when state in ('waiting', 'offered') then driver is null
             when state in ('stopped', 'cancelled') then true
             else driver is not null end),
    constraint job_left_lawfully check (
        state not in ('picked_up', 'arrived', 'handed_over', 'returning', 'returned', 'lost')
        or (packed and captured and picked_up_at is not null and dispatch_verdict is not null)),
    constraint job_no_alcohol_without_check check (not alcohol_handed or allowed_by is not null),
    constraint job_handed check ((state = 'handed_over') <= (handed is not null)),
    constraint job_ended check (
        (ended_at is not null)
        = (state in ('handed_over', 'returned', 'lost', 'stopped', 'cancelled')))
);
-- A driver carries at most one order and has at most one more to fetch.
create unique index job_one_assigned on job (driver) where state = 'assigned';
create unique index job_one_carried on job (driver)
    where state in ('picked_up', 'arrived', 'returning');
create index job_waiting on job (created_at) where state = 'waiting';
create index job_of_driver on job (driver, ended_at);
create index job_by_state on job (state, id);
create index job_under_way on job (id) where ended_at is null;

create table offer (
    id          uuid primary key,
    job         uuid not null references job,
    driver      uuid not null references driver,
    offered_at  timestamptz not null,
    expires_at  timestamptz not null,
    answered_at timestamptz,
    state       text not null
        check (state in ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
    check (expires_at > offered_at),
    check ((state = 'open') = (answered_at is null))
);
create unique index offer_open_of_job on offer (job) where state = 'open';
create unique index offer_open_of_driver on offer (driver) where state = 'open';
create index offer_of_job on offer (job);

-- Where drivers were. Rows older than a setting are deleted.
create table ping (
    driver uuid not null references driver,
    at     timestamptz not null,
    lat    double precision not null check (lat between -90 and 90),
    lon    double precision not null check (lon between -180 and 180),
    primary key (driver, at)
);
create index ping_at on ping (at);

-- That somebody's age was checked at a door: never a date of birth, never a document.
create table door_check (
    id            uuid primary key,
    job           uuid not null references job,
    driver        uuid not null references driver,
    at            timestamptz not null,
    -- Until when something may change hands on the strength of it.
    valid_until   timestamptz not null,
    allowed       boolean not null,
    over_age      boolean not null,
    minimum_age   smallint,
    -- The kind of document that was looked at.
    method        text not null,
    -- Codes of the rules that stood against it.
    reasons       text[] not null,
    verdict       uuid not null,
    -- HMAC-SHA256 of kind and number under a key of the house, to know a document again.
    document_hash bytea check (length(document_hash) = 32),
    check (not allowed or (over_age and cardinality(reasons) = 0))
);
create index door_check_of_job on door_check (job, at);
alter table job add foreign key (allowed_by) references door_check;

create table proof (
    id             uuid primary key,
    job            uuid not null references job,
    kind           text not null
        check (kind in ('pick_up', 'hand_over', 'refusal', 'return', 'loss')),
    at             timestamptz not null,
    driver         uuid not null references driver,
    -- Who says so, where that is not the driver, and why.
    told_by        uuid,
    note           text,
    -- Where the driver was, as far as known.
    lat            double precision,
    lon            double precision,
    recipient_name text,
    -- As the app drew it: an SVG path.
    signature      text,
    unique (job, kind),
    check (kind <> 'hand_over' or recipient_name is not null),
    check (kind <> 'loss' or (told_by is not null and note is not null))
);
