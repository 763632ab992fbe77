-- Payouts of providers, each with what of it stands in the books; fees and amounts of disputes that
-- change.

create table settlement_payout (
    provider   text not null,
    account    text not null,
    -- The provider's id.
    payout     text not null,
    currency   char(3) not null check (currency ~ '^[A-Z]{3}$'),
    -- own: by the payout's own lines; lines: by those that it pays out.
    way        text not null check (way in ('own', 'lines')),
    -- Minor units that were booked to the bank, and as rounding.
    amount     bigint not null,
    rounding   bigint not null,
    changed_at timestamptz not null,
    primary key (provider, account, payout, currency)
);

-- What was booked until now says so in its source: `<file> payout <line or payout> <currency>`.
insert into settlement_payout (provider, account, payout, currency, way, amount, rounding,
                               changed_at)
    with booked as (
        select split_part(clearing.party, ':', 1) as provider,
               substr(clearing.party, strpos(clearing.party, ':') + 1) as account,
               parts[1] as what, parts[2] as name, clearing.currency, -clearing.amount as amount,
               t.at
        from ledger_transaction t
             cross join lateral regexp_match(
                 t.source, '^[0-9a-f-]{36} (payout|rounding) (.+) [A-Z]{3}$') as parts
             join ledger_entry clearing
             on clearing.transaction_id = t.id and clearing.account = 'provider_clearing'
        where t.kind = 'settled' and parts is not null)
    select booked.provider, booked.account, coalesce(nullif(line.object, ''), booked.name),
           booked.currency, case when bool_or(line.id is not null) then 'own' else 'lines' end,
           coalesce(sum(booked.amount) filter (where what = 'payout'), 0),
           coalesce(sum(booked.amount) filter (where what = 'rounding'), 0), max(booked.at)
    from booked
         left join settlement_line line
         on (line.provider, line.account, line.external_id, line.kind)
            = (booked.provider, booked.account, booked.name, 'payout')
    group by 1, 2, 3, 4;

create index settlement_line_payout on settlement_line (provider, account, payout)
    where payout is not null;
create index settlement_line_own_payout on settlement_line (provider, account, object)
    where kind = 'payout';

-- A report may be the first to say in which payout a line is that another one told before.
drop trigger settlement_line_is_kept on settlement_line;
create trigger settlement_line_is_kept
    before delete or update of provider, account, external_id, kind, word, object, gross, fee, net,
                               currency, paid, paid_in, at
    on settlement_line for each row execute function ledger_is_kept();
create trigger settlement_line_payout_is_kept
    before update of payout on settlement_line for each row when (old.payout is not null)
    execute function ledger_is_kept();

-- What a provider charges for a dispute, or holds back for it, is now more or less.
alter table ledger_transaction
    drop constraint ledger_transaction_kind_check,
    add constraint ledger_transaction_kind_check check (kind in (
        'authorised', 'captured', 'voided', 'refunded', 'refund_returned',
        'fee', 'disputed', 'dispute_won', 'dispute_lost', 'dispute_fee', 'dispute_changed',
        'delivered', 'payout', 'settled',
        'stray_taken', 'stray_refunded', 'stray_refund_returned', 'stray_fee'));
