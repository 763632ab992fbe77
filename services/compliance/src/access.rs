//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{MANAGERS, OPERATORS, OVERSEERS, roles},
};

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    roles("jurisdictions", &[OVERSEERS], "jurisdictions"),
    roles("jurisdiction", &[OVERSEERS], "jurisdictions"),
    roles("keep_jurisdiction", &[OPERATORS], "jurisdictions"),
    roles("rulebooks", &[OVERSEERS], "rulebooks"),
    roles("rulebook", &[OVERSEERS], "rulebooks"),
    roles("add_rulebook", &[OPERATORS], "rulebooks"),
    roles("licences", &[MANAGERS, OVERSEERS], "licences; store: those of the stores"),
    roles("licence", &[MANAGERS, OVERSEERS], "licences; store: that of the store"),
    roles("keep_licence", &[OPERATORS], "licences"),
    roles("verdicts", &[OVERSEERS], "verdicts"),
    roles("what_if", &[OVERSEERS], "none: nothing is kept"),
];
