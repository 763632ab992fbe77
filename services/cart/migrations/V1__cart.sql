-- What a customer is about to buy from one store.
create table cart (
    id          uuid primary key,
    customer_id uuid not null,
    store_id    uuid not null,
    store_name  text not null,
    -- ISO 4217, the store's.
    currency    char(3) not null,
    state       text not null default 'open' check (state in ('open', 'claimed', 'ordered', 'closed')),
    -- cart_api::Destination
    destination jsonb,
    -- Minor units.
    tip         bigint not null default 0 check (tip >= 0),
    -- The order that has it, and the answer that the order was given, as text to the last digit.
    claimed_by  uuid constraint cart_order unique,
    claim       text,
    version     bigint not null default 1,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    constraint cart_claim check (
        (state in ('claimed', 'ordered')) = (claimed_by is not null)
        and (claimed_by is null) = (claim is null))
);
-- One open cart per customer and store.
create unique index cart_open on cart (customer_id, store_id) where state = 'open';
create index cart_mine on cart (customer_id, id) where state in ('open', 'claimed');

-- Orders that are not placed: what they still ask for is refused. Kept for longer than any call
-- can be under way.
create table given_up (
    order_id uuid primary key,
    at       timestamptz not null
);
create index given_up_at on given_up (at);

create table cart_line (
    cart_id    uuid not null references cart on delete cascade,
    product_id uuid not null,
    quantity   int not null check (quantity between 1 and 999),
    added_at   timestamptz not null,
    primary key (cart_id, product_id)
);

create table coupon (
    -- Upper case; what a customer types in any case.
    code              text primary key check (code ~ '^[A-Z0-9_-]{3,40}$'),
    -- Good at every store where absent.
    store_id          uuid,
    -- Of its amounts, where it has any.
    currency          char(3),
    -- coupon::Terms
    terms             jsonb not null,
    valid_from        timestamptz not null,
    valid_until       timestamptz,
    max_uses          int check (max_uses > 0),
    per_customer_uses int check (per_customer_uses > 0),
    used              int not null default 0 check (used >= 0),
    active            boolean not null default true,
    created_at        timestamptz not null,
    constraint coupon_uses check (used <= max_uses),
    constraint coupon_window check (valid_until > valid_from)
);
create index coupon_of_store on coupon (store_id, code);

-- Which coupons the customer has put into the cart.
create table cart_coupon (
    cart_id  uuid not null references cart on delete cascade,
    code     text not null references coupon,
    added_at timestamptz not null,
    primary key (cart_id, code)
);

-- One use of a coupon by one order. Deleted when the order gives the use back.
create table redemption (
    code        text not null references coupon,
    order_id    uuid not null,
    customer_id uuid not null,
    redeemed_at timestamptz not null,
    primary key (order_id, code)
);
create index redemption_of_customer on redemption (code, customer_id);

create table promotion (
    id          uuid primary key,
    -- Good at every store where absent.
    store_id    uuid,
    currency    char(3),
    -- promotion::Terms
    terms       jsonb not null,
    -- Lower goes first.
    priority    int not null,
    valid_from  timestamptz not null,
    valid_until timestamptz,
    active      boolean not null default true,
    created_at  timestamptz not null,
    constraint promotion_window check (valid_until > valid_from)
);
create index promotion_of_store on promotion (store_id, id);

-- Taxes, excise and fees of one store, or of all that have none of their own. Every version is
-- kept; the highest holds.
create table tariff (
    store_id   uuid,
    version    bigint not null check (version > 0),
    -- tariff::Tariff
    body       jsonb not null,
    set_by     uuid,
    created_at timestamptz not null,
    constraint tariff_version unique nulls not distinct (store_id, version)
);
