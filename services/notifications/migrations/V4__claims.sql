-- Which sender claimed it: what it claimed and does not have in hand surely did not go out.
alter table message add column claimed_by uuid;
