-- Which pick of its order the lines are those of: 0 as it was ordered.
alter table hold add column pick integer not null default 0 check (pick >= 0);

-- What a pick says is not there is taken off what is on hand as a count that names its order. A later
-- pick of the same order may know better, so there may be several.
alter table movement drop constraint movement_order,
    add constraint movement_order check (case
        when kind in ('sale', 'return') then order_id is not null
        when kind in ('write_off', 'count') then true else order_id is null end);
drop index movement_once;
create unique index movement_once on movement (order_id, product_id, kind)
    where order_id is not null and kind <> 'count';
create index movement_of_pick on movement (order_id, product_id)
    where order_id is not null and kind = 'count';
