-- When the store has to have it packed: its queue goes by that. The release before does not say it
-- while it still runs; what is not said is when it was placed.
alter table orders add column due_at timestamptz,
    -- What the customer was shown of when it is wanted: cart_api::ExpectedSlot.
    add column expected_slot jsonb;
update orders set due_at = placed_at + make_interval(mins => preparation_minutes)
where placed_at is not null;
drop index orders_queue;
create index orders_queue on orders (store_id, coalesce(due_at, placed_at), id)
    where state in ('paid', 'accepted', 'packed');
