-- What is left of an order when only numbers matter: no customer, no address.
create table order_fact (
    order_id     uuid primary key,
    store_id     uuid not null,
    store_name   text not null,
    currency     text not null check (length(currency) = 3),
    total        bigint not null check (total >= 0),
    refunded     bigint not null default 0 check (refunded >= 0),
    units        bigint not null check (units >= 0),
    state        text not null,
    version      bigint not null,
    placed_at    timestamptz not null,
    -- A sale is an order that was paid and not cancelled.
    paid_at      timestamptz,
    delivered_at timestamptz,
    cancelled_at timestamptz
);
create index order_fact_sale on order_fact (placed_at, store_id)
    where paid_at is not null and cancelled_at is null;

create table order_line (
    line_id    uuid primary key,
    order_id   uuid not null references order_fact,
    product_id uuid not null,
    quantity   bigint not null check (quantity > 0),
    delivered  bigint not null default 0 check (delivered >= 0),
    total      bigint not null
);
create index order_line_order on order_line (order_id);
create index order_line_product on order_line (product_id);

create table delivery_fact (
    order_id        uuid primary key,
    picked_up_at    timestamptz,
    arrived_at      timestamptz,
    handed_over_at  timestamptz,
    refused_because text
);

create table product (
    product_id uuid primary key,
    name       text not null,
    category   text not null,
    active     boolean not null,
    -- 0 while only an order told of it.
    version    bigint not null
);

-- One row per visitor, product and hour: reloading a page counts once.
create table view (
    visitor    text not null check (length(visitor) between 1 and 64),
    product_id uuid not null references product,
    hour       timestamptz not null,
    store_id   uuid,
    -- How the visitor came to the product's page.
    source     text not null check (source in ('list', 'search', 'top_picks', 'direct')),
    primary key (visitor, hour, product_id)
);
create index view_hour on view (hour, product_id);

-- What the background job made of all that; replaced as a whole.
create table score (
    product_id  uuid primary key references product,
    score       double precision not null check (score > 0),
    -- The part of the score that weighs most.
    reason      text not null check (reason in ('popular', 'trending', 'viewed')),
    computed_at timestamptz not null
);
create index score_order on score (score desc, product_id);

-- What operators decided, and never changed afterwards: the newest row of a product holds.
create table curation (
    id         uuid primary key,
    seq        bigint generated always as identity unique,
    product_id uuid not null references product,
    action     text not null check (action in ('pin', 'add', 'remove', 'clear')),
    position   int check (position between 1 and 50),
    until      timestamptz,
    note       text not null,
    decided_by uuid not null,
    decided_at timestamptz not null,
    check ((action = 'pin') = (position is not null))
);
create index curation_product on curation (product_id, seq desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'decisions are only added, never changed';
end $$;
create trigger curation_append_only before update or delete on curation
    for each row execute function refuse_change();
