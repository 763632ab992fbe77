//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{CUSTOMERS, OPERATORS, OVERSEERS, READERS, proof, roles},
};

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    roles("payment", &[CUSTOMERS, READERS], "payments; own: those of orders that one placed"),
    roles("return_from_provider", &[CUSTOMERS], "payments; own: those of orders that one placed"),
    roles("refund_payment", &[OPERATORS], "payments"),
    roles("payment_ledger", &[OVERSEERS], "entries of the ledger"),
    roles("ledger_balance", &[OVERSEERS], "entries of the ledger"),
    proof("sandbox_webhook", "whoever signs with the provider's webhook secret", "notices"),
];
