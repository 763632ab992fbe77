//! What the bank says, and money that is taken.

use serde_json::{Value, json};

use super::{
    intents::{self, Status},
    kept, refunds, sessions, shape,
    state::{Charge, State},
};

/// Stripe's test methods that are declined, with the code of the error and of the decline.
pub fn decline_of(method: &str) -> Option<(&'static str, &'static str)> {
    Some(match method {
        "pm_card_chargeDeclined" => ("card_declined", "generic_decline"),
        "pm_card_chargeDeclinedInsufficientFunds" => ("card_declined", "insufficient_funds"),
        "pm_card_chargeDeclinedLostCard" => ("card_declined", "lost_card"),
        "pm_card_chargeDeclinedStolenCard" => ("card_declined", "stolen_card"),
        "pm_card_chargeDeclinedFraudulent" => ("card_declined", "fraudulent"),
        "pm_card_chargeDeclinedVelocityLimitExceeded" => {
            ("card_declined", "card_velocity_exceeded")
        }
        "pm_card_chargeDeclinedExpiredCard" => ("expired_card", "expired_card"),
        "pm_card_chargeDeclinedIncorrectCvc" => ("incorrect_cvc", "incorrect_cvc"),
        "pm_card_chargeDeclinedProcessingError" => ("processing_error", "processing_error"),
        _ => return None,
    })
}

fn attempt(state: &mut State, id: &str, failure: Option<(String, String)>) -> String {
    let charge = state.id("ch");
    let created = state.now();
    let intent = state.intent_mut(id);
    intent.charge = Some(charge.clone());
    let new = Charge {
        id: charge.clone(),
        intent: id.into(),
        amount: intent.amount,
        captured: 0,
        refunded: 0,
        failure,
        method: intent.method.clone().unwrap_or_default(),
        transaction: None,
        created,
    };
    state.charges.insert(charge.clone(), new);
    charge
}

/// The bank gives the money: it is set aside, or taken at once.
pub fn agreed(state: &mut State, id: &str) {
    let charge = attempt(state, id, None);
    let now = state.now();
    let intent = state.intent_mut(id);
    intent.status = Status::RequiresCapture;
    intent.authorised_at = Some(now);
    let (manual, amount) = (intent.manual, intent.amount);
    kept::keep(state, id);
    tell(state, "charge.succeeded", &charge);
    if manual {
        intents::tell(state, "amount_capturable_updated", id);
    } else {
        capture(state, id, amount);
    }
    sessions::complete(state, id);
}

pub fn declined(state: &mut State, id: &str, code: &str, decline: &str) -> Value {
    let charge = attempt(state, id, Some((code.into(), decline.into())));
    tell(state, "charge.failed", &charge);
    let mut error = json!({
        "type": "card_error", "code": code, "charge": charge, "message": "Your card was declined.",
        "payment_method": kept::of_intent(state, id),
    });
    if code == "card_declined" {
        error["decline_code"] = decline.into();
    }
    failed(state, id, error.clone());
    error
}

pub fn failed(state: &mut State, id: &str, error: Value) {
    let intent = state.intent_mut(id);
    intent.status = Status::RequiresPaymentMethod;
    intent.method = None;
    intent.last_error = Some(error);
    intents::tell(state, "payment_failed", id);
}

/// Takes `amount` of what is set aside and releases the rest.
pub fn capture(state: &mut State, id: &str, amount: i64) {
    let intent = state.intent_mut(id);
    intent.status = Status::Succeeded;
    intent.received = amount;
    let rest = intent.amount - amount;
    let charge = intent.charge.clone().expect("money that is set aside has a charge");
    if rest > 0 {
        refunds::release(state, &charge, rest, None);
    }
    let fee = (amount * 29 + 500) / 1000 + 30;
    let source = state.charges[&charge].clone();
    let transaction = state.post("charge", &charge, &source, (amount, fee));
    let taken = state.charge_mut(&charge);
    taken.captured = amount;
    taken.transaction = Some(transaction);
    tell(state, "charge.captured", &charge);
    intents::tell(state, "succeeded", id);
}

pub fn tell(state: &mut State, kind: &str, charge: &str) {
    let object = shape::charge(state, charge, &Default::default());
    state.tell(kind, object);
}
