-- What each driver earned, by when.
create index ledger_entry_driver on ledger_entry (party, at)
    include (transaction_id, currency, amount) where account = 'driver_pay';
