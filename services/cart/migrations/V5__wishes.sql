-- What the customer wants where the store has not all of a line: cart_api::IfMissing.
alter table cart_line add column if_missing text not null default 'none'
    check (if_missing in ('none', 'best_match'));
