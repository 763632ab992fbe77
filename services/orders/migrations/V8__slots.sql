-- When the store has to have it packed: its queue goes by that.
alter table orders add column due_at timestamptz;
update orders set due_at = placed_at + make_interval(mins => preparation_minutes)
where placed_at is not null;
alter table orders add constraint orders_due check
    (state in ('placing', 'cancelled') or due_at is not null);
drop index orders_queue;
create index orders_queue on orders (store_id, due_at, id)
    where state in ('paid', 'accepted', 'packed');
