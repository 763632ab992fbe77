//! PayPal's own: forged webhooks, cards and their issuers, keys that PayPal forgets, tokens.

mod captures;
mod collision;
mod denied;
mod flows;
mod forgeries;
mod refunds;
mod saved;
mod sdk;
mod till;
