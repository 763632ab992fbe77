//! What PayPal shows of an order, as one picture of a payment. Pure.

use kernel::Currency;

use super::{
    decline, keep, liability,
    wire::{Authorization, Capture, Dispute, Order, Payments},
};
use crate::provider::{
    Decline, DisputeState, Known, Seen, SeenDispute, SeenRefund, SeenRefundState, SeenState,
};

/// The picture; an error where it cannot be understood.
pub fn seen(
    order: Order,
    disputes: Vec<Dispute>,
    (known, merchant): (&Known<'_>, &str),
) -> Result<Seen, String> {
    let currency = known.amount.currency;
    let state = state(&order, currency, known.capturing)?;
    let [unit] = order.purchase_units.as_slice() else {
        return Err(format!("{} purchase units", order.purchase_units.len()));
    };
    let amount = unit.amount.as_ref().ok_or("no amount")?;
    let payments = &unit.payments;
    let payee = unit.payee.as_ref().and_then(|payee| payee.merchant_id.as_deref());
    let mut objects: Vec<String> = Vec::new();
    objects.extend(payments.authorizations.iter().map(|one| one.id.clone()));
    objects.extend(payments.captures.iter().map(|one| one.id.clone()));
    objects.extend(payments.refunds.iter().map(|one| one.id.clone()));
    let ours = |dispute: &Dispute| {
        let of = dispute.disputed_transactions.iter().flat_map(|one| &one.seller_transaction_id);
        of.into_iter().any(|id| payments.captures.iter().any(|capture| capture.id == *id))
    };
    let disputes: Vec<SeenDispute> =
        disputes.iter().filter(|one| ours(one)).filter_map(|one| disputed(one, currency)).collect();
    objects.extend(disputes.iter().map(|one| one.id.clone()));
    Ok(Seen {
        order: unit.reference_id.clone(),
        payment: unit.custom_id.clone(),
        // In another currency no amount of ours fits; the currency is what is told.
        amount: amount.minor(currency).unwrap_or(-1),
        currency: amount.currency_code.clone(),
        mode_fits: true,
        account_fits: payee == Some(merchant),
        state,
        refunds: refunds(payments, currency)?,
        disputes,
        fee: fee(payments, currency),
        objects,
        strays: Vec::new(),
        method: order.payment_source.and_then(keep::seen),
        id: order.id,
    })
}

/// `capturing`: we are at it, so that what is seen may be half of it.
fn state(order: &Order, currency: Currency, capturing: bool) -> Result<SeenState, String> {
    let none = Payments::default();
    let payments = order.purchase_units.first().map_or(&none, |unit| &unit.payments);
    let mut captured = 0;
    for capture in payments.captures.iter().filter(|one| is_taken(&one.status)) {
        captured += capture.amount.minor(currency).ok_or("a capture in another currency")?;
    }
    if captured > 0 {
        return Ok(SeenState::Captured { amount: captured });
    }
    if !capturing && held(payments).is_some() && is_used_up(payments) {
        return Ok(SeenState::Cancelled { reason: "what was set aside could not be taken".into() });
    }
    if let Some(held) = held(payments) {
        let amount = held.amount.minor(currency).ok_or("set aside in another currency")?;
        return Ok(SeenState::Authorised { amount });
    }
    let last = payments.authorizations.last();
    Ok(match (last.map(|one| (one, one.status.as_str())), order.status.as_str()) {
        (Some((_, "PENDING")), _) => SeenState::Reviewed,
        (Some((one, "DENIED")), _) => {
            let code = one.processor_response.as_ref();
            let code = code.and_then(|code| code.response_code.as_deref()).unwrap_or_default();
            let why = decline::of_processor(code);
            // The order has been used up by that.
            SeenState::Spent { decline: Decline { attempt: one.id.clone(), why } }
        }
        (Some((_, "VOIDED")), _) | (None, "VOIDED") => {
            SeenState::Cancelled { reason: "what was set aside is free again".into() }
        }
        (Some((_, other)), _) => return Err(format!("an authorisation that is {other}")),
        (None, "APPROVED") => agreed(order),
        (None, "CREATED") if authentication(order).is_some() => agreed(order),
        (None, "CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED") => SeenState::Open { decline: None },
        (None, other) => return Err(format!("an order that is {other:?}")),
    })
}

/// The payer agreed; with a card, its issuer has to have said so too.
fn agreed(order: &Order) -> SeenState {
    if may_be_authorised(order) {
        return SeenState::Approved;
    }
    let at = order.update_time.as_deref().unwrap_or_default();
    let attempt = format!("authentication {at} {:?}", authentication(order));
    let attempt = attempt.chars().filter(char::is_ascii_alphanumeric).take(200).collect();
    SeenState::Open {
        decline: Some(Decline { attempt, why: crate::decline::Why::NotAuthenticated }),
    }
}

fn authentication(order: &Order) -> Option<&liability::Authentication> {
    order.payment_source.as_ref()?.card.as_ref()?.authentication_result.as_ref()
}

/// Whether the money may be asked for as far as the issuer's word goes.
pub fn may_be_authorised(order: &Order) -> bool {
    liability::goes_on(authentication(order))
}

pub fn is_taken(status: &str) -> bool {
    matches!(status, "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED")
}

pub fn has_failed(capture: &Capture) -> bool {
    matches!(capture.status.as_str(), "DECLINED" | "FAILED")
}

/// Whether it can still be taken or freed.
pub fn frees(one: &Authorization) -> bool {
    matches!(one.status.as_str(), "CREATED" | "PARTIALLY_CAPTURED")
}

/// What is set aside, the newest of it; also while its capture is under way.
pub fn held(payments: &Payments) -> Option<&Authorization> {
    let under_way = |one: &&Authorization| one.status == "CAPTURED";
    let all = || payments.authorizations.iter();
    let newest = |one: &&Authorization| one.created();
    all().filter(|one| frees(one)).max_by_key(newest).or_else(|| all().rev().find(under_way))
}

/// Whether an authorisation was used up by captures that brought nothing, and none is on its way.
fn is_used_up(payments: &Payments) -> bool {
    let all = &payments.captures;
    !all.is_empty() && all.iter().all(has_failed) && !payments.authorizations.iter().any(frees)
}

fn refunds(payments: &Payments, currency: Currency) -> Result<Vec<SeenRefund>, String> {
    let seen = payments.refunds.iter().map(|one| {
        Ok(SeenRefund {
            id: one.id.clone(),
            operation: one.custom_id.as_deref().and_then(|id| id.parse().ok()),
            amount: one.amount.minor(currency).ok_or("a refund in another currency")?,
            state: match one.status.as_str() {
                "COMPLETED" => SeenRefundState::Done,
                "PENDING" => SeenRefundState::Pending,
                "FAILED" | "CANCELLED" => SeenRefundState::Failed,
                other => return Err(format!("a refund that is {other:?}")),
            },
        })
    });
    seen.collect()
}

/// What PayPal keeps, less what it gave back of that; none where it has not said.
fn fee(payments: &Payments, currency: Currency) -> Option<i64> {
    let mut fee = 0;
    for capture in payments.captures.iter().filter(|one| is_taken(&one.status)) {
        let kept = capture.seller_receivable_breakdown.as_ref()?.paypal_fee.as_ref()?;
        fee += kept.minor(currency)?;
    }
    for refund in payments.refunds.iter().filter(|one| one.status == "COMPLETED") {
        let back = refund.seller_payable_breakdown.as_ref();
        let back = back.and_then(|back| back.paypal_fee.as_ref());
        fee -= back.and_then(|back| back.minor(currency)).unwrap_or_default();
    }
    (!payments.captures.is_empty()).then_some(fee)
}

/// What PayPal charges for it, and how it ended, as the specification of Disputes v1 names them
/// (`money_movement_reason`, `outcome_code`). With a payout PayPal itself bears the loss. An outcome
/// that is not told, or that nothing follows from, decides nothing.
fn disputed(dispute: &Dispute, currency: Currency) -> Option<SeenDispute> {
    let fees = dispute.money_movements.iter().filter(|one| {
        one.affected_party.as_deref() == Some("SELLER")
            && matches!(
                one.reason.as_deref(),
                Some("DISPUTE_FEE" | "CHARGEBACK_FEE" | "DISPUTE_SETTLEMENT_FEE")
            )
    });
    let fee = fees.map(|one| {
        let amount = one.amount.as_ref().and_then(|amount| amount.minor(currency)).unwrap_or(0);
        if one.kind.as_deref() == Some("CREDIT") { -amount } else { amount }
    });
    let outcome = dispute.dispute_outcome.as_ref();
    let code = outcome.and_then(|one| one.outcome_code.as_deref());
    // The customer may have been given less than they asked for, or nothing.
    let refunded = outcome.and_then(|one| one.amount_refunded.as_ref()?.minor(currency));
    let disputed = dispute.dispute_amount.minor(currency)?;
    let (state, amount) = match (dispute.status.as_str(), code) {
        ("RESOLVED", Some("RESOLVED_BUYER_FAVOUR" | "ACCEPTED")) => match refunded {
            Some(0) => (DisputeState::Won, disputed),
            refunded => (DisputeState::Lost, refunded.unwrap_or(disputed)),
        },
        (
            "RESOLVED",
            Some(
                "RESOLVED_SELLER_FAVOUR" | "RESOLVED_WITH_PAYOUT" | "CANCELED_BY_BUYER" | "DENIED",
            ),
        ) => (DisputeState::Won, disputed),
        _ => (DisputeState::Open, disputed),
    };
    let fee = fee.sum::<i64>().max(0);
    Some(SeenDispute { id: dispute.dispute_id.clone(), amount, fee, state })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn seen(status: &str, outcome: Value, movements: Value) -> (DisputeState, i64, i64) {
        let money = json!({"currency_code": "USD", "value": "10.00"});
        let dispute = json!({
            "dispute_id": "PP-D-1", "status": status, "dispute_amount": money,
            "dispute_outcome": outcome, "money_movements": movements,
        });
        let dispute = serde_json::from_value(dispute).unwrap();
        let seen = disputed(&dispute, Currency::USD).unwrap();
        (seen.state, seen.amount, seen.fee)
    }

    fn ended(code: &str, refunded: Option<&str>) -> (DisputeState, i64, i64) {
        let refunded = refunded.map(|value| json!({"currency_code": "USD", "value": value}));
        let outcome = json!({"outcome_code": code, "amount_refunded": refunded});
        seen("RESOLVED", outcome, json!([]))
    }

    #[test]
    fn what_the_customer_was_given_is_lost_and_only_what_was_decided_is_decided() {
        use DisputeState::{Lost, Open, Won};
        for (refunded, expected) in [
            (None, (Lost, 1000, 0)),
            (Some("10.00"), (Lost, 1000, 0)),
            (Some("4.00"), (Lost, 400, 0)),
            (Some("12.00"), (Lost, 1200, 0)),
            (Some("0.00"), (Won, 1000, 0)),
        ] {
            assert_eq!(ended("RESOLVED_BUYER_FAVOUR", refunded), expected, "{refunded:?}");
        }
        for code in
            ["RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED"]
        {
            assert_eq!(ended(code, Some("4.00")), (Won, 1000, 0), "{code}");
        }
        assert_eq!(ended("NONE", None), (Open, 1000, 0));
        assert_eq!(seen("RESOLVED", json!(null), json!([])), (Open, 1000, 0));
        assert_eq!(seen("RESOLVED", json!({}), json!([])), (Open, 1000, 0));
        assert_eq!(seen("UNDER_REVIEW", json!(null), json!([])), (Open, 1000, 0));
    }

    #[test]
    fn a_fee_that_was_given_back_is_none() {
        let fee = |kind: &str| {
            json!({
                "affected_party": "SELLER", "reason": "CHARGEBACK_FEE", "type": kind,
                "amount": {"currency_code": "USD", "value": "15.00"},
            })
        };
        let of = |movements: Value| seen("UNDER_REVIEW", json!(null), movements).2;
        assert_eq!(of(json!([fee("DEBIT")])), 1500);
        assert_eq!(of(json!([fee("DEBIT"), fee("CREDIT")])), 0);
    }
}
