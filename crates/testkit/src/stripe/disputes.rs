//! A customer's bank takes money back.

use kernel::Money;

use super::{
    shape_money as shape,
    state::{Dispute, State, stripe_amount},
};

/// In Stripe's units of whatever currency; not given back, whoever wins.
pub const FEE: i64 = 1500;

pub fn open(state: &mut State, name: &str, amount: Money) -> String {
    let intent = state.intent_of(name).expect("a payment of this name");
    let charge = state.good_charge(&intent).cloned().expect("money that was taken");
    let amount = stripe_amount(amount);
    let id = state.id("dp");
    let taken = state.post("dispute", &id, &charge, (-amount, FEE));
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
    let dispute = state.disputes.get(id).cloned().expect("a dispute of this id");
    let charge = state.charges[&dispute.charge].clone();
    let back = won.then(|| state.post("dispute_reversal", id, &charge, (dispute.amount, 0)));
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
