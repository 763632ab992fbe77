-- All licences, those that end first first.
create index licence_ends on licence (valid_until, store_id);
