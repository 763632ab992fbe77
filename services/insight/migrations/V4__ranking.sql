-- What a score is made of, and the place that it gives; none until it is next computed.
alter table score
    add column popular    double precision not null default 0,
    add column trending   double precision not null default 0,
    add column favourite  double precision not null default 0,
    add column clicked    double precision not null default 0,
    add column viewed     double precision not null default 0,
    -- What there was of each in the window.
    add column orders     bigint not null default 0,
    add column favourites bigint not null default 0,
    add column clicks     bigint not null default 0,
    add column views      bigint not null default 0,
    add column place      integer check (place > 0);
create index score_place on score (place, product_id);
