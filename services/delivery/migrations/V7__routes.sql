-- Whether the time in eta is by the built-in estimate, and when a router was last asked about it. All that
-- is kept of a router's answer is that time, until it is at the door or has ended.
alter table job
    add column eta_rough    boolean not null default true,
    add column eta_asked_at timestamptz;

-- Until when a round of offers asks a router about its ways, so that no other does too.
create table round_asking (
    one   boolean primary key default true check (one),
    until timestamptz not null
);
insert into round_asking (until) values ('2026-01-01T00:00:00Z');
