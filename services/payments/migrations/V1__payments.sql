create table payment (
    id               uuid primary key,
    -- One payment per order, whatever happens.
    order_id         uuid not null constraint payment_order unique,
    customer_id      uuid not null,
    amount           bigint not null check (amount > 0),
    currency         char(3) not null check (currency ~ '^[A-Z]{3}$'),
    description      text not null,
    provider         text not null check (provider in ('sandbox')),
    -- The provider's own id of it; none until the provider has answered.
    provider_payment text,
    client_secret    text,
    pay_url          text,
    state            text not null
                     check (state in ('starting', 'open', 'authorised', 'captured', 'cancelled')),
    authorised       bigint not null default 0,
    captured         bigint not null default 0,
    refunded         bigint not null default 0,
    -- The provider's name of the last attempt that did not succeed.
    last_decline     text,
    -- What the order wants of it.
    wanted           text not null default 'nothing'
                     check (wanted in ('nothing', 'capture', 'cancel')),
    wanted_reason    text,
    pay_by           timestamptz not null,
    -- When the provider is asked next without anyone having told; null: never.
    look_at          timestamptz,
    created_at       timestamptz not null,
    changed_at       timestamptz not null,
    constraint payment_provider unique (provider, provider_payment),
    constraint payment_amounts check (
        0 <= refunded and refunded <= captured and captured <= authorised and authorised <= amount),
    constraint payment_state check (
        (state in ('starting', 'open') and authorised = 0)
        or (state = 'authorised' and authorised > 0 and captured = 0)
        or (state = 'captured' and captured > 0)
        or (state = 'cancelled' and captured = 0)),
    constraint payment_started check (
        state in ('starting', 'cancelled')
        or (provider_payment is not null and client_secret is not null and pay_url is not null))
);
create index payment_look on payment (look_at) where look_at is not null;

-- A write to the provider. Its id is the idempotency key there.
create table operation (
    id          uuid primary key,
    seq         bigint generated always as identity unique,
    payment_id  uuid not null references payment,
    kind        text not null check (kind in ('capture', 'cancel', 'refund')),
    amount      bigint not null check (amount >= 0 and (amount > 0 or kind = 'cancel')),
    reason      text not null,
    -- What asked for it, so that asking twice does it once.
    source      text not null,
    -- pending: never sent. unknown: sent, and what came of it is not known yet.
    state       text not null default 'pending'
                check (state in ('pending', 'unknown', 'done', 'failed')),
    attempts    integer not null default 0,
    due_at      timestamptz not null,
    error       text,
    created_at  timestamptz not null,
    ended_at    timestamptz,
    constraint operation_ended check ((ended_at is not null) = (state in ('done', 'failed')))
);
create unique index operation_capture on operation (payment_id) where kind = 'capture';
create unique index operation_cancel on operation (payment_id)
    where kind = 'cancel' and state in ('pending', 'unknown');
create unique index operation_refund on operation (payment_id, source)
    where kind = 'refund' and state <> 'failed';
create index operation_due on operation (due_at) where state in ('pending', 'unknown');
create index operation_payment on operation (payment_id, seq);

-- Money that the provider says went back, by the provider's id of it.
create table refund (
    provider_refund text not null,
    payment_id      uuid not null references payment,
    -- None where somebody refunded at the provider itself.
    operation_id    uuid unique references operation,
    amount          bigint not null check (amount > 0),
    at              timestamptz not null,
    primary key (payment_id, provider_refund)
);

-- What the provider said that does not fit this payment. Nothing was marked paid; a person looks.
create table mismatch (
    payment_id uuid not null references payment,
    what       text not null,
    seen       jsonb not null,
    at         timestamptz not null,
    primary key (payment_id, what)
);

-- Notices of providers, as they came, before anything is made of them.
create table webhook_inbox (
    seq              bigint generated always as identity primary key,
    provider         text not null,
    account          text not null,
    event_id         text not null,
    kind             text not null,
    provider_payment text not null,
    body             bytea not null,
    received_at      timestamptz not null,
    due_at           timestamptz not null,
    attempts         integer not null default 0,
    error            text,
    handled_at       timestamptz,
    constraint webhook_once unique (provider, account, event_id)
);
create index webhook_due on webhook_inbox (due_at) where handled_at is null;
create index webhook_handled on webhook_inbox (handled_at) where handled_at is not null;

-- The ledger: double entry, append only.

create table ledger_transaction (
    id         uuid primary key,
    payment_id uuid not null references payment,
    kind       text not null check (kind in ('authorised', 'captured', 'voided', 'refunded')),
    -- The provider's refund; empty for what happens once.
    source     text not null,
    at         timestamptz not null,
    constraint ledger_once unique (payment_id, kind, source)
);

create table ledger_entry (
    id             bigint generated always as identity primary key,
    transaction_id uuid not null references ledger_transaction,
    payment_id     uuid not null references payment,
    account        text not null check (account in (
                       'authorisations', 'authorised_funds',
                       'provider_receivable', 'order_clearing', 'refunds')),
    -- Minor units: debit above zero, credit below.
    amount         bigint not null check (amount <> 0),
    currency       char(3) not null check (currency ~ '^[A-Z]{3}$')
);
create index ledger_entry_payment on ledger_entry (payment_id, id);
create index ledger_entry_transaction on ledger_entry (transaction_id);

create function ledger_balances() returns trigger language plpgsql set search_path from current
as $$
begin
    if exists (select from ledger_entry where transaction_id = new.transaction_id
               group by currency having sum(amount) <> 0) then
        raise exception 'the entries of transaction % do not add up to zero', new.transaction_id
            using errcode = 'check_violation', constraint = 'ledger_balances';
    end if;
    return null;
end $$;

create constraint trigger ledger_balances after insert on ledger_entry
    deferrable initially deferred for each row execute function ledger_balances();

create function ledger_is_kept() returns trigger language plpgsql
as $$
begin
    raise exception 'the ledger is only ever added to'
        using errcode = 'check_violation', constraint = 'ledger_is_kept';
end $$;

create trigger ledger_is_kept before update or delete on ledger_entry
    for each row execute function ledger_is_kept();
create trigger ledger_is_whole before truncate on ledger_entry
    for each statement execute function ledger_is_kept();
create trigger ledger_is_kept before update or delete on ledger_transaction
    for each row execute function ledger_is_kept();

-- What each account holds, over all payments.
create view ledger_balance as
    select currency, account, sum(amount)::bigint as balance
    from ledger_entry group by currency, account;
