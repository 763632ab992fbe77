-- In every service's schema. Numbers from 9001 on are of the tables that all services have.

-- When the carrier had nothing left to do for an event: one that keeps its queues in the database has
-- none as soon as it has it, one with a broker when every queue that wants it has it behind itself.
alter table outbox add column settled_at timestamptz;
update outbox set settled_at = sent_at where sent_at is not null;
-- What came before an event of the same subject and may still be on its way.
create index outbox_unsettled on outbox (subject, id) where settled_at is null;
-- What the sweeper looks after.
create index outbox_unswept on outbox (id) where sent_at is not null and settled_at is null;
