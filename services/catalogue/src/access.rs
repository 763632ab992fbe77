//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{MANAGERS, OPERATORS, OVERSEERS, READERS, STAFF, anyone, anyone_and, roles},
};

const LISTINGS: &str = "listings; store: those of the store";
const STOCK: &str = "stock; store: that of the store";

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    anyone("list_categories", "categories"),
    roles("name_category", &[OPERATORS], "categories"),
    roles("list_vendors", &[OVERSEERS], "vendors"),
    roles("add_vendor", &[OPERATORS], "vendors"),
    roles("rename_vendor", &[OPERATORS], "vendors"),
    anyone_and(
        "list_stores",
        &[STAFF, READERS],
        "active stores; also others, where they are within reach",
    ),
    roles("add_store", &[OPERATORS], "stores"),
    anyone_and(
        "get_store",
        &[STAFF, READERS],
        "active stores; also others, where they are within reach",
    ),
    roles("change_store", &[OPERATORS], "stores"),
    roles("change_terms", &[MANAGERS, OPERATORS], "stores; store: that one"),
    // Whoever packs knows first when it is too much.
    roles("pause_store", &[STAFF, OPERATORS], "stores; store: that one"),
    roles("resume_store", &[STAFF, OPERATORS], "stores; store: that one"),
    anyone("find_products", "active products"),
    roles("add_product", &[OPERATORS], "products"),
    anyone_and(
        "get_product",
        &[READERS],
        "active products; also others, where they are within reach",
    ),
    roles("change_product", &[OPERATORS], "products"),
    anyone_and(
        "list_listings",
        &[STAFF, READERS],
        "what active stores sell; also what is not for sale, where the store is within reach",
    ),
    roles("put_listing", &[MANAGERS, OPERATORS], LISTINGS),
    roles("export_listings", &[STAFF, OVERSEERS], LISTINGS),
    roles("import_listings", &[MANAGERS, OPERATORS], LISTINGS),
    roles("list_stock", &[STAFF, OVERSEERS], STOCK),
    roles("list_movements", &[STAFF, OVERSEERS], STOCK),
    roles("move_stock", &[STAFF, OPERATORS], STOCK),
    roles("set_threshold", &[STAFF, OPERATORS], STOCK),
];
