-- Who works at a store is asked by store.
create index store_staff_store on store_staff (store_id, person_id);
create index vendor_owner_vendor on vendor_owner (vendor_id, person_id);
