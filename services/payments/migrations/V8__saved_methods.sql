-- Ways to pay that customers keep for later: the providers' tokens, and what is shown of them.

-- A provider's own customer for one of ours. Our id of it is the key under which it is asked for.
create table provider_customer (
    id                uuid primary key,
    customer_id       uuid not null,
    provider          text not null,
    account           text not null,
    -- None until the provider has named it.
    provider_customer text,
    created_at        timestamptz not null,
    constraint provider_customer_once unique (customer_id, provider, account),
    -- It is nobody else's.
    constraint provider_customer_of_one unique (provider, account, provider_customer)
);

create table saved_method (
    id                uuid primary key,
    customer_id       uuid not null,
    provider          text not null,
    account           text not null,
    provider_customer text,
    -- What it was paid with when it was saved: a payment saves once.
    payment_id        uuid not null constraint saved_method_payment unique references payment,
    -- The provider's id of it; none once it is certain that the provider has let go of it.
    token             text,
    kind              text not null,
    brand             text,
    last_four         text check (last_four ~ '^[0-9]{2,4}$'),
    -- The month after which it is over.
    expires           text check (expires ~ '^[0-9]{4}-[0-9]{2}$'),
    -- By what this customer's same card is known again.
    likeness          text,
    -- None where the provider kept what nobody had agreed to: it is let go of.
    consented_at      timestamptz,
    created_at        timestamptz not null,
    removed_at        timestamptz,
    -- When the provider is told next to let go of it.
    due_at            timestamptz,
    attempts          integer not null default 0,
    error             text,
    detached_at       timestamptz,
    constraint saved_method_token unique (provider, account, token),
    constraint saved_method_kept check (removed_at is not null
        or (token is not null and consented_at is not null and due_at is null)),
    constraint saved_method_detached check ((detached_at is null) = (token is not null)
        and (detached_at is null or (removed_at is not null and due_at is null)))
);
create index saved_method_customer on saved_method (customer_id, id);
create index saved_method_due on saved_method (due_at) where due_at is not null;

alter table payment
    -- When the customer agreed that what they pay with is kept.
    add column consented_at timestamptz,
    -- What it is paid with, where that had been saved.
    add column saved_method uuid,
    -- The provider's own customer that it was told of.
    add column provider_customer text;
