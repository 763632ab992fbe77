-- The way to pay that the customer chose; none where the first that is offered will do.
alter table orders add column pay_with text;
