//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{MANAGERS, OPERATORS, OVERSEERS, anyone, roles},
};

const DECISIONS: &str = "decisions about Top Picks";

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    anyone("view_product", "products that are for sale"),
    anyone("top_picks", "products that are for sale"),
    roles("sales", &[MANAGERS, OVERSEERS], "sales; store: those of that store"),
    roles("popular_products", &[MANAGERS, OVERSEERS], "sales; store: those of that store"),
    roles("funnel", &[MANAGERS, OVERSEERS], "views, carts and orders; store: those of that store"),
    roles("delivery_times", &[MANAGERS, OVERSEERS], "deliveries; store: those from that store"),
    roles("ranking", &[OVERSEERS], "products that are for sale"),
    roles("decisions", &[OVERSEERS], DECISIONS),
    roles("curations", &[OVERSEERS], DECISIONS),
    roles("curate", &[OPERATORS], DECISIONS),
    roles("uncurate", &[OPERATORS], DECISIONS),
    roles("revert_curation", &[OPERATORS], DECISIONS),
];
