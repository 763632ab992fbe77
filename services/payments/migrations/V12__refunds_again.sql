-- What goes back because the order ended is all that is left, however often something is left again: a
-- refund came to us, or a dispute was won. Other refunds are done once.
drop index operation_refund;
create unique index operation_refund on operation (payment_id, source)
    where kind = 'refund' and (ended_at is null or state = 'done' and source <> 'order');
