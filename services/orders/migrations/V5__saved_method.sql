-- The saved way to pay that the customer chose, and whether what they pay with is to be kept.
alter table orders add column saved_method uuid,
                   add column save_method boolean not null default false;
