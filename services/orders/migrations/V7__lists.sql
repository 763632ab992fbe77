-- Lists of everyone's orders: by when they were placed, of one state or store, newest first.
create index orders_placed_at on orders (placed_at desc, id desc) where placed_at is not null;
create index orders_of_state on orders (state, placed_at desc, id desc) where placed_at is not null;
create index orders_of_store on orders (store_id, placed_at desc, id desc)
    where placed_at is not null;
drop index orders_placed_ones;
