//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{OPERATORS, OVERSEERS, READERS, STAFF, anyone, roles, signed_in},
};

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    anyone("health", "none"),
    anyone("readiness", "none"),
    anyone("openapi", "none"),
    signed_in("export_me", "everything that the house keeps of oneself"),
    signed_in("may", "what one may do by one's roles"),
    roles("may_at_store", &[STAFF, READERS], "what one may do at a store; store: that one"),
    roles("dead_letters", &[OVERSEERS], "events that no follower could handle"),
    roles("dead_letter", &[OPERATORS], "events that no follower could handle"),
    roles("replay_dead_letter", &[OPERATORS], "events that no follower could handle"),
];
