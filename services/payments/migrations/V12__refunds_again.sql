-- What goes back because the order ended is all that is left, however often something is left again: a
-- refund came to us, or a dispute was won. Other refunds are done once.
drop index operation_refund;
create unique index operation_refund on operation (payment_id, source)
    where kind = 'refund' and (ended_at is null or state = 'done' and source <> 'order');

alter table payment
    -- How often what its provider showed has changed something: what was asked for before that is old.
    add column changes bigint not null default 0;
