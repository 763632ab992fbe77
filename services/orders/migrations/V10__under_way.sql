-- By when what comes next with an order has to have happened: its store's answer, being packed, being at the
-- door. What nobody said when to expect has waited since it was placed.
create function next_by(
    state text, placed_at timestamptz, accept_by timestamptz, due_at timestamptz, eta timestamptz
) returns timestamptz language sql immutable parallel safe as $$
    select coalesce(case when state = 'paid' then accept_by
                         when state in ('accepted', 'packed') then due_at
                         else eta end, placed_at)
$$;

-- What is under way, what presses most first: of all stores, and of one, where what waits for an answer comes
-- before all else.
create index orders_under_way on orders (next_by(state, placed_at, accept_by, due_at, eta), id)
    include (store_id, state)
    where state in ('paid', 'accepted', 'packed', 'out_for_delivery', 'returning');
drop index orders_queue;
create index orders_queue
    on orders (store_id, (state <> 'paid'), next_by(state, placed_at, accept_by, due_at, eta), id)
    where state in ('paid', 'accepted', 'packed');
