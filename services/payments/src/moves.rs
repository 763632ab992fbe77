//! What a provider's word means for a payment, and what is to be done next. Pure.

use crate::{
    ledger::Movement,
    payment::{Kind, Payment, State, Wanted},
    provider::{
        Abilities, Decline, DisputeState, Seen, SeenDispute, SeenRefund, SeenRefundState, SeenState,
    },
};

/// One step forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Declined(Decline),
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
    /// Money that was given back is ours again: it could not be given back after all.
    RefundReturned(SeenRefund),
    /// What the provider keeps is now this, and was less or more.
    Fee {
        is: i64,
        was: i64,
    },
    /// The customer's bank has taken money back.
    Disputed(SeenDispute),
    /// What the provider charges for a dispute is now this.
    DisputeFee {
        dispute: String,
        is: i64,
        was: i64,
    },
    /// What a dispute holds back, or what was `lost` by it, is now this.
    DisputeChanged {
        dispute: String,
        is: i64,
        was: i64,
        lost: bool,
    },
    /// The dispute has ended, for us or against us; with the amount that it held until then.
    DisputeEnded(SeenDispute),
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
    /// It lies in somebody else's account.
    Account,
    /// Less or more is set aside, captured or given back than can be.
    Sums,
    /// Money for a payment whose money had been freed.
    AfterTheEnd,
    /// Something of it belongs to another payment of ours.
    Used,
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
            Self::Account => "account",
            Self::Sums => "sums",
            Self::AfterTheEnd => "after-the-end",
            Self::Used => "used",
        }
    }
}

/// A refund as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: String,
    pub amount: i64,
    pub state: SeenRefundState,
}

/// What is kept of a payment beside its own row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Money that went back; `Failed` where it came to us again.
    pub refunds: Vec<Kept>,
    pub disputes: Vec<SeenDispute>,
}

/// The steps that lead from what is kept to what the provider shows; none backwards.
pub fn steps(
    payment: &Payment,
    beside: &Beside,
    seen: &Seen,
    abilities: Abilities,
) -> Result<Vec<Step>, Mismatch> {
    identical(payment, seen)?;
    let mut steps = Vec::new();
    let nothing_yet = payment.authorised == 0;
    match &seen.state {
        SeenState::Open { decline: Some(decline) } | SeenState::Spent { decline } => {
            let known = payment.last_decline.as_deref() == Some(decline.attempt.as_str());
            if payment.state == State::Open && !known {
                steps.push(Step::Declined(decline.clone()));
            }
        }
        SeenState::Open { decline: None } | SeenState::Approved | SeenState::Reviewed => {}
        SeenState::Authorised { amount } => {
            if *amount != payment.amount {
                return Err(Mismatch::Sums);
            }
            // Where the provider ended it, it was looked at before that: this sight is old. Where we
            // only gave up waiting, the money is there.
            let old = payment.state == State::Cancelled && abilities.cancels_open;
            if nothing_yet && !old {
                steps.push(Step::Authorised { amount: *amount });
            }
        }
        SeenState::Captured { amount } => steps = captured(payment, beside, (seen, *amount))?,
        SeenState::Cancelled { reason } => {
            if matches!(payment.state, State::Open | State::Authorised) {
                steps.push(Step::Ended { reason: reason.clone() });
            }
        }
    }
    Ok(steps)
}

fn captured(
    payment: &Payment,
    beside: &Beside,
    (seen, amount): (&Seen, i64),
) -> Result<Vec<Step>, Mismatch> {
    let nothing_yet = payment.authorised == 0;
    let changed = payment.captured > 0 && payment.captured != amount;
    if changed || !(1..=payment.amount).contains(&amount) {
        return Err(Mismatch::Sums);
    }
    if payment.state == State::Cancelled && !nothing_yet {
        return Err(Mismatch::AfterTheEnd);
    }
    let mut steps = Vec::new();
    if nothing_yet {
        steps.push(Step::Authorised { amount: payment.amount });
    }
    if payment.captured == 0 {
        steps.push(Step::Captured { amount });
    }
    if let Some(fee) = seen.fee.filter(|fee| *fee != payment.fee) {
        steps.push(Step::Fee { is: fee, was: payment.fee });
    }
    let mut back = payment.refunded;
    for refund in &seen.refunds {
        if refund.amount <= 0 {
            return Err(Mismatch::Sums);
        }
        let kept = beside.refunds.iter().find(|kept| kept.id == refund.id);
        if kept.is_some_and(|kept| kept.amount != refund.amount) {
            return Err(Mismatch::Sums);
        }
        match (kept.map(|kept| kept.state), refund.state) {
            (None, SeenRefundState::Done) => {
                back += refund.amount;
                steps.push(Step::Refunded(refund.clone()));
            }
            (Some(SeenRefundState::Done), SeenRefundState::Failed) => {
                back -= refund.amount;
                steps.push(Step::RefundReturned(refund.clone()));
            }
            _ => {}
        }
    }
    if back > amount {
        return Err(Mismatch::Sums);
    }
    steps.extend(disputes(&beside.disputes, &seen.disputes)?);
    Ok(steps)
}

/// The steps from disputes as they are kept to what is seen of them, of whatever money.
pub fn disputes(kept: &[SeenDispute], seen: &[SeenDispute]) -> Result<Vec<Step>, Mismatch> {
    let mut steps = Vec::new();
    for dispute in seen {
        if dispute.amount <= 0 || dispute.fee < 0 {
            return Err(Mismatch::Sums);
        }
        if let Some(kept) = kept.iter().find(|kept| kept.id == dispute.id) {
            steps.extend(changes(kept, dispute));
            continue;
        }
        steps.push(Step::Disputed(dispute.clone()));
        if dispute.state != DisputeState::Open {
            steps.push(Step::DisputeEnded(dispute.clone()));
        }
    }
    Ok(steps)
}

/// From a dispute as it is kept to what is seen of it. What has ended does not open again.
fn changes(kept: &SeenDispute, seen: &SeenDispute) -> Vec<Step> {
    use DisputeState::{Lost, Open, Won};
    let mut steps = Vec::new();
    let dispute = || seen.id.clone();
    if seen.fee != kept.fee {
        steps.push(Step::DisputeFee { dispute: dispute(), is: seen.fee, was: kept.fee });
    }
    // Of one that is won nothing is held: what comes back is what was.
    let holds = matches!((kept.state, seen.state), (Open, Open | Lost) | (Lost, Lost));
    if holds && seen.amount != kept.amount {
        let (is, was, lost) = (seen.amount, kept.amount, kept.state == Lost);
        steps.push(Step::DisputeChanged { dispute: dispute(), is, was, lost });
    }
    if kept.state == Open && matches!(seen.state, Won | Lost) {
        let amount = if holds { seen.amount } else { kept.amount };
        steps.push(Step::DisputeEnded(SeenDispute { amount, ..seen.clone() }));
    }
    steps
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
    } else if !seen.account_fits {
        Err(Mismatch::Account)
    } else {
        Ok(())
    }
}

/// Takes a step: changes the payment and gives what the ledger has to note, under which source.
pub fn take(payment: &mut Payment, step: &Step) -> Option<(Movement, String)> {
    match step {
        Step::Declined(decline) => {
            payment.last_decline = Some(decline.attempt.clone());
            payment.declined_why = Some(decline.why);
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
        Step::RefundReturned(refund) => {
            payment.refunded -= refund.amount;
            Some((Movement::RefundReturned(refund.amount), refund.id.clone()))
        }
        Step::Fee { is, was } => {
            payment.fee = *is;
            Some((Movement::Fee(is - was), format!("{was} to {is}")))
        }
        Step::Disputed(dispute) => {
            payment.disputed += dispute.amount;
            let movement = Movement::Disputed { amount: dispute.amount, fee: dispute.fee };
            Some((movement, dispute.id.clone()))
        }
        Step::DisputeFee { dispute, is, was } => {
            Some((Movement::DisputeFee(is - was), format!("{dispute} {was} to {is}")))
        }
        Step::DisputeChanged { dispute, is, was, lost } => {
            payment.disputed += is - was;
            let movement = Movement::DisputeChanged { amount: is - was, lost: *lost };
            Some((movement, format!("{dispute} {was} to {is}")))
        }
        Step::DisputeEnded(dispute) if dispute.state == DisputeState::Won => {
            payment.disputed -= dispute.amount;
            Some((Movement::DisputeWon(dispute.amount), dispute.id.clone()))
        }
        Step::DisputeEnded(dispute) => {
            Some((Movement::DisputeLost(dispute.amount), dispute.id.clone()))
        }
    }
}

/// A write that is to be made now. What is asked for a second time under one source is not made
/// again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub kind: Kind,
    pub amount: i64,
    pub source: &'static str,
}

/// What the order's wish asks of the provider now. `promised` is what refunds that are under way
/// will still give back.
pub fn due(payment: &Payment, abilities: Abilities, promised: i64) -> Option<Due> {
    let left = payment.left(promised);
    let due = |kind, amount, source| Some(Due { kind, amount, source });
    match (payment.wanted, payment.state) {
        (Wanted::Capture, State::Authorised) if abilities.captures_in_part => {
            let wanted = payment.capture_amount.unwrap_or(payment.authorised);
            due(Kind::Capture, wanted.min(payment.authorised), "order")
        }
        (Wanted::Capture, State::Authorised) => due(Kind::Capture, payment.authorised, "order"),
        (Wanted::Capture, State::Captured) => {
            let rest = payment.captured - payment.capture_amount?;
            (0 < rest && rest <= left).then_some(())?;
            due(Kind::Refund, rest, "rest")
        }
        (Wanted::Cancel, State::Open) if abilities.cancels_open => due(Kind::Cancel, 0, "order"),
        (Wanted::Cancel, State::Authorised) if abilities.voids => due(Kind::Cancel, 0, "order"),
        // It cannot be let go: it is taken, to be given back.
        (Wanted::Cancel, State::Authorised) => {
            due(Kind::Capture, payment.authorised, "to give it back")
        }
        (Wanted::Cancel, State::Captured) if left > 0 => due(Kind::Refund, left, "order"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
