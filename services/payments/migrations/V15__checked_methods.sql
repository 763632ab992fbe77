-- What was saved anew while its provider may have been letting go of it: when it is asked whether it is
-- still kept there.
alter table saved_method add column check_at timestamptz;
create index saved_method_check on saved_method (check_at) where check_at is not null;
