-- What was agreed to, where less or other things were packed: money that a payment took which another
-- has superseded is of that.
alter table sale add column agreed jsonb;
