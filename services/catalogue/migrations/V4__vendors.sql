-- Counts the changes of a vendor.
alter table vendor add column version bigint not null default 1 check (version > 0);

-- Stores of one vendor, and those that are switched off, in the order of name.
create index store_of_vendor on store (vendor_id, lower(name), id);
create index store_inactive on store (lower(name), id) where not active;
