-- One purchase from one store. `contents` and what belongs to it is known once the cart is claimed.
create table orders (
    id                  uuid primary key,
    -- What people say on the telephone: K7Q2-9F.
    number              text not null constraint orders_number unique,
    customer_id         uuid not null,
    cart_id             uuid not null,
    state               text not null check (state in
                            ('placing', 'placed', 'paid', 'accepted', 'packed', 'out_for_delivery',
                             'delivered', 'returning', 'closed', 'cancelled')),
    -- Counts the moves that others were told of.
    version             bigint not null default 0 check (version >= 0),
    -- Counts the rows of `history`.
    entries             int not null default 0 check (entries >= 0),
    expected_amount     bigint not null,
    expected_currency   char(3) not null,
    created_at          timestamptz not null,

    -- While it is `placing`: until when whoever places it may go on undisturbed, which attempt it
    -- is, and, once it has been given up, what is left to undo and to answer.
    leased_until        timestamptz not null,
    attempt             int not null default 1,
    doom                jsonb,

    store_id            uuid,
    currency            char(3),
    total               bigint check (total >= 0),
    -- Fees and tip: what belongs to no line.
    charges             bigint check (charges >= 0),
    -- Store, destination and quote as they were agreed to.
    contents            jsonb,
    verdict_id          uuid,
    preparation_minutes int check (preparation_minutes >= 0),

    -- What the customer's browser needs to pay.
    payment             jsonb,
    placed_at           timestamptz,
    pay_by              timestamptz,
    accept_by           timestamptz,
    captured_at         timestamptz,
    driver_id           uuid,
    driver_name         text,
    eta                 timestamptz,
    -- What goes back to the customer for what came back from the door.
    refund              bigint not null default 0 check (refund >= 0),
    -- Why it was cancelled or came back.
    reason              text,
    changed_at          timestamptz not null,

    constraint orders_refund_within_total check (refund = 0 or refund <= total),
    constraint orders_contents_known check
        (state in ('placing', 'cancelled')
         or (placed_at is not null and store_id is not null and currency is not null
             and total is not null and charges is not null and contents is not null
             and verdict_id is not null and preparation_minutes is not null
             and payment is not null and pay_by is not null)),
    constraint orders_paid_to_accept check (state <> 'paid' or accept_by is not null),
    constraint orders_captured_before_leaving check
        (state not in ('out_for_delivery', 'delivered', 'returning', 'closed')
         or captured_at is not null),
    constraint orders_reason_given check
        (state not in ('cancelled', 'returning', 'closed') or reason is not null)
);

-- At most one live order per cart.
create unique index orders_live_cart on orders (cart_id) where state <> 'cancelled';
create index orders_of_customer on orders (customer_id, id desc) where placed_at is not null;
create index orders_placed_ones on orders (id desc) where placed_at is not null;
create index orders_queue on orders (store_id, id) where state in ('paid', 'accepted', 'packed');
create index orders_placing on orders (leased_until) where state = 'placing';
create index orders_unpaid on orders (pay_by) where state = 'placed';
create index orders_unanswered on orders (accept_by) where state = 'paid';

create table order_line (
    id             uuid primary key,
    order_id       uuid not null references orders,
    position       int not null,
    product_id     uuid not null,
    name           text not null,
    category       text not null,
    drink          jsonb not null,
    quantity       int not null check (quantity between 1 and 999),
    -- Units that changed hands at the door.
    delivered      int not null default 0,
    net_unit_price bigint not null check (net_unit_price >= 0),
    total          bigint not null check (total >= 0),
    constraint order_line_position unique (order_id, position),
    constraint order_line_delivered check (delivered between 0 and quantity)
);

-- What happened to an order, in order; nobody changes or deletes a row of it.
create table history (
    order_id   uuid not null references orders,
    seq        int not null check (seq > 0),
    -- The order's version after it.
    version    bigint not null,
    at         timestamptz not null,
    what       text not null,
    from_state text not null,
    to_state   text not null,
    -- In which role: customer, store, operator, payments, delivery, tipple.
    who        text not null,
    person_id  uuid,
    note       jsonb not null,
    -- Whether it is of interest to others than an operator.
    shown      boolean not null,
    primary key (order_id, seq)
);

create function history_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'history is only ever added to';
end $$;
create trigger history_is_kept before update or delete on history
    for each row execute function history_is_kept();

-- An Idempotency-Key and, once there is one, the answer to it.
create table placement (
    customer_id  uuid not null,
    key          text not null check (length(key) between 1 and 255),
    request_hash bytea not null,
    order_id     uuid not null unique references orders,
    started_at   timestamptz not null,
    finished_at  timestamptz,
    status       int check (status between 200 and 499),
    body         jsonb,
    primary key (customer_id, key),
    constraint placement_answered check
        ((finished_at is null) = (status is null) and (status is null) = (body is null))
);
create index placement_finished on placement (finished_at) where finished_at is not null;
