-- What could not be handled, oldest first.
create index message_dead on message (seq) where dead_at is not null;
