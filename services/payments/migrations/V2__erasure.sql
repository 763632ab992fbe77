-- People who have been erased: nothing that is told late brings them back.
create table erased_person (
    person_id uuid primary key,
    at        timestamptz not null
);
create index payment_customer on payment (customer_id);
create index webhook_of_payment on webhook_inbox (provider, provider_payment);

-- What has been told about an order goes with whoever ordered it.
create index outbox_subject on outbox (subject);
