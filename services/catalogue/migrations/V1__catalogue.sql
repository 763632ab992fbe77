-- How text is compared when people search: lower case, without accents, apostrophes closed up,
-- everything else that is no letter or digit a space (but a point between digits, as in 1.75).
-- Used for what is stored and for what is asked, so that the two cannot differ.
create function words(text text) returns text
    language sql immutable strict parallel safe
    return trim(regexp_replace(regexp_replace(
        translate(lower(text),
            'áàâäãåāçćčďéèêëēěíìîïīłñńňóòôöõøōřśšťúùûüūůýÿźžżÁÀÂÄÃÅÇČÉÈÊËÍÌÎÏÑÓÒÔÖÕØŠÚÙÛÜÝŽ''’`´',
            'aaaaaaacccdeeeeeeiiiiilnnnooooooorsstuuuuuuyyzzzaaaaaacceeeeiiiinoooooosuuuuyz'),
        '(?<![0-9])\.|\.(?![0-9])', ' ', 'g'),
        '[^[:alnum:].]+', ' ', 'g'));

-- A slug path such as `spirits/whiskey/bourbon`; every part of the path has a row of its own.
create table category (
    path text primary key
        constraint category_path check (path ~ '^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*){0,4}$'
                                        and length(path) <= 200),
    name text not null check (length(name) between 1 and 100)
);

create table vendor (
    id         uuid primary key,
    name       text not null check (length(name) between 1 and 200),
    created_at timestamptz not null
);

create table product (
    id          uuid primary key,
    name        text not null check (length(name) between 1 and 200),
    producer    text not null default '' check (length(producer) <= 200),
    category    text not null constraint product_category references category,
    class       text not null check (class in ('none', 'beer', 'wine', 'spirits')),
    -- Hundredths of a percent: 4000 is 40 %.
    abv_bp      integer not null check (abv_bp between 0 and 10000),
    -- Of one container; `pack` containers are one sold unit.
    volume_ml   integer not null check (volume_ml between 1 and 1000000),
    pack        integer not null default 1 check (pack between 1 and 1000),
    container   text not null default 'bottle' check (container in
        ('bottle', 'can', 'bag_in_box', 'carton', 'keg', 'pouch', 'other')),
    vintage     integer check (vintage between 1800 and 2200),
    -- ISO 3166-1 alpha-2.
    country     text check (country ~ '^[A-Z]{2}$'),
    region      text check (length(region) between 1 and 100),
    -- Not unique: real barcodes are shared by different products.
    gtin        text check (gtin ~ '^[0-9]{8,14}$'),
    description text not null default '' check (length(description) <= 4000),
    -- Where it was imported from and its key there, so that an import can be repeated.
    source      text check (length(source) between 1 and 100),
    source_key  text check (length(source_key) between 1 and 200),
    active      boolean not null default true,
    version     bigint not null default 1,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    name_words  text not null generated always as (words(name)) stored,
    search_text text not null generated always as (words(
        name || ' ' || producer || ' ' || category || ' ' || coalesce(region, '') || ' '
        || coalesce(vintage::text, '') || ' ' || volume_ml::text || 'ml '
        || case when volume_ml >= 1000 then trim_scale(volume_ml / 1000.0)::text || 'l ' else '' end
        || case when pack > 1 then pack::text || ' pack' else '' end)) stored,
    constraint product_source unique (source, source_key),
    check ((source is null) = (source_key is null)),
    -- Drinks without alcohol in the eyes of the law may still have a trace of it.
    check (class <> 'none' or abv_bp <= 120)
);
-- Without the list of pending entries, which every search after an import would have to read.
create index product_search on product using gin (search_text gin_trgm_ops) with (fastupdate = off);
create index product_category_prefix on product (category text_pattern_ops);
create index product_name on product (lower(name), id);
create index product_gtin on product (ltrim(gtin, '0')) where gtin is not null;

-- Products that answer to what was asked, given as words(…), and how well: the best run of words
-- within all that is said of the product, plus how alike the name is as a whole. At 0.3 a word
-- with two letters swapped is still found; what answers less than half as well as the best does is
-- left out. A barcode is found by its digits, with or without leading zeros.
create function found(asked text) returns table (product_id uuid, score real)
    language sql stable
    set pg_trgm.word_similarity_threshold = 0.3
    as $$
        with hit as (
            select id, word_similarity(asked, search_text) + similarity(asked, name_words) as score
            from product where active and asked <% search_text),
        coded as (
            select id, 2::real as score from product
            where active and asked ~ '^[0-9]{8,14}$'
              and ltrim(gtin, '0') = ltrim(asked, '0')),
        best as (
            select id, max(score) as score from (table hit union all table coded) either group by id)
        select id, score from best where score >= (select max(score) / 2 from best)
    $$;

create table store (
    id                  uuid primary key,
    vendor_id           uuid not null constraint store_vendor references vendor,
    name                text not null check (length(name) between 1 and 200),
    -- One line, for a driver.
    address             text not null check (length(address) between 1 and 300),
    lat                 double precision not null check (lat between -90 and 90),
    lon                 double precision not null check (lon between -180 and 180),
    -- IANA name.
    time_zone           text not null check (length(time_zone) between 1 and 60),
    currency            text not null check (currency ~ '^[A-Z]{3}$'),
    -- kernel::Hours as JSON.
    hours               jsonb not null,
    -- kernel::Zone as JSON.
    zone                jsonb not null,
    preparation_minutes integer not null default 15 check (preparation_minutes between 0 and 1440),
    licence_number      text check (length(licence_number) between 1 and 100),
    source              text check (length(source) between 1 and 100),
    source_key          text check (length(source_key) between 1 and 200),
    active              boolean not null default true,
    version             bigint not null default 1,
    created_at          timestamptz not null,
    changed_at          timestamptz not null,
    constraint store_source unique (source, source_key),
    check ((source is null) = (source_key is null))
);
create index store_name on store (lower(name), id);

-- A box on the map (longitude, latitude) that a delivery zone lies in: so that the stores that may
-- reach a door are found by an index; whether they do is decided exactly afterwards.
create function zone_box(zone jsonb) returns box language sql immutable parallel safe as $$
    select case zone ->> 'shape'
        when 'radius' then (
            select box(point(lon - dlon, lat - dlat), point(lon + dlon, lat + dlat))
            from (select (zone -> 'centre' ->> 'lat')::float8 as lat,
                         (zone -> 'centre' ->> 'lon')::float8 as lon,
                         (zone ->> 'metres')::float8 / 110000 as dlat,
                         (zone ->> 'metres')::float8 / 110000
                             / greatest(0.01, cosd((zone -> 'centre' ->> 'lat')::float8)) as dlon) r)
        else (
            select box(point(min((c ->> 'lon')::float8), min((c ->> 'lat')::float8)),
                       point(max((c ->> 'lon')::float8), max((c ->> 'lat')::float8)))
            from jsonb_array_elements(zone -> 'corners') c)
        end
$$;
create index store_zone on store using gist (zone_box(zone));

-- That a store sells a product, and for how much. Amounts are minor units of the store's currency.
create table listing (
    store_id         uuid not null constraint listing_store references store,
    product_id       uuid not null constraint listing_product references product,
    price_minor      bigint not null check (price_minor between 1 and 1000000000000),
    -- Names a rate in the cart's tax table.
    tax_class        text not null default 'standard' check (tax_class ~ '^[a-z][a-z0-9_-]{0,39}$'),
    -- For all containers of one unit.
    deposit_minor    bigint check (deposit_minor between 1 and 1000000000),
    active           boolean not null default true,
    version          bigint not null default 1,
    changed_at       timestamptz not null,
    primary key (store_id, product_id)
);
create index listing_of_product on listing (product_id) where active;

-- What a store has. Free to be promised = on_hand - allocated - what live holds have; see db/stock.rs.
-- Everyone who takes or gives back stock locks these rows first, in the order of product_id.
create table stock (
    store_id      uuid not null constraint stock_store references store,
    product_id    uuid not null constraint stock_product references product,
    on_hand       integer not null default 0 constraint stock_on_hand check (on_hand >= 0),
    -- Promised for good to paid orders that have not left.
    allocated     integer not null default 0 constraint stock_allocated check (allocated >= 0),
    version       bigint not null default 1,
    low_threshold integer not null default 5 check (low_threshold between 0 and 1000000),
    -- Whether it was told that the stock is low, since it last was not.
    alerted       boolean not null default false,
    changed_at    timestamptz not null,
    primary key (store_id, product_id),
    constraint stock_allocated_is_there check (allocated <= on_hand)
);

-- Why on_hand is what it is: the quantities of a store's product add up to its on_hand, always.
create table movement (
    id         bigint generated always as identity primary key,
    store_id   uuid not null,
    product_id uuid not null,
    kind       text not null check (kind in ('receipt', 'sale', 'return', 'write_off', 'count')),
    -- Signed: what was added to on_hand. A count notes the difference that it found.
    quantity   integer not null,
    -- on_hand after it.
    on_hand    integer not null check (on_hand >= 0),
    order_id   uuid,
    -- The person who did it; none for imports and for what orders cause.
    person_id  uuid,
    reason     text check (length(reason) between 1 and 500),
    at         timestamptz not null,
    constraint movement_stock foreign key (store_id, product_id) references stock,
    constraint movement_sign check (case kind
        when 'receipt' then quantity > 0 when 'return' then quantity > 0
        when 'sale' then quantity < 0 when 'write_off' then quantity < 0 else true end),
    -- What is written off of an order is what was lost on its way.
    constraint movement_order check (case
        when kind in ('sale', 'return') then order_id is not null
        when kind = 'write_off' then true else order_id is null end)
);
create index movement_of_stock on movement (store_id, product_id, id);
create index movement_of_store on movement (store_id, id);
-- An order's bottles leave once, and come back or are written off once.
create unique index movement_once on movement (order_id, product_id, kind) where order_id is not null;

create function movement_stays() returns trigger language plpgsql as
    $$ begin raise exception 'the movement ledger is append-only'; end $$;
create trigger movement_stays before update or delete on movement
    for each row execute function movement_stays();

-- Stock promised to one order.
create table hold (
    order_id   uuid primary key,
    store_id   uuid not null constraint hold_store references store,
    -- held: until `until`, after which others may have it, whatever this column says.
    -- lapsed: the same, tidied up. allocated: paid for. shipped: left the store.
    -- returned: what was not handed over came back. lost: it will not.
    -- released: given back before it left.
    state      text not null check (state in
        ('held', 'lapsed', 'allocated', 'shipped', 'returned', 'lost', 'released')),
    until      timestamptz not null,
    created_at timestamptz not null,
    changed_at timestamptz not null
);
create index hold_lapsing on hold (until) where state = 'held';

-- One row per product: an order's lines of the same product are added up.
create table hold_line (
    order_id   uuid not null references hold,
    product_id uuid not null,
    store_id   uuid not null,
    quantity   integer not null check (quantity > 0),
    -- The hold's `until` while it is held, null otherwise: so that the sum of live holds reads an
    -- index that has nothing else in it.
    held_until timestamptz,
    primary key (order_id, product_id)
);
create index hold_line_live on hold_line (store_id, product_id, held_until) include (quantity)
    where held_until is not null;
