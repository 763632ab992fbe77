-- Limits of refunds: every change is kept, and a raise is looked at by a second person.

create table refund_limit_change (
    id               uuid primary key,
    seq              bigint generated always as identity unique,
    desk             text not null check (desk in ('store', 'support', 'operator')),
    currency         char(3) not null check (currency ~ '^[A-Z]{3}$'),
    -- What held when it was asked for.
    from_per_payment bigint not null check (from_per_payment >= 0),
    from_per_day     bigint not null check (from_per_day >= 0),
    -- What is to hold: of one payment, by whomever and in however many pieces; and by one person in
    -- 24 hours.
    per_payment      bigint not null check (per_payment >= 0),
    per_day          bigint not null check (per_day >= 0),
    asked_by         uuid not null,
    asked_at         timestamptz not null,
    -- When it takes effect where nobody decides; null: not without a second person.
    effective_at     timestamptz
);
create index refund_limit_change_of on refund_limit_change (desk, currency, seq);

create table refund_limit_decision (
    change_id  uuid primary key,
    asked_by   uuid not null,
    agreed     boolean not null,
    decided_by uuid not null,
    decided_at timestamptz not null,
    -- Nobody agrees with themselves.
    constraint refund_limit_two_people check (not agreed or decided_by <> asked_by)
);

insert into refund_limit_change (id, desk, currency, from_per_payment, from_per_day, per_payment,
                                 per_day, asked_by, asked_at, effective_at)
    select gen_random_uuid(), desk, currency, per_payment, per_day, per_payment, per_day,
           changed_by, changed_at, changed_at
    from refund_limit;
drop table refund_limit;

alter table payment
    -- When a browser last came back from the provider, and when the provider was last asked for that.
    add column came_back_at timestamptz,
    add column return_asked_at timestamptz;

-- What customers kept at an account that is not in the settings any more: erased here, and perhaps
-- still there.
create table left_method (
    method_id    uuid primary key,
    provider     text not null,
    account      text not null,
    -- Our key, by which the provider's customer can be found there.
    customer_key uuid,
    erased_at    timestamptz not null,
    -- Since an operator has removed it there.
    removed_by   uuid,
    removed_at   timestamptz,
    constraint left_method_removed check ((removed_at is null) = (removed_by is null)
        and (removed_at is null or customer_key is null))
);

alter table payout
    -- None where it was drawn up by itself, when it was due.
    alter column made_by drop not null;

-- The money of a payout has left the bank.
create table payout_sent (
    payout_id uuid primary key,
    sent_by   uuid not null,
    at        timestamptz not null
);
insert into payout_sent (payout_id, sent_by, at) select id, made_by, at from payout;

do $$
declare
    kept text;
begin
    foreach kept in array array['refund_limit_change', 'refund_limit_decision', 'payout_sent'] loop
        execute format('create trigger ledger_is_kept before update or delete on %I
                        for each row execute function ledger_is_kept()', kept);
        execute format('create trigger ledger_is_whole before truncate on %I
                        for each statement execute function ledger_is_kept()', kept);
        execute format('revoke update, delete, truncate on %I from current_user', kept);
    end loop;
end $$;
