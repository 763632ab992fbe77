//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{CUSTOMERS, MANAGERS, OPERATORS, OVERSEERS, roles},
};

const CARTS: &str = "carts; own: those that one opened";
const PROMOTIONS: &str = "promotions; store: those for that store alone";
const COUPONS: &str = "coupons; store: those for that store alone";

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    roles("open_cart", &[CUSTOMERS], CARTS),
    roles("list_carts", &[CUSTOMERS], CARTS),
    roles("show_cart", &[CUSTOMERS], CARTS),
    roles("drop_cart", &[CUSTOMERS], CARTS),
    roles("fill_cart", &[CUSTOMERS], CARTS),
    roles("put_line", &[CUSTOMERS], CARTS),
    roles("delete_line", &[CUSTOMERS], CARTS),
    roles("put_destination", &[CUSTOMERS], CARTS),
    roles("put_tip", &[CUSTOMERS], CARTS),
    roles("cart_slots", &[CUSTOMERS], CARTS),
    roles("put_slot", &[CUSTOMERS], CARTS),
    roles("put_coupon_into_cart", &[CUSTOMERS], CARTS),
    roles("delete_coupon_from_cart", &[CUSTOMERS], CARTS),
    roles("show_tariff", &[OVERSEERS], "tariffs"),
    roles("put_tariff", &[OPERATORS], "tariffs"),
    roles("list_promotions", &[MANAGERS, OVERSEERS], PROMOTIONS),
    roles("create_promotion", &[MANAGERS, OPERATORS], PROMOTIONS),
    roles("end_promotion", &[MANAGERS, OPERATORS], PROMOTIONS),
    roles("list_coupons", &[MANAGERS, OVERSEERS], COUPONS),
    roles("create_coupon", &[MANAGERS, OPERATORS], COUPONS),
    roles("end_coupon", &[MANAGERS, OPERATORS], COUPONS),
];
