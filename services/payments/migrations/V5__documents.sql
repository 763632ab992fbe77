-- Invoices and credit notes of vendors.

-- How many documents a vendor has in one year of the store's time zone. One row for both kinds, so
-- that who needs both cannot wait for who needs both.
create table document_series (
    vendor_id    uuid not null,
    year         smallint not null,
    invoices     bigint not null default 0 check (invoices >= 0),
    credit_notes bigint not null default 0 check (credit_notes >= 0),
    primary key (vendor_id, year)
);

create table document (
    id          uuid primary key,
    vendor_id   uuid not null,
    store_id    uuid not null,
    kind        text not null check (kind in ('invoice', 'credit_note')),
    year        smallint not null,
    -- From 1, without gaps, for each vendor, kind and year.
    place       bigint not null check (place > 0),
    number      text not null,
    payment_id  uuid not null references payment,
    order_id    uuid not null,
    customer_id uuid not null,
    -- What it is of: the provider's refund; empty for the capture.
    source      text not null,
    refers_to   uuid references document,
    currency    char(3) not null check (currency ~ '^[A-Z]{3}$'),
    total       bigint not null check (total > 0),
    issued_at   timestamptz not null,
    issued_on   date not null,
    -- All that is written on it. None when it need not be kept any longer.
    contents    jsonb,
    constraint document_place unique (vendor_id, kind, year, place),
    constraint document_once unique (payment_id, kind, source)
);
create index document_order on document (order_id, id);
create index document_to_cut on document (year) where contents is not null;

-- A document is written once. Its contents may be taken out when its time is over; who does that
-- says up to which year, and the number stays.
create function document_is_kept() returns trigger language plpgsql
as $$
begin
    if tg_op = 'UPDATE' and new.contents is null
       and to_jsonb(new) - 'contents' = to_jsonb(old) - 'contents'
       and old.year <= nullif(current_setting('payments.documents_until_year', true), '')::integer
    then
        return new;
    end if;
    raise exception 'a document is written once and stays as it is'
        using errcode = 'check_violation', constraint = 'document_is_kept';
end $$;
create trigger document_is_kept before update or delete on document
    for each row execute function document_is_kept();
create trigger document_is_whole before truncate on document
    for each statement execute function document_is_kept();

-- Numbers are only ever counted up.
create function document_series_counts() returns trigger language plpgsql
as $$
begin
    if tg_op = 'UPDATE' and (new.vendor_id, new.year) = (old.vendor_id, old.year)
       and new.invoices >= old.invoices and new.credit_notes >= old.credit_notes
       and new.invoices + new.credit_notes = old.invoices + old.credit_notes + 1 then
        return new;
    end if;
    raise exception 'numbers of documents are only counted up'
        using errcode = 'check_violation', constraint = 'document_series_counts';
end $$;
create trigger document_series_counts before update or delete on document_series
    for each row execute function document_series_counts();

-- Whom sales were for goes when documents do.
create index sale_to_cut on sale (at) where recipient <> '' or address <> '';
