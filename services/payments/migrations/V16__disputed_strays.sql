-- Disputes of money beyond a payment's own.

alter table stray
    -- Held back by disputes that are open or lost.
    add column disputed bigint not null default 0,
    -- What of that is lost: it went back through the customer's bank.
    add column lost bigint not null default 0,
    add constraint stray_disputed check (lost between 0 and disputed);

alter table dispute
    -- The stray that it is about, by the provider's id; none where it is about the payment's own money.
    add column stray text;
