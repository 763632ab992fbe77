//! PayPal's own: forged webhooks, cards and their issuers, keys that PayPal forgets, tokens.

mod collision;
mod flows;
mod forgeries;
mod saved;
mod sdk;
mod till;
