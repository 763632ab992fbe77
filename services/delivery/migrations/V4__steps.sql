-- When the last step of a job happened: nothing that a driver tells later was before it.
alter table job add column step_at timestamptz;

-- What a driver could tell only later, for want of a network.
create table told_later (
    job         uuid not null references job,
    deed        text not null check (deed in ('arrive', 'hand_over', 'refuse', 'return')),
    happened_at timestamptz not null,
    told_at     timestamptz not null,
    primary key (job, deed),
    check (told_at >= happened_at)
);

-- Shifts and jobs of some days.
create index shift_ended on shift (ended_at) where ended_at is not null;
create index job_ended on job (ended_at) where ended_at is not null and driver is not null;
