//! A payment intent: what it may do in which state, and how it is shown. Pure.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    cards::{Behaviour, Card},
    failure::Failure,
};

/// How long an authorisation lasts.
const AUTHORISED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    RequiresPaymentMethod,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

impl TryFrom<String> for Status {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        [
            Self::RequiresPaymentMethod,
            Self::RequiresAction,
            Self::RequiresCapture,
            Self::Succeeded,
            Self::Canceled,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
        .ok_or(text)
    }
}

/// A payment intent as it is kept.
#[derive(Debug, Clone)]
pub struct Intent {
    pub id: String,
    pub client_secret: String,
    pub amount: i64,
    pub currency: String,
    pub automatic: bool,
    pub status: Status,
    pub received: i64,
    pub refunded: i64,
    pub description: Option<String>,
    pub metadata: Value,
    pub return_url: Option<String>,
    pub card_last4: Option<String>,
    pub stalls: bool,
    pub last_error: Option<Value>,
    pub cancellation_reason: Option<String>,
    pub ends_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Refunds as they are shown, oldest first.
    pub refunds: Value,
}

/// The events that a change tells.
pub type Told = Vec<&'static str>;

impl Intent {
    /// As it is shown; `own_url` is where the sandbox's pages are.
    pub fn shown(&self, own_url: &str) -> Value {
        let Self { id, client_secret, .. } = self;
        let challenge = (self.status == Status::RequiresAction).then(|| {
            json!({
                "type": "redirect_to_url",
                "redirect_to_url": {
                    "url": format!("{own_url}/3ds/{id}?client_secret={client_secret}"),
                    "return_url": self.return_url,
                },
            })
        });
        let capturable = if self.status == Status::RequiresCapture { self.amount } else { 0 };
        let charged = matches!(self.status, Status::RequiresCapture | Status::Succeeded);
        let charge = charged.then(|| {
            json!({
                "id": id.replacen("pi_", "ch_", 1),
                "object": "charge",
                "amount_captured": self.received,
                "amount_refunded": self.refunded,
                "captured": self.received > 0,
                "payment_method_details": {"card": {"last4": self.card_last4}},
                "refunds": {"object": "list", "data": self.refunds},
            })
        });
        json!({
            "id": id,
            "object": "payment_intent",
            "client_secret": client_secret,
            "amount": self.amount,
            "amount_capturable": capturable,
            "amount_received": self.received,
            "currency": self.currency,
            "capture_method": if self.automatic { "automatic" } else { "manual" },
            "status": self.status.as_str(),
            "next_action": challenge,
            "last_payment_error": self.last_error,
            "latest_charge": charge,
            "description": self.description,
            "metadata": self.metadata,
            "cancellation_reason": self.cancellation_reason,
            "created": self.created_at.as_second(),
            "expires_at": self.ends_at.map(Timestamp::as_second),
            "livemode": false,
            "pay_url": format!("{own_url}/pay/{id}?client_secret={client_secret}"),
        })
    }

    /// Charges a card. `attempt` names this try.
    pub fn confirm(&mut self, card: &Card, attempt: &str, now: Timestamp) -> Result<Told, Failure> {
        if !matches!(self.status, Status::RequiresPaymentMethod | Status::RequiresAction) {
            return Err(self.unexpected("confirmed"));
        }
        self.card_last4 = Some(card.last4.clone());
        self.stalls = card.behaviour == Behaviour::Stalls;
        match card.behaviour {
            Behaviour::Succeeds | Behaviour::Stalls => Ok(self.authorise(now)),
            Behaviour::Challenges => {
                self.status = Status::RequiresAction;
                Ok(vec!["payment_intent.requires_action"])
            }
            Behaviour::Declines(why) => {
                Ok(self.decline(attempt, "card_declined", Some(why), decline_message(why)))
            }
        }
    }

    /// What the customer answered on the bank's page.
    pub fn challenged(
        &mut self,
        agreed: bool,
        attempt: &str,
        now: Timestamp,
    ) -> Result<Told, Failure> {
        if self.status != Status::RequiresAction {
            return Err(self.unexpected("authenticated"));
        }
        if agreed {
            return Ok(self.authorise(now));
        }
        let message = "The bank could not confirm that it is you. Try again or use another card.";
        Ok(self.decline(attempt, "payment_intent_authentication_failure", None, message))
    }

    fn authorise(&mut self, now: Timestamp) -> Told {
        self.last_error = None;
        if self.automatic {
            self.status = Status::Succeeded;
            self.received = self.amount;
            return vec!["payment_intent.succeeded"];
        }
        self.status = Status::RequiresCapture;
        self.ends_at = now.checked_add(AUTHORISED_FOR).ok();
        vec!["payment_intent.amount_capturable_updated"]
    }

    fn decline(
        &mut self,
        attempt: &str,
        code: &str,
        decline_code: Option<&str>,
        message: &str,
    ) -> Told {
        self.status = Status::RequiresPaymentMethod;
        self.last_error = Some(json!({
            "type": if decline_code.is_some() { "card_error" } else { "invalid_request_error" },
            "code": code,
            "decline_code": decline_code,
            "message": message,
            "charge": attempt,
        }));
        vec!["payment_intent.payment_failed"]
    }

    /// Takes the money that was set aside; what is not taken is free again.
    pub fn capture(&mut self, amount: Option<i64>) -> Result<Told, Failure> {
        if self.status != Status::RequiresCapture {
            return Err(self.unexpected("captured"));
        }
        let amount = amount.unwrap_or(self.amount);
        if amount > self.amount {
            let message = format!("Only {} can be captured.", self.amount);
            return Err(Failure::invalid("amount_too_large", message, Some("amount_to_capture")));
        }
        self.status = Status::Succeeded;
        self.received = amount;
        Ok(vec!["charge.captured", "payment_intent.succeeded"])
    }

    pub fn cancel(&mut self, reason: &str) -> Result<Told, Failure> {
        if matches!(self.status, Status::Succeeded | Status::Canceled) {
            return Err(self.unexpected("canceled"));
        }
        self.status = Status::Canceled;
        self.cancellation_reason = Some(reason.to_owned());
        Ok(vec!["payment_intent.canceled"])
    }

    /// Whether its time has come to end by itself.
    pub fn overdue(&self, now: Timestamp) -> bool {
        !matches!(self.status, Status::Succeeded | Status::Canceled)
            && self.ends_at.is_some_and(|ends_at| ends_at <= now)
    }

    /// Gives money back; `None` is all that is left.
    pub fn refund(&mut self, amount: Option<i64>) -> Result<i64, Failure> {
        let left = self.received - self.refunded;
        if left == 0 {
            let message = "There is nothing left to refund.";
            return Err(Failure::invalid("charge_already_refunded", message, None));
        }
        let amount = amount.unwrap_or(left);
        if amount > left {
            let message = format!("Only {left} is left to refund.");
            return Err(Failure::invalid("amount_too_large", message, Some("amount")));
        }
        self.refunded += amount;
        Ok(amount)
    }

    fn unexpected(&self, done: &str) -> Failure {
        let status = self.status.as_str();
        let message = format!("A payment intent that is {status} cannot be {done}.");
        Failure::invalid("payment_intent_unexpected_state", message, None)
    }
}

fn decline_message(why: &str) -> &'static str {
    match why {
        "insufficient_funds" => "The card has insufficient funds.",
        "test_mode_live_card" => "Only test cards work here; real ones are refused.",
        _ => "The card was declined.",
    }
}
