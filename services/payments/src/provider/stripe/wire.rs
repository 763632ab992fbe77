//! Stripe's JSON, as far as we read it, and what it says of a payment.

use serde::Deserialize;
use uuid::Uuid;

use super::{amount::from_stripe, keep::Method, why::why};
use crate::provider::{
    CallFailed, Decline, DisputeState, Seen, SeenDispute, SeenRefund, SeenRefundState, SeenState,
};

#[derive(Deserialize)]
pub struct Intent {
    pub id: String,
    #[serde(default)]
    pub client_secret: Option<String>,
    amount: i64,
    #[serde(default)]
    amount_capturable: i64,
    #[serde(default)]
    amount_received: i64,
    currency: String,
    pub status: String,
    livemode: bool,
    #[serde(default)]
    metadata: Metadata,
    last_payment_error: Option<PaymentError>,
    pub latest_charge: Option<Charge>,
    cancellation_reason: Option<String>,
    /// Expanded where it is read.
    payment_method: Option<Expandable>,
}

/// What is an id unless it is asked for whole.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expandable {
    Whole(Box<Method>),
    #[allow(dead_code, reason = "an id says nothing that is read")]
    Named(String),
}

#[derive(Clone, Default, Deserialize)]
pub struct Metadata {
    pub order: Option<String>,
    pub payment: Option<String>,
    pub operation: Option<Uuid>,
}

#[derive(Deserialize)]
struct PaymentError {
    #[serde(default)]
    code: String,
    decline_code: Option<String>,
    charge: Option<String>,
    payment_method: Option<Named>,
}

#[derive(Deserialize)]
pub struct Named {
    pub id: String,
}

/// Expanded, with its change of our balance.
#[derive(Deserialize)]
pub struct Charge {
    id: String,
    #[serde(default)]
    pub disputed: bool,
    balance_transaction: Option<Transaction>,
}

#[derive(Deserialize)]
pub struct Transaction {
    fee: i64,
    currency: String,
}

#[derive(Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}

#[derive(Deserialize)]
pub struct Refund {
    pub id: String,
    amount: i64,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    /// Not expanded.
    balance_transaction: Option<String>,
}

#[derive(Deserialize)]
pub struct Dispute {
    pub id: String,
    /// Not expanded.
    pub charge: String,
    amount: i64,
    status: String,
    balance_transactions: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    amount: i64,
    fee: i64,
    currency: String,
}

/// A visit to the hosted page, with its intent expanded.
#[derive(Deserialize)]
pub struct Session {
    pub id: String,
    pub url: Option<String>,
    pub status: Option<String>,
    pub payment_intent: Option<Intent>,
    amount_total: Option<i64>,
    currency: Option<String>,
    livemode: bool,
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// What belongs to an intent beside itself.
#[derive(Default)]
pub struct Beside {
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
}

impl Intent {
    pub fn seen(self, beside: Beside, live: bool) -> Result<Seen, CallFailed> {
        let amount = |amount| minor(amount, &self.currency);
        let state = match self.status.as_str() {
            "requires_payment_method"
            | "requires_confirmation"
            | "requires_action"
            | "processing" => {
                SeenState::Open { decline: self.last_payment_error.map(PaymentError::decline) }
            }
            "requires_capture" => SeenState::Authorised { amount: amount(self.amount_capturable)? },
            "succeeded" => SeenState::Captured { amount: amount(self.amount_received)? },
            "canceled" => SeenState::Cancelled {
                reason: self.cancellation_reason.unwrap_or_else(|| "canceled".into()),
            },
            other => return Err(CallFailed::Unknown(format!("a status {other:?}"))),
        };
        let refunds = beside.refunds.iter().filter_map(|refund| refund.seen(&self.currency));
        let refunds = refunds.collect::<Result<Vec<_>, _>>()?;
        let disputes = beside.disputes.iter().filter_map(|dispute| dispute.seen(&self.currency));
        let disputes = disputes.collect::<Result<Vec<_>, _>>()?;
        let charge = self.latest_charge.iter().map(|charge| charge.id.clone());
        let objects = charge
            .chain(refunds.iter().map(|refund| refund.id.clone()))
            .chain(beside.disputes.iter().map(|dispute| dispute.id.clone()))
            .collect();
        let transaction = self.latest_charge.and_then(|charge| charge.balance_transaction);
        let fee = transaction.filter(|one| one.currency == self.currency);
        Ok(Seen {
            amount: minor(self.amount, &self.currency)?,
            fee: fee.map(|one| minor(one.fee, &self.currency)).transpose()?,
            id: self.id,
            order: self.metadata.order,
            payment: self.metadata.payment,
            currency: self.currency,
            mode_fits: self.livemode == live,
            // The key shows nothing of other accounts.
            account_fits: true,
            state,
            refunds,
            disputes,
            objects,
            strays: Vec::new(),
            method: match self.payment_method {
                Some(Expandable::Whole(method)) => method.seen(),
                _ => None,
            },
        })
    }
}

impl Session {
    pub fn seen(self, beside: Beside, live: bool) -> Result<Seen, CallFailed> {
        let expired = self.status.as_deref() == Some("expired");
        let over = || SeenState::Cancelled { reason: "expired".into() };
        if let Some(intent) = self.payment_intent {
            let mut seen = intent.seen(beside, live)?;
            seen.objects.push(std::mem::replace(&mut seen.id, self.id));
            seen.mode_fits &= self.livemode == live;
            if expired && matches!(seen.state, SeenState::Open { .. }) {
                seen.state = over();
            }
            return Ok(seen);
        }
        let currency = self.currency.unwrap_or_default();
        let metadata = self.metadata.unwrap_or_default();
        Ok(Seen {
            id: self.id,
            order: metadata.order,
            payment: metadata.payment,
            amount: minor(self.amount_total.unwrap_or_default(), &currency)?,
            currency,
            mode_fits: self.livemode == live,
            account_fits: true,
            state: if expired { over() } else { SeenState::Open { decline: None } },
            refunds: Vec::new(),
            disputes: Vec::new(),
            fee: None,
            objects: Vec::new(),
            strays: Vec::new(),
            method: None,
        })
    }
}

impl PaymentError {
    fn decline(self) -> Decline {
        // A failed challenge never came as far as a charge.
        let attempt = self.charge.or(self.payment_method.map(|method| method.id));
        let code = self.decline_code.as_ref().unwrap_or(&self.code);
        Decline { why: why(code), attempt: attempt.unwrap_or_else(|| code.clone()) }
    }
}

impl Refund {
    /// Whether this operation of ours asked for it.
    pub fn is_of(&self, operation: Uuid) -> bool {
        self.operation() == Some(operation)
    }

    fn operation(&self) -> Option<Uuid> {
        self.metadata.as_ref()?.operation
    }

    /// What is released without ever having been taken, at a capture in part or at the end of an
    /// authorisation, is shown as a refund too: one that changes no balance. It is none.
    fn seen(&self, currency: &str) -> Option<Result<SeenRefund, CallFailed>> {
        let operation = self.operation();
        let state = match self.status.as_deref() {
            Some("succeeded") if self.balance_transaction.is_none() && operation.is_none() => {
                return None;
            }
            Some("succeeded") => SeenRefundState::Done,
            Some("failed" | "canceled") => SeenRefundState::Failed,
            _ => SeenRefundState::Pending,
        };
        let amount = minor(self.amount, currency);
        Some(amount.map(|amount| SeenRefund { id: self.id.clone(), operation, amount, state }))
    }
}

impl Dispute {
    /// An inquiry, which takes no money yet, is none.
    fn seen(&self, currency: &str) -> Option<Result<SeenDispute, CallFailed>> {
        let taken = self.balance_transactions.iter().any(|change| change.amount < 0);
        let state = match self.status.as_str() {
            "won" if taken => DisputeState::Won,
            "lost" => DisputeState::Lost,
            _ if taken => DisputeState::Open,
            _ => return None,
        };
        let ours = self.balance_transactions.iter().filter(|one| one.currency == currency);
        let fee = minor(ours.map(|change| change.fee).sum(), currency);
        let amount = minor(self.amount, currency);
        Some(amount.and_then(|amount| {
            Ok(SeenDispute { id: self.id.clone(), amount, fee: fee?.max(0), state })
        }))
    }
}

fn minor(amount: i64, currency: &str) -> Result<i64, CallFailed> {
    let why = || CallFailed::Unknown(format!("an amount of {amount} {currency}"));
    from_stripe(amount, currency).ok_or_else(why)
}

#[derive(Deserialize)]
pub struct Error {
    pub error: ErrorFacts,
}

#[derive(Deserialize)]
pub struct ErrorFacts {
    #[serde(rename = "type")]
    pub kind: String,
    pub code: Option<String>,
    pub decline_code: Option<String>,
    #[serde(default)]
    message: String,
}

impl ErrorFacts {
    pub fn text(&self) -> String {
        format!("{} ({})", self.message, self.code.as_ref().unwrap_or(&self.kind))
    }
}
