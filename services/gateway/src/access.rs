//! Who may call which operation of this service, and for which rows.

use wire::{Rule, access::anyone};

/// A line for each operation.
pub const ACCESS: &[Rule] =
    &[anyone("health", "none"), anyone("readiness", "none"), anyone("openapi", "none")];
