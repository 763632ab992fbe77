-- Which products people have marked as favourites, as accounts told of it.
create table favourite (
    person_id  uuid not null,
    product_id uuid not null,
    -- A mark that was taken off stays here, so that a late event does not put it back.
    marked     boolean not null,
    version    bigint not null,
    -- When it was last changed.
    changed_at timestamptz not null,
    primary key (person_id, product_id)
);
create index favourite_of_product on favourite (product_id, changed_at) where marked;

alter table score drop constraint score_reason_check;
alter table score add constraint score_reason
    check (reason in ('popular', 'trending', 'viewed', 'favourite'));
