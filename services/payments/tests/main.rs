//! Through the front door, on a fresh database, with the sandbox at the end of a real socket.

mod access;
mod books;
mod browser;
mod card_numbers;
mod documents;
mod erasure;
mod gone;
mod ledger;
mod operations;
mod page;
mod payouts;
mod paypal;
mod razorpay;
mod refund_limits;
mod refunds;
mod saved;
mod settle;
mod settled;
mod settlement_payouts;
mod settlements;
mod shop;
mod start;
mod storms;
mod stripe;
mod unanswered;
mod webhook;
