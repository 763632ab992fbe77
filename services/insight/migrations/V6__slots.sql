-- From when an order is wanted at its door; none for as soon as possible, and of orders from before this.
alter table order_fact add column wanted_from timestamptz;
