-- Notes what the house writes, commit by commit, and makes the one that is wanted wait for a lock
-- that the test holds.
create schema kill_points;

create table kill_points.wrote (
    id   bigint generated always as identity primary key,
    tx   bigint not null,
    what text not null
);
create index wrote_tx on kill_points.wrote (tx, id);
create table kill_points.committed (
    id   bigint generated always as identity primary key,
    what text not null
);
-- Payments up to this one are of flows before.
create table kill_points.before (payment uuid not null);
-- The commit that waits: the nth that looks like this; any, where there is no number.
create table kill_points.stop (
    pattern text not null,
    nth     bigint
);

create function kill_points.wrote() returns trigger
language plpgsql security definer set search_path = kill_points, pg_catalog
as $$
declare
    fresh jsonb := to_jsonb(new);
    stale jsonb := to_jsonb(old);
    more  text;
begin
    more := case
        when tg_op = 'DELETE' then null
        when tg_table_name = 'payment' and stale - 'look_at' = fresh - 'look_at' then 'look'
        when tg_table_name = 'webhook_inbox' and tg_op = 'UPDATE' then
            case when fresh ->> 'handled_at' is not null then 'handled'
                 when fresh ->> 'attempts' <> stale ->> 'attempts' then 'taken'
                 else 'put off' end
        when tg_table_name = 'operation' then
            concat_ws(' ', fresh ->> 'kind',
                case when tg_op = 'INSERT' or fresh ->> 'attempts' = stale ->> 'attempts'
                     then fresh ->> 'state' else 'taken' end)
        when tg_table_name = 'outbox' then
            case when tg_op = 'INSERT' then fresh #>> '{body,data,moved,move}' else 'sent' end
        when tg_table_name in ('ledger_transaction', 'document', 'dispute') then
            concat_ws(' ', fresh ->> 'kind', fresh ->> 'state')
    end;
    insert into wrote (tx, what)
        values (txid_current(), concat_ws(' ', tg_table_name,
            -- The first document of a year counts like any other.
            case when tg_table_name <> 'document_series' then lower(tg_op) end, more));
    return null;
end $$;

-- How the payment of this flow stands, and what its order wants: `authorised/capture`.
create function kill_points.state() returns text
language sql security definer set search_path = kill_points, pg_catalog
as $$
    select coalesce((select state || '/' || wanted from payments.payment
                     where id > all (select payment from before)
                     order by id desc limit 1), 'nothing')
$$;

create function kill_points.commits() returns trigger
language plpgsql security definer set search_path = kill_points, pg_catalog
as $$
declare
    said   text;
    so_far bigint;
begin
    if exists (select from wrote where tx = new.tx and id < new.id) then
        return null;
    end if;
    -- What is carried on is the same however the payment stands.
    select string_agg(what, ', ' order by first)
           || case when bool_and(what like 'message %' or what like 'outbox update %') then ''
                   else ' while ' || state() end
        into said
        from (select what, min(id) as first from wrote where tx = new.tx group by what) as each;
    select count(*) into so_far from committed where what = said;
    insert into committed (what) values (said);
    if exists (select from stop where said like pattern and (nth is null or nth = so_far + 1)) then
        perform pg_advisory_xact_lock(7031975);
    end if;
    return null;
end $$;

create constraint trigger commits after insert on kill_points.wrote
    deferrable initially deferred for each row execute function kill_points.commits();

do $$
declare
    one text;
begin
    for one in select table_name from information_schema.tables
               where table_schema = 'payments' and table_type = 'BASE TABLE'
                 and table_name not in ('_migrations', 'closing', 'closed_balance')
    loop
        execute format('create trigger kill_points after insert or update or delete on payments.%I
                        for each row execute function kill_points.wrote()', one);
    end loop;
end $$;
-- What the test itself tells is of orders.
create trigger kill_points_publish after insert on feed.message
    for each row when (new.kind = 'tipple.payments.moved') execute function kill_points.wrote();
create trigger kill_points_take after update or delete on feed.message
    for each row when (old.queue = 'payments') execute function kill_points.wrote();
