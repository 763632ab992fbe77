-- The cart that an order was made of, for the funnel; none of orders from before this.
alter table order_fact add column cart_id uuid;
create index order_fact_cart on order_fact (cart_id);
