-- What whoever brings it is paid, the tip aside, in minor units of the order's currency: as it was said
-- when the job was made. None where it was not said.
alter table job add column pay bigint check (pay >= 0);
