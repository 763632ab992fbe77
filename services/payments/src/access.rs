//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{
        CUSTOMERS, DESK, DRIVERS, MANAGERS, OPERATORS, OVERSEERS, READERS, STAFF, anyone, proof,
        roles,
    },
};

const OF_VENDOR: &str = "vendors' money; store: that of the vendor who sold from that store";
const EARNINGS: &str = "what drivers earned; own: what one earned oneself";
const DOCUMENTS: &str = "invoices and credit notes; own: those of orders that one placed; store: those \
                         of the store";

const COMPLAINTS: &str = "what customers ask money back for; own: orders that one placed; store: those at \
                          these stores";

const LINK: &str = "whoever has the link of the payment's page";
const PAGE: &str = "payments: what there is to pay and how, and nobody's name";

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
    roles("saved_methods", &[CUSTOMERS], "saved ways to pay; own"),
    roles("remove_saved_method", &[CUSTOMERS], "saved ways to pay; own"),
    roles("left_methods", &[OVERSEERS], "saved ways to pay that customers have removed"),
    roles("left_method_removed", &[OPERATORS], "saved ways to pay that customers have removed"),
    roles("ways", &[OVERSEERS], "ways to pay that stores offer"),
    roles("set_way", &[OPERATORS], "ways to pay that stores offer"),
    roles("remove_way", &[OPERATORS], "ways to pay that stores offer"),
    roles("provider_accounts", &[OVERSEERS], "accounts at providers"),
    roles("refund_payment", &[MANAGERS, DESK], "payments; store: those at these stores"),
    roles("refunds", &[MANAGERS, READERS], "refunds; store: those at these stores"),
    roles("decide_refund", &[MANAGERS, DESK], "refunds; store: those at these stores"),
    roles("complain", &[CUSTOMERS], COMPLAINTS),
    roles("order_complaints", &[CUSTOMERS], COMPLAINTS),
    roles("complaints", &[STAFF, READERS], COMPLAINTS),
    roles("answer_complaint", &[MANAGERS, DESK], COMPLAINTS),
    roles("refund_limits", &[OVERSEERS], "limits of refunds"),
    roles("set_refund_limit", &[OPERATORS], "limits of refunds"),
    roles("refund_limit_changes", &[OVERSEERS], "limits of refunds"),
    roles("decide_refund_limit", &[OPERATORS], "limits of refunds"),
    roles("documents", &[OVERSEERS], DOCUMENTS),
    roles("document", &[CUSTOMERS, STAFF, READERS], DOCUMENTS),
    roles("document_pdf", &[CUSTOMERS, STAFF, READERS], DOCUMENTS),
    roles("order_documents", &[CUSTOMERS, STAFF, READERS], DOCUMENTS),
    roles("settlements", &[OVERSEERS], "settlement files of providers"),
    roles("settlement", &[OVERSEERS], "settlement files of providers"),
    roles("settlement_differences", &[OVERSEERS], "settlement files of providers"),
    roles("load_settlement", &[OPERATORS], "settlement files of providers"),
    roles("explain_settlement_difference", &[OPERATORS], "settlement files of providers"),
    roles("payment_ledger", &[OVERSEERS], "the books"),
    roles("ledger_balance", &[OVERSEERS], "the books"),
    roles("account_entries", &[OVERSEERS], "the books"),
    roles("trial_balance", &[OVERSEERS], "the books"),
    roles("vendor_terms", &[OVERSEERS], "terms of vendors"),
    roles("put_vendor_terms", &[OPERATORS], "terms of vendors"),
    roles("vendor_statement", &[MANAGERS, OVERSEERS], OF_VENDOR),
    roles("driver_earnings", &[DRIVERS, OVERSEERS], EARNINGS),
    roles("driver_deliveries", &[DRIVERS, OVERSEERS], EARNINGS),
    roles("make_payout", &[OPERATORS], "vendors' money"),
    roles("payouts", &[MANAGERS, OVERSEERS], OF_VENDOR),
    roles("waiting_payouts", &[OVERSEERS], "vendors' money"),
    roles("payout_sent", &[OPERATORS], "vendors' money"),
    proof("payment_page", LINK, PAGE),
    proof("payment_page_state", LINK, PAGE),
    proof("choose_way_on_page", LINK, PAGE),
    proof("return_on_page", LINK, PAGE),
    anyone("payment_page_file", "none"),
    proof("provider_webhook", "whoever signs with the provider's webhook secret", "notices"),
    proof("sandbox_webhook", "whoever signs with the provider's webhook secret", "notices"),
];
