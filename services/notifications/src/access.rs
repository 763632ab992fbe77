//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{DESK, READERS, roles, signed_in},
};

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    signed_in("my_messages", "messages; own: those to oneself"),
    roles("all_messages", &[READERS], "messages"),
    roles("retry_message", &[DESK], "messages"),
];
