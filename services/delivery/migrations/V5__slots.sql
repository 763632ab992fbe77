-- From when on a driver is sought, where not from when it was made; and, of what is wanted in a slot,
-- before when it does not leave. The release before says neither while it still runs.
alter table job add column search_from timestamptz, add column leaves_from timestamptz;
drop index job_waiting;
create index job_waiting on job (coalesce(search_from, created_at)) where state = 'waiting';
