-- Money beyond a payment's own, each sum a row of its own until it has gone back; and payments with
-- which nothing can be paid any more.

alter table payment
    -- Since nothing can be paid with it at its provider any more, though its order still waits.
    add column spent_at timestamptz;

-- Money that lies at a provider for a payment beyond its own.
create table stray (
    provider      text not null,
    account       text not null,
    -- The provider's id of it.
    object        text not null,
    payment_id    uuid not null references payment,
    amount        bigint not null check (amount > 0),
    currency      char(3) not null check (currency ~ '^[A-Z]{3}$'),
    -- What the provider keeps for its work on it.
    fee           bigint not null default 0,
    seen_at       timestamptz not null,
    -- Since it was taken from the customer, and not only set aside.
    taken_at      timestamptz,
    -- Since the provider shows that all of it has gone back.
    given_back_at timestamptz,
    primary key (provider, account, object)
);
create index stray_payment on stray (payment_id);

-- What of a stray went back, by the provider's id of it.
create table stray_refund (
    provider        text not null,
    account         text not null,
    object          text not null,
    provider_refund text not null,
    amount          bigint not null check (amount > 0),
    at              timestamptz not null,
    -- Since the provider said that it could not give the money back after all.
    returned_at     timestamptz,
    primary key (provider, account, provider_refund),
    foreign key (provider, account, object) references stray
);
create index stray_refund_of on stray_refund (provider, account, object);

-- What failed, or came to us again, is asked for again under a new key.
drop index operation_give_back;
create unique index operation_give_back on operation (payment_id, source)
    where kind = 'give_back' and ended_at is null;

alter table ledger_transaction
    drop constraint ledger_transaction_kind_check,
    add constraint ledger_transaction_kind_check check (kind in (
        'authorised', 'captured', 'voided', 'refunded', 'refund_returned',
        'fee', 'disputed', 'dispute_won', 'dispute_lost', 'delivered', 'payout', 'settled',
        'stray_taken', 'stray_refunded', 'stray_refund_returned', 'stray_fee'));
alter table ledger_entry
    drop constraint ledger_entry_account_check,
    -- strays: what customers paid beyond their orders, until it has gone back.
    add constraint ledger_entry_account_check check (account in (
        'authorisations', 'authorised_funds',
        'customer', 'provider_clearing', 'provider_fees', 'bank',
        'sales', 'refunds', 'taxes', 'deposits', 'delivery_fees', 'service_fees', 'tips',
        'commissions', 'commission_income', 'vendor_payouts',
        'driver_pay', 'delivery_costs', 'disputes', 'dispute_losses', 'rounding', 'strays'));
