//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{CUSTOMERS, DESK, MANAGERS, OPERATORS, OVERSEERS, READERS, proof, roles},
};

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    roles(
        "payment",
        &[CUSTOMERS, MANAGERS, READERS],
        "payments; own: those of orders that one placed; store: those at these stores",
    ),
    roles("return_from_provider", &[CUSTOMERS], "payments; own: those of orders that one placed"),
    roles(
        "payment_of_order",
        &[CUSTOMERS, READERS],
        "payments; own: those of orders that one placed",
    ),
    roles("offered_ways", &[CUSTOMERS], "payments; own: those of orders that one placed"),
    roles("choose_way", &[CUSTOMERS], "payments; own: those of orders that one placed"),
    roles("ways", &[OVERSEERS], "ways to pay that stores offer"),
    roles("set_way", &[OPERATORS], "ways to pay that stores offer"),
    roles("remove_way", &[OPERATORS], "ways to pay that stores offer"),
    roles("refund_payment", &[MANAGERS, DESK], "payments; store: those at these stores"),
    roles("refunds", &[MANAGERS, READERS], "refunds; store: those at these stores"),
    roles("decide_refund", &[MANAGERS, DESK], "refunds; store: those at these stores"),
    roles("refund_limits", &[OVERSEERS], "limits of refunds"),
    roles("set_refund_limit", &[OPERATORS], "limits of refunds"),
    roles("payment_ledger", &[OVERSEERS], "entries of the ledger"),
    roles("ledger_balance", &[OVERSEERS], "entries of the ledger"),
    roles("settlements", &[OVERSEERS], "settlement files of providers"),
    roles("settlement", &[OVERSEERS], "settlement files of providers"),
    roles("settlement_differences", &[OVERSEERS], "settlement files of providers"),
    roles("load_settlement", &[OPERATORS], "settlement files of providers"),
    roles("explain_settlement_difference", &[OPERATORS], "settlement files of providers"),
    proof("provider_webhook", "whoever signs with the provider's webhook secret", "notices"),
    proof("sandbox_webhook", "whoever signs with the provider's webhook secret", "notices"),
];
