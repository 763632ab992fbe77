//! A customer's bank takes money back.

use kernel::Money;

use super::{
    shape_money as shape,
    state::{Dispute, State, stripe_amount, unit},
};
use crate::provider::Verdict;

/// In Stripe's units of whatever currency; not given back unless the verdict says so.
pub const FEE: i64 = 1500;

pub fn open(state: &mut State, name: &str, amount: Money, fee: i64) -> String {
    let intent = state.intent_of(name).expect("a payment of this name");
    let charge = state.good_charge(&intent).cloned().expect("money that was taken");
    let amount = stripe_amount(amount);
    let id = state.id("dp");
    let taken = state.post("dispute", &id, &charge, (-amount, fee));
    let dispute = Dispute {
        id: id.clone(),
        charge: charge.id,
        intent,
        amount,
        status: "needs_response",
        transactions: vec![taken],
        created: state.now(),
    };
    state.disputes.insert(id.clone(), dispute);
    tell(state, "charge.dispute.created", &id);
    id
}

pub fn decide(state: &mut State, id: &str, won: bool) {
    end(state, id, won, None);
}

/// All or nothing: Stripe knows no loss in part.
pub fn verdict(state: &mut State, id: &str, verdict: Verdict) {
    let dispute = state.disputes.get(id).expect("a dispute of this id");
    let unit = unit(&state.intents[&dispute.intent].currency);
    assert!([0, dispute.amount].contains(&(verdict.lost * unit)), "in part: {verdict:?}");
    end(state, id, verdict.lost == 0, verdict.fee.map(|fee| fee * unit));
}

/// `fee` is in Stripe's units.
fn end(state: &mut State, id: &str, won: bool, fee: Option<i64>) {
    let dispute = state.disputes.get(id).cloned().expect("a dispute of this id");
    let charge = state.charges[&dispute.charge].clone();
    let charged = dispute.transactions.iter().map(|id| state.transactions[id].fee).sum::<i64>();
    let (back, more) = (if won { dispute.amount } else { 0 }, fee.unwrap_or(charged) - charged);
    let moves = back != 0 || more != 0;
    let back = moves.then(|| state.post("dispute_reversal", id, &charge, (back, more)));
    if let Some(kept) = state.disputes.get_mut(id) {
        kept.status = if won { "won" } else { "lost" };
        kept.transactions.extend(back);
    }
    tell(state, "charge.dispute.closed", id);
}

fn tell(state: &mut State, kind: &str, id: &str) {
    let object = shape::dispute(state, id, &Default::default());
    state.tell(kind, object);
}
