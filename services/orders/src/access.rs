//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{CUSTOMERS, DESK, OPERATORS, READERS, STAFF, roles},
};

const OF_STORE: &str = "orders; store: those from that store";

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    roles("place_order", &[CUSTOMERS], "carts; own: those that one opened"),
    roles("my_orders", &[CUSTOMERS], "orders; own: those that one placed"),
    roles(
        "order",
        &[CUSTOMERS, STAFF, READERS],
        "orders; own: those that one placed; store: those from that store",
    ),
    roles(
        "order_events",
        &[CUSTOMERS, STAFF, READERS],
        "orders; own: those that one placed; store: those from that store",
    ),
    roles("cancel_order", &[CUSTOMERS, DESK], "orders; own: those that one placed"),
    roles("accept_order", &[STAFF, OPERATORS], OF_STORE),
    roles("pack_order", &[STAFF, OPERATORS], OF_STORE),
    roles("reject_order", &[STAFF, OPERATORS], OF_STORE),
    roles("replacements", &[STAFF, OPERATORS], OF_STORE),
    roles("store_queue", &[STAFF, READERS], OF_STORE),
    roles("all_orders", &[READERS], "orders"),
    roles("orders_under_way", &[READERS], "orders"),
    roles("loads_of_stores", &[READERS], "orders"),
];
