-- Disputes whose webhooks were lost are looked for; money beyond a payment's own goes back.

-- Up to when all disputes of an account are known, and when it is asked for more.
create table dispute_look (
    provider     text not null,
    account      text not null,
    looked_until timestamptz,
    due_at       timestamptz not null,
    primary key (provider, account)
);

alter table operation
    drop constraint operation_kind_known,
    -- give_back: money that lies there beyond the payment's own, by the provider's id in `source`.
    add constraint operation_kind_known
        check (kind in ('authorise', 'capture', 'cancel', 'refund', 'give_back'));
create unique index operation_give_back on operation (payment_id, source)
    where kind = 'give_back';
