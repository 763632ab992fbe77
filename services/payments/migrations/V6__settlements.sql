-- What providers say in their files that they did with the money, compared with what is kept here.

create table settlement_file (
    id        uuid primary key,
    provider  text not null check (provider in ('stripe', 'paypal', 'razorpay')),
    account   text not null,
    -- SHA-256 of the file: the same file counts once.
    hash      bytea not null check (length(hash) = 32),
    from_at   timestamptz not null,
    to_at     timestamptz not null check (to_at >= from_at),
    -- Lines in the file, and those that no earlier file had.
    lines     integer not null check (lines >= 0),
    new_lines integer not null check (new_lines between 0 and lines),
    loaded_by uuid not null,
    loaded_at timestamptz not null,
    constraint settlement_file_once unique (provider, account, hash)
);

create table settlement_line (
    id          bigint generated always as identity primary key,
    file_id     uuid not null references settlement_file,
    place       integer not null,
    provider    text not null,
    account     text not null,
    -- The provider's own id of the line.
    external_id text not null,
    kind        text not null check (kind in (
                    'payment', 'refund', 'dispute', 'fee', 'payout', 'adjustment', 'unknown')),
    -- The provider's word for it.
    word        text not null,
    object      text not null,
    -- By what its payment may be known here.
    names       text[] not null,
    payment_id  uuid references payment,
    -- Minor units, as they count for our balance at the provider.
    gross       bigint not null,
    fee         bigint not null,
    net         bigint not null,
    currency    char(3) not null check (currency ~ '^[A-Z]{3}$'),
    -- What the customer saw, where that was another currency.
    paid        bigint,
    paid_in     char(3) check (paid_in ~ '^[A-Z]{3}$'),
    payout      text,
    at          timestamptz not null,
    constraint settlement_line_once unique (provider, account, external_id, kind),
    constraint settlement_line_net check (net = gross - fee),
    constraint settlement_line_paid check ((paid is null) = (paid_in is null))
);
create index settlement_line_file on settlement_line (file_id, place);
create index settlement_line_payment on settlement_line (payment_id) where payment_id is not null;
create index settlement_line_stray on settlement_line (provider, account)
    where payment_id is null and kind not in ('fee', 'payout');

create trigger settlement_line_is_kept
    before delete or update of provider, account, external_id, kind, word, object, gross, fee, net,
                               currency, paid, paid_in, payout, at
    on settlement_line for each row execute function ledger_is_kept();

create table settlement_difference (
    id           uuid primary key,
    -- The file that first showed it.
    file_id      uuid not null references settlement_file,
    provider     text not null,
    account      text not null,
    what         text not null check (what in (
                     'missing_here', 'missing_there', 'amount', 'currency', 'fee', 'unknown_kind')),
    subject      text not null,
    payment_id   uuid references payment,
    ours         bigint,
    theirs       bigint,
    currency     char(3) not null check (currency ~ '^[A-Z]{3}$'),
    found_at     timestamptz not null,
    -- Since a later file, or a later look, agrees.
    resolved_at  timestamptz,
    -- What an operator found out.
    note         text,
    explained_by uuid,
    explained_at timestamptz,
    constraint settlement_difference_once unique (provider, account, what, subject),
    constraint settlement_difference_explained check (
        (note is null) = (explained_by is null) and (note is null) = (explained_at is null))
);
create index settlement_difference_file on settlement_difference (file_id, id);
create index settlement_difference_payment on settlement_difference (payment_id);
