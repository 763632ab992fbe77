//! The sandbox's JSON, as far as we read it.

use serde::Deserialize;
use uuid::Uuid;

use crate::provider::{CallFailed, Decline, Notice, Seen, SeenRefund, SeenState};

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
    message: String,
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

impl Intent {
    pub fn seen(self) -> Result<Seen, CallFailed> {
        let state = match self.status.as_str() {
            "requires_payment_method"
            | "requires_confirmation"
            | "requires_action"
            | "processing" => SeenState::Open {
                decline: self
                    .last_payment_error
                    .map(|error| Decline { attempt: error.charge, reason: error.message }),
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
            state,
            refunds: refunds
                .into_iter()
                .filter(|refund| refund.status == "succeeded")
                .map(|refund| SeenRefund {
                    id: refund.id,
                    operation: refund.metadata.operation,
                    amount: refund.amount,
                })
                .collect(),
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
    account: Option<String>,
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
        let notice = Notice {
            account: self.account.unwrap_or_default(),
            event_id: self.id,
            kind: self.kind,
            provider_payment: self.data.object.payment_intent.unwrap_or(self.data.object.id),
        };
        let kept = [&notice.account, &notice.event_id, &notice.kind, &notice.provider_payment];
        let fits = |text: &&String| text.len() <= 255 && !text.contains('\0');
        (kept.iter().all(fits) && !notice.event_id.is_empty()).then_some(notice)
    }
}
