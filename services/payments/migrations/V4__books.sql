-- The books: double entry by account and party, added to and never changed.

-- What an order's money is made of. Its parts are numbered as they stand in `body`: those of the
-- lines first, then the charges.
create table sale (
    order_id      uuid primary key,
    vendor_id     uuid not null,
    store_id      uuid not null,
    currency      char(3) not null check (currency ~ '^[A-Z]{3}$'),
    total         bigint not null check (total > 0),
    -- The vendor's commission when it was sold, in hundredths of a percent of the goods.
    commission_bp integer not null check (commission_bp between 0 and 10000),
    recipient     text not null,
    address       text not null,
    -- payments_api::Sale without recipient and address
    body          jsonb not null,
    at            timestamptz not null
);
create index sale_of_store on sale (vendor_id, store_id);

-- What a vendor agreed with the platform; the newest version holds.
create table vendor_terms (
    vendor_id            uuid not null,
    version              bigint not null check (version > 0),
    legal_name           text not null,
    address              text not null,
    tax_number           text not null,
    commission_bp        integer not null check (commission_bp between 0 and 10000),
    payout_interval_days integer not null check (payout_interval_days between 1 and 366),
    set_by               uuid not null,
    at                   timestamptz not null,
    constraint vendor_terms_version primary key (vendor_id, version)
);

-- What was there before has no parties: what orders brought in becomes sales of nobody known.
drop trigger ledger_is_kept on ledger_entry;
drop trigger ledger_is_whole on ledger_entry;
drop trigger ledger_is_kept on ledger_transaction;
drop view ledger_balance;

alter table ledger_transaction
    alter column payment_id drop not null,
    drop constraint ledger_transaction_kind_check,
    add constraint ledger_transaction_kind_check check (kind in (
        'authorised', 'captured', 'voided', 'refunded', 'refund_returned',
        'fee', 'disputed', 'dispute_won', 'dispute_lost', 'delivered', 'payout', 'settled')),
    drop constraint ledger_once,
    add constraint ledger_once unique nulls not distinct (payment_id, kind, source);
create index ledger_transaction_at on ledger_transaction (at);

alter table ledger_entry
    alter column payment_id drop not null,
    drop constraint ledger_entry_account_check,
    -- Whose account it is: a vendor, an authority, an account at a provider, a customer, a driver.
    add column party text not null default '',
    -- Which part of the payment's sale.
    add column part  integer,
    -- As its transaction says, for balances at an instant.
    add column at    timestamptz;
update ledger_entry entry
    set account = case entry.account
            when 'provider_receivable' then 'provider_clearing'
            when 'order_clearing' then 'sales'
            else entry.account end,
        party = case
            when entry.account in ('provider_receivable', 'provider_fees', 'disputes')
            then payment.provider || ':' || payment.account else '' end,
        at = transaction.at
    from ledger_transaction transaction join payment on payment.id = transaction.payment_id
    where transaction.id = entry.transaction_id;
alter table ledger_entry
    alter column party drop default,
    alter column at set not null,
    add constraint ledger_entry_account_check check (account in (
        'authorisations', 'authorised_funds',
        'customer', 'provider_clearing', 'provider_fees', 'bank',
        'sales', 'refunds', 'taxes', 'deposits', 'delivery_fees', 'service_fees', 'tips',
        'commissions', 'commission_income', 'vendor_payouts',
        'driver_pay', 'delivery_costs', 'disputes', 'dispute_losses', 'rounding'));
create index ledger_entry_account on ledger_entry (account, party, currency, id);
create index ledger_entry_at on ledger_entry (at);

-- A key that refers to the transaction would need the right to change it: that it is there is
-- looked at when the books are balanced.
alter table ledger_entry drop constraint ledger_entry_transaction_id_fkey;

-- The books up to an instant are closed: nothing is dated before it any more, and what each account
-- held then is kept.
create table closing (
    until timestamptz primary key,
    at    timestamptz not null
);
create table closed_balance (
    until    timestamptz not null,
    currency char(3) not null,
    account  text not null,
    party    text not null,
    balance  bigint not null check (balance <> 0),
    primary key (until, currency, account, party)
);

-- What a vendor was paid, with all that it was made of.
create table payout (
    id          uuid primary key,
    vendor_id   uuid not null,
    currency    char(3) not null check (currency ~ '^[A-Z]{3}$'),
    -- The Idempotency-Key that asked for it.
    key         text not null,
    until       timestamptz not null,
    amount      bigint not null check (amount > 0),
    -- What that is made of: owed above zero, taken off below.
    sales       bigint not null,
    refunds     bigint not null,
    deposits    bigint not null,
    commission  bigint not null,
    made_by     uuid not null,
    at          timestamptz not null,
    constraint payout_key unique (vendor_id, key),
    constraint payout_adds_up check (amount = sales + refunds + deposits + commission)
);
create index payout_of_vendor on payout (vendor_id, id);
create table payout_line (
    -- An entry is paid out once.
    entry_id  bigint primary key,
    payout_id uuid not null
);
create index payout_line_of on payout_line (payout_id);

create or replace function ledger_balances() returns trigger language plpgsql
    set search_path from current
as $$
begin
    if not exists (select from ledger_transaction where id = new.transaction_id)
       or exists (select from ledger_entry where transaction_id = new.transaction_id
                  group by currency having sum(amount) <> 0) then
        raise exception 'the entries of transaction % do not add up to zero', new.transaction_id
            using errcode = 'check_violation', constraint = 'ledger_balances';
    end if;
    return null;
end $$;

create function ledger_is_open() returns trigger language plpgsql set search_path from current
as $$
begin
    if new.at < (select max(until) from closing) then
        raise exception 'the books of % are closed', new.at
            using errcode = 'check_violation', constraint = 'ledger_is_open';
    end if;
    return new;
end $$;
create trigger ledger_is_open before insert on ledger_entry
    for each row execute function ledger_is_open();

do $$
declare
    kept text;
begin
    foreach kept in array array['ledger_transaction', 'ledger_entry', 'closing', 'closed_balance',
                                'payout', 'payout_line', 'vendor_terms'] loop
        execute format('create trigger ledger_is_kept before update or delete on %I
                        for each row execute function ledger_is_kept()', kept);
        execute format('create trigger ledger_is_whole before truncate on %I
                        for each statement execute function ledger_is_kept()', kept);
        -- The service's own role, which owns the tables, may only add.
        execute format('revoke update, delete, truncate on %I from current_user', kept);
    end loop;
end $$;
