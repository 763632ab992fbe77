//! Payment providers: what is asked of each, and what each is understood to have said.

pub mod sandbox;

use axum::http::HeaderMap;
use jiff::Timestamp;
use kernel::{Money, OrderId, PaymentId};
use serde::Serialize;
use uuid::Uuid;

/// A provider that can be paid at.
#[derive(Clone)]
pub enum Provider {
    Sandbox(sandbox::Client),
}

/// Money to be asked for.
pub struct NewPayment<'a> {
    /// Also the idempotency key.
    pub id: PaymentId,
    pub order: OrderId,
    pub amount: Money,
    pub description: &'a str,
    pub pay_by: Timestamp,
    pub return_url: &'a str,
}

/// A payment as the provider has just made it.
pub struct Created {
    pub provider_payment: String,
    pub client_secret: String,
    pub pay_url: String,
}

/// A payment as the provider shows it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    pub id: String,
    /// What we told the provider it is for.
    pub order: Option<String>,
    pub payment: Option<String>,
    pub amount: i64,
    pub currency: String,
    /// Real money where real money is meant.
    pub mode_fits: bool,
    pub state: SeenState,
    pub refunds: Vec<SeenRefund>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum SeenState {
    /// Waits for the customer, perhaps after an attempt that did not succeed.
    Open {
        decline: Option<Decline>,
    },
    Authorised {
        amount: i64,
    },
    Captured {
        amount: i64,
    },
    Cancelled {
        reason: String,
    },
}

/// An attempt that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decline {
    pub attempt: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenRefund {
    pub id: String,
    /// Our own row that asked for it; none where somebody else did.
    pub operation: Option<Uuid>,
    pub amount: i64,
}

/// Why a call to a provider did not give what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CallFailed {
    /// Understood and refused: nothing was done, and asking again will not help.
    #[error("refused: {0}")]
    Refused(String),
    /// No answer that can be understood: it may or may not have happened.
    #[error("unknown: {0}")]
    Unknown(String),
}

/// A webhook whose signature holds: something may have happened to this payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub account: String,
    pub event_id: String,
    pub kind: String,
    pub provider_payment: String,
}

/// Why a webhook is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// Not signed with our secret, or long ago, or in the future.
    Signature,
    /// Signed, but not in the form that was agreed.
    Form,
}

impl Provider {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sandbox(_) => "sandbox",
        }
    }

    /// Makes a payment, once per id.
    pub async fn create(&self, new: &NewPayment<'_>) -> Result<Created, CallFailed> {
        match self {
            Self::Sandbox(client) => client.create(new).await,
        }
    }

    /// Asks how a payment stands.
    pub async fn retrieve(&self, provider_payment: &str) -> Result<Seen, CallFailed> {
        match self {
            Self::Sandbox(client) => client.retrieve(provider_payment).await,
        }
    }

    /// Takes what was set aside, once per key.
    pub async fn capture(&self, key: Uuid, payment: &str, amount: i64) -> Result<(), CallFailed> {
        match self {
            Self::Sandbox(client) => client.capture(key, payment, amount).await,
        }
    }

    /// Ends a payment that has not been captured, once per key.
    pub async fn cancel(&self, key: Uuid, payment: &str) -> Result<(), CallFailed> {
        match self {
            Self::Sandbox(client) => client.cancel(key, payment).await,
        }
    }

    /// Gives captured money back, once per key.
    pub async fn refund(&self, key: Uuid, payment: &str, amount: i64) -> Result<(), CallFailed> {
        match self {
            Self::Sandbox(client) => client.refund(key, payment, amount).await,
        }
    }

    /// Reads a webhook whose signature holds at `now`.
    pub fn notice(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NotTaken> {
        match self {
            Self::Sandbox(client) => client.notice(headers, body, now),
        }
    }
}
