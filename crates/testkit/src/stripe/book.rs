//! Stripe's own book of one payment.

use super::state::{State, unit};
use crate::Book;

pub fn of(state: &State, name: &str) -> Book {
    let Some(intent) = state.intent_of(name) else { return Book::default() };
    let unit = unit(&state.intents[&intent].currency);
    let good =
        state.charges.values().filter(|charge| charge.intent == intent && charge.failure.is_none());
    let refunds = state.refunds.values().filter(|refund| {
        refund.intent == intent && refund.transaction.is_some() && refund.status != "failed"
    });
    let held = state.disputes.values().filter(|one| one.intent == intent && one.status != "won");
    let fees = state.transactions.values().filter(|one| one.intent == intent);
    Book {
        authorisations: good.clone().count() as u32,
        captures: good.clone().filter(|charge| charge.captured > 0).count() as u32,
        refunds: refunds.clone().count() as u32,
        captured: good.map(|charge| charge.captured).sum::<i64>() / unit,
        refunded: refunds.map(|refund| refund.amount).sum::<i64>() / unit,
        disputed: held.map(|dispute| dispute.amount).sum::<i64>() / unit,
        fees: fees.map(|one| one.fee).sum::<i64>() / unit,
    }
}
