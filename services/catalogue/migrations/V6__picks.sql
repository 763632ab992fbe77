-- Which pick of its order the lines are those of: 0 as it was ordered.
alter table hold add column pick integer not null default 0 check (pick >= 0);
