-- Products that a person has marked.
create table favourite (
    person_id  uuid not null references person on delete cascade,
    product_id uuid not null,
    marked_at  timestamptz not null,
    primary key (person_id, product_id)
);

-- Counts all marks that were put on or taken off, so that what is told of one can be put in order.
create sequence favourite_change;
