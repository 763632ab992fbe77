//! What a provider's word means for a payment, and what is to be done next. Pure.

use crate::{
    ledger::Movement,
    payment::{Kind, Payment, State, Wanted},
    provider::{Seen, SeenRefund, SeenState},
};

/// One step forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Declined {
        attempt: String,
        reason: String,
    },
    Authorised {
        amount: i64,
    },
    Captured {
        amount: i64,
    },
    /// It ended without money.
    Ended {
        reason: String,
    },
    Refunded(SeenRefund),
}

/// Why what the provider shows is not the money of this payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    OtherId,
    OtherOrder,
    OtherPayment,
    Amount,
    Currency,
    /// Play money for a real payment, or the other way round.
    Mode,
    /// Less or more is set aside, captured or given back than can be.
    Sums,
    /// Money for a payment whose money had been freed.
    AfterTheEnd,
}

impl Mismatch {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherId => "other-id",
            Self::OtherOrder => "other-order",
            Self::OtherPayment => "other-payment",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Mode => "mode",
            Self::Sums => "sums",
            Self::AfterTheEnd => "after-the-end",
        }
    }
}

/// The steps that lead from what is kept to what the provider shows; none backwards.
/// `known` are the provider's ids of refunds that are kept already.
pub fn steps(payment: &Payment, known: &[String], seen: &Seen) -> Result<Vec<Step>, Mismatch> {
    identical(payment, seen)?;
    let mut steps = Vec::new();
    let nothing_yet = payment.authorised == 0;
    match &seen.state {
        SeenState::Open { decline } => {
            let news = decline.as_ref().filter(|decline| {
                payment.state == State::Open
                    && payment.last_decline.as_deref() != Some(decline.attempt.as_str())
            });
            steps.extend(news.map(|decline| Step::Declined {
                attempt: decline.attempt.clone(),
                reason: decline.reason.clone(),
            }));
        }
        SeenState::Authorised { amount } => {
            if *amount != payment.amount {
                return Err(Mismatch::Sums);
            }
            // One that has ended was looked at before it did: this sight is old.
            if nothing_yet && payment.state != State::Cancelled {
                steps.push(Step::Authorised { amount: *amount });
            }
        }
        SeenState::Captured { amount } => {
            let changed = payment.captured > 0 && payment.captured != *amount;
            if changed || !(1..=payment.amount).contains(amount) {
                return Err(Mismatch::Sums);
            }
            if payment.state == State::Cancelled && !nothing_yet {
                return Err(Mismatch::AfterTheEnd);
            }
            if nothing_yet {
                steps.push(Step::Authorised { amount: payment.amount });
            }
            if payment.captured == 0 {
                steps.push(Step::Captured { amount: *amount });
            }
            let new = seen.refunds.iter().filter(|refund| !known.contains(&refund.id));
            let new: Vec<_> = new.cloned().collect();
            let back: i64 = new.iter().map(|refund| refund.amount).sum();
            if new.iter().any(|refund| refund.amount <= 0) || payment.refunded + back > *amount {
                return Err(Mismatch::Sums);
            }
            steps.extend(new.into_iter().map(Step::Refunded));
        }
        SeenState::Cancelled { reason } => {
            if matches!(payment.state, State::Open | State::Authorised) {
                steps.push(Step::Ended { reason: reason.clone() });
            }
        }
    }
    Ok(steps)
}

/// A genuine notice of another payment must not move this one.
fn identical(payment: &Payment, seen: &Seen) -> Result<(), Mismatch> {
    let order = payment.order.to_string();
    let id = payment.id.to_string();
    if payment.provider_payment.as_deref() != Some(seen.id.as_str()) {
        Err(Mismatch::OtherId)
    } else if seen.order.as_deref() != Some(order.as_str()) {
        Err(Mismatch::OtherOrder)
    } else if seen.payment.as_deref() != Some(id.as_str()) {
        Err(Mismatch::OtherPayment)
    } else if seen.amount != payment.amount {
        Err(Mismatch::Amount)
    } else if !seen.currency.eq_ignore_ascii_case(payment.currency.code()) {
        Err(Mismatch::Currency)
    } else if !seen.mode_fits {
        Err(Mismatch::Mode)
    } else {
        Ok(())
    }
}

/// Takes a step: changes the payment and gives what the ledger has to note, under which source.
pub fn take(payment: &mut Payment, step: &Step) -> Option<(Movement, String)> {
    match step {
        Step::Declined { attempt, .. } => {
            payment.last_decline = Some(attempt.clone());
            None
        }
        Step::Authorised { amount } => {
            payment.state = State::Authorised;
            payment.authorised = *amount;
            Some((Movement::Authorised(*amount), String::new()))
        }
        Step::Captured { amount } => {
            payment.state = State::Captured;
            payment.captured = *amount;
            let movement = Movement::Captured { authorised: payment.authorised, captured: *amount };
            Some((movement, String::new()))
        }
        Step::Ended { .. } => {
            payment.state = State::Cancelled;
            let freed = payment.authorised;
            (freed > 0).then(|| (Movement::Voided(freed), String::new()))
        }
        Step::Refunded(refund) => {
            payment.refunded += refund.amount;
            Some((Movement::Refunded(refund.amount), refund.id.clone()))
        }
    }
}

/// What the order's wish asks of the provider now. `promised` is what refunds that are under way
/// will still give back.
pub fn due(payment: &Payment, promised: i64) -> Option<(Kind, i64)> {
    match (payment.wanted, payment.state) {
        (Wanted::Capture, State::Authorised) => Some((Kind::Capture, payment.authorised)),
        (Wanted::Cancel, State::Open | State::Authorised) => Some((Kind::Cancel, 0)),
        (Wanted::Cancel, State::Captured) => {
            let left = payment.captured - payment.refunded - promised;
            (left > 0).then_some((Kind::Refund, left))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
