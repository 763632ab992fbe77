-- By when a job that has not ended should have moved: been fetched, been at the door, or left it.
create function moves_by(
    state text, ready_at timestamptz, eta timestamptz, picked_up_at timestamptz, arrived_at timestamptz
) returns timestamptz language sql immutable parallel safe as $$
    select case when state in ('waiting', 'offered') then ready_at
                when state in ('assigned', 'picked_up') then coalesce(eta, picked_up_at, ready_at)
                else coalesce(arrived_at, picked_up_at) end
$$;
create index job_moves_by on job (moves_by(state, ready_at, eta, picked_up_at, arrived_at), id)
    where ended_at is null;
