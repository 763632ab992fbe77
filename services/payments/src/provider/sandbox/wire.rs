//! The sandbox's JSON, as far as we read it.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    decline::Why,
    provider::{CallFailed, Decline, Notice, Seen, SeenRefund, SeenRefundState, SeenState},
};

#[derive(Deserialize)]
pub struct Intent {
    pub id: String,
    #[serde(default)]
    pub client_secret: String,
    #[serde(default)]
    pub pay_url: String,
    amount: i64,
    amount_capturable: i64,
    amount_received: i64,
    currency: String,
    status: String,
    livemode: bool,
    #[serde(default)]
    metadata: Metadata,
    last_payment_error: Option<PaymentError>,
    latest_charge: Option<Charge>,
    cancellation_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    order: Option<String>,
    payment: Option<String>,
    operation: Option<Uuid>,
}

#[derive(Deserialize)]
struct PaymentError {
    charge: String,
    code: String,
    decline_code: Option<String>,
}

#[derive(Deserialize)]
struct Charge {
    refunds: Refunds,
}

#[derive(Deserialize)]
struct Refunds {
    data: Vec<Refund>,
}

#[derive(Deserialize)]
struct Refund {
    id: String,
    amount: i64,
    status: String,
    #[serde(default)]
    metadata: Metadata,
}

impl PaymentError {
    fn why(&self) -> Why {
        match (self.code.as_str(), self.decline_code.as_deref()) {
            ("payment_intent_authentication_failure", _) => Why::NotAuthenticated,
            (_, Some("insufficient_funds")) => Why::InsufficientFunds,
            (_, Some("test_mode_live_card")) => Why::NotAccepted,
            _ => Why::Other,
        }
    }
}

impl Intent {
    pub fn seen(self) -> Result<Seen, CallFailed> {
        let state = match self.status.as_str() {
            "requires_payment_method"
            | "requires_confirmation"
            | "requires_action"
            | "processing" => SeenState::Open {
                decline: self
                    .last_payment_error
                    .map(|error| Decline { why: error.why(), attempt: error.charge }),
            },
            "requires_capture" => SeenState::Authorised { amount: self.amount_capturable },
            "succeeded" => SeenState::Captured { amount: self.amount_received },
            "canceled" => SeenState::Cancelled {
                reason: self.cancellation_reason.unwrap_or_else(|| "canceled".into()),
            },
            other => return Err(CallFailed::Unknown(format!("a status {other:?}"))),
        };
        let refunds = self.latest_charge.map(|charge| charge.refunds.data).unwrap_or_default();
        Ok(Seen {
            id: self.id,
            order: self.metadata.order,
            payment: self.metadata.payment,
            amount: self.amount,
            currency: self.currency,
            mode_fits: !self.livemode,
            account_fits: true,
            state,
            refunds: refunds
                .into_iter()
                .filter(|refund| refund.status == "succeeded")
                .map(|refund| SeenRefund {
                    id: refund.id,
                    operation: refund.metadata.operation,
                    amount: refund.amount,
                    state: SeenRefundState::Done,
                })
                .collect(),
            disputes: Vec::new(),
            fee: None,
            objects: Vec::new(),
            strays: Vec::new(),
            method: None,
        })
    }
}

#[derive(Deserialize)]
pub struct Error {
    pub error: ErrorFacts,
}

#[derive(Deserialize)]
pub struct ErrorFacts {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
    message: String,
}

impl ErrorFacts {
    pub fn text(self) -> String {
        let code = self.code.unwrap_or(self.kind);
        format!("{} ({code})", self.message)
    }
}

/// An event of a webhook. Of its object only the id of the payment is read: the rest is asked for.
#[derive(Deserialize)]
pub struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: EventObject,
}

#[derive(Deserialize)]
struct EventObject {
    id: String,
    /// Where the object is a refund or a charge.
    payment_intent: Option<String>,
}

impl Event {
    pub fn notice(self) -> Option<Notice> {
        (!self.id.is_empty()).then(|| Notice {
            event_id: self.id,
            kind: self.kind,
            object: self.data.object.payment_intent.unwrap_or(self.data.object.id),
            payment: None,
            dispute: None,
        })
    }
}
