-- Several providers, several accounts at each, several payments of one order over time.

alter table payment
    drop constraint payment_provider_check,
    add constraint payment_provider_known
        check (provider in ('sandbox', 'stripe', 'paypal', 'razorpay')),
    -- Which of our accounts at the provider: the name in the settings.
    add column account text not null default 'sandbox',
    add column store_id uuid,
    add column vendor_id uuid,
    -- What kinds of drink are paid for.
    add column classes text[] not null default '{}',
    -- Since the customer chose another way to pay: whatever money comes of this one goes back.
    add column superseded_at timestamptz,
    -- What the order wants taken; all that is set aside unless told.
    add column capture_amount bigint check (capture_amount > 0),
    -- What the provider keeps for its work, as far as it has said.
    add column fee bigint not null default 0,
    -- Held back by disputes that are open or lost.
    add column disputed bigint not null default 0 check (disputed >= 0),
    -- Our own word for why the last attempt did not succeed.
    add column declined_why text,
    drop constraint payment_provider,
    add constraint payment_provider unique (provider, account, provider_payment),
    drop constraint payment_order;
alter table payment alter column account drop default;
-- An order has one payment at a time.
create unique index payment_current on payment (order_id) where superseded_at is null;
create index payment_order on payment (order_id);

-- Whatever a provider calls by an id belongs to one payment of ours.
create table provider_object (
    provider   text not null,
    account    text not null,
    object     text not null,
    payment_id uuid not null references payment,
    primary key (provider, account, object)
);
create index provider_object_payment on provider_object (payment_id);
insert into provider_object (provider, account, object, payment_id)
    select provider, account, provider_payment, id from payment where provider_payment is not null;

alter table operation
    drop constraint operation_kind_check,
    drop constraint operation_check,
    add constraint operation_kind_known
        check (kind in ('authorise', 'capture', 'cancel', 'refund')),
    add constraint operation_amount check (amount >= 0 and (amount > 0 or kind = 'cancel'));
alter table operation
    -- The provider has a refund in hand that is not certain yet: it is not sent again.
    add column in_hand boolean not null default false;
drop index operation_capture;
create unique index operation_once on operation (payment_id, kind, source)
    where kind in ('authorise', 'capture');
create unique index operation_one_at_a_time on operation (payment_id, kind)
    where kind in ('authorise', 'capture') and state in ('pending', 'unknown');

alter table refund
    -- Since the provider said that it could not give the money back after all.
    add column returned_at timestamptz;

-- The customer's bank took money back, and the provider asks whether rightly.
create table dispute (
    payment_id uuid not null references payment,
    -- The provider's id of it.
    dispute    text not null,
    -- named: a notice spoke of it, and the provider has not shown it yet.
    state      text not null check (state in ('named', 'open', 'won', 'lost')),
    amount     bigint not null default 0 check (amount >= 0),
    -- What the provider charges for it.
    fee        bigint not null default 0 check (fee >= 0),
    opened_at  timestamptz not null,
    ended_at   timestamptz,
    primary key (payment_id, dispute),
    constraint dispute_ended check ((ended_at is not null) = (state in ('won', 'lost')))
);

alter table webhook_inbox
    -- The payment that the notice says it is about, by our own id.
    add column payment_hint uuid,
    add column dispute text;
update webhook_inbox set account = 'sandbox';
drop index webhook_of_payment;
create index webhook_of_payment on webhook_inbox (provider, account, provider_payment);

-- Which account at which provider is offered, where and for what.
create table way (
    id         uuid primary key,
    provider   text not null check (provider in ('sandbox', 'stripe', 'paypal', 'razorpay')),
    account    text not null,
    -- None: at every store that has no ways of its own.
    store_id   uuid,
    -- None in the list: all.
    currencies text[] not null default '{}',
    classes    text[] not null default '{}',
    label      text not null,
    place      integer not null,
    active     boolean not null default true,
    version    bigint not null default 1,
    created_at timestamptz not null,
    changed_at timestamptz not null
);
create unique index way_once on way (provider, account, store_id) nulls not distinct;
create index way_store on way (store_id);

alter table ledger_transaction
    drop constraint ledger_transaction_kind_check,
    add constraint ledger_transaction_kind_check check (kind in (
        'authorised', 'captured', 'voided', 'refunded', 'refund_returned',
        'fee', 'disputed', 'dispute_won', 'dispute_lost'));
alter table ledger_entry
    drop constraint ledger_entry_account_check,
    add constraint ledger_entry_account_check check (account in (
        'authorisations', 'authorised_funds', 'provider_receivable', 'order_clearing', 'refunds',
        'provider_fees', 'disputes', 'dispute_losses'));
