-- Carts into which something was put, and when that was first.
create table cart_fact (
    cart_id   uuid primary key,
    store_id  uuid not null,
    filled_at timestamptz not null
);
create index cart_fact_filled on cart_fact (filled_at, store_id);

-- Orders of a day, whatever became of them.
create index order_fact_placed on order_fact (placed_at, store_id);
