-- From when on a driver is sought; and, of what is wanted in a slot, before when it does not leave.
alter table job add column search_from timestamptz, add column leaves_from timestamptz;
update job set search_from = created_at;
alter table job alter column search_from set not null;
drop index job_waiting;
create index job_waiting on job (search_from) where state = 'waiting';
