-- When it is wanted at the door; none for as soon as possible.
alter table cart add column slot_from timestamptz,
                 add column slot_until timestamptz,
                 add constraint cart_slot check (
                     (slot_from is null) = (slot_until is null) and slot_until > slot_from);
