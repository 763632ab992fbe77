//! Who may call which operation of this service, and for which rows.

use wire::{Rule, access::proof};

const MERCHANT: &str = "whoever has the secret key";

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    proof("sandbox_create_payment_intent", MERCHANT, "intents"),
    proof("sandbox_capture_payment_intent", MERCHANT, "intents"),
    proof("sandbox_cancel_payment_intent", MERCHANT, "intents"),
    proof("sandbox_create_refund", MERCHANT, "refunds"),
    proof("sandbox_list_events", MERCHANT, "events"),
    proof("sandbox_misbehave", MERCHANT, "none"),
    proof("sandbox_fail", MERCHANT, "none"),
    proof(
        "sandbox_retrieve_payment_intent",
        "whoever has the secret key, or the intent's client secret",
        "intents",
    ),
    proof("sandbox_confirm_payment_intent", "whoever has the intent's client secret", "intents"),
];
