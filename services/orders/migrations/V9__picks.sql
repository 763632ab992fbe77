-- What the customer wants where the store has not all of a line: cart_api::IfMissing.
alter table order_line add column if_missing text not null default 'none'
    check (if_missing in ('none', 'best_match'));
alter table orders
    -- Counts the picks that were begun: the stock is asked to be that of the last of them.
    add column picks int not null default 0 check (picks >= 0),
    -- What was packed other than it was ordered: packing::Kept.
    add column picked jsonb;
