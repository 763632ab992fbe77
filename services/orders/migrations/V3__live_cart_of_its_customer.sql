-- At most one live order per cart and customer. Whose a cart is only the cart service knows: whoever
-- names a stranger's must not be in that customer's way until the cart service has said so.
drop index orders_live_cart;
create unique index orders_live_cart on orders (cart_id, customer_id) where state <> 'cancelled';
