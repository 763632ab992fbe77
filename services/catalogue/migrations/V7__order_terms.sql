-- What a store's own people say of orders: a while in which it takes none but for later, which ends
-- by itself, and how much one has to be worth.
alter table store
    add column paused_until timestamptz,
    -- For customers to read.
    add column pause_reason text check (length(pause_reason) between 1 and 200),
    -- Minor units of the store's currency: goods at list price. None for any.
    add column least_order_minor bigint check (least_order_minor between 1 and 1000000000000),
    add constraint store_pause check ((paused_until is null) = (pause_reason is null));
