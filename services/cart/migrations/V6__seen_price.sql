-- What one unit cost when its customer was last shown it, in minor units of the cart's currency: the cart's
-- page says where it costs something else by now. None where that was not said.
alter table cart_line add column seen_price bigint check (seen_price >= 0);
