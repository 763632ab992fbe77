//! What each command does to an intent, in a transaction that the caller commits.

use axum::http::StatusCode;
use jiff::{Timestamp, tz::TimeZone};
use kernel::random_bytes;
use serde_json::{Value, json};
use sqlx::PgConnection;
use subtle::ConstantTimeEq;

use crate::{
    App,
    asked::{CaptureMethod, Confirm, CreateIntent, CreateRefund},
    cards,
    commands::{Command, Outcome},
    db,
    failure::Failure,
    intent::{Intent, Status, Told},
};

pub async fn apply(
    app: &App,
    tx: &mut PgConnection,
    command: &Command,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    let change = Change { app, tx, now };
    match command {
        Command::Create(input) => change.create(input).await,
        Command::Confirm(id, input) => change.confirm(id, input).await,
        Command::Challenge { id, client_secret, agreed } => {
            change.challenge(id, client_secret, *agreed).await
        }
        Command::Capture(id, input) => {
            change.on_card(id, |intent| intent.capture(input.amount_to_capture)).await
        }
        Command::Cancel(id, input) => {
            let reason = input.cancellation_reason.as_deref().unwrap_or("requested_by_customer");
            change.on_card(id, |intent| intent.cancel(reason)).await
        }
        Command::Refund(input) => change.refund(input).await,
    }
}

/// One change under way.
pub struct Change<'a> {
    pub app: &'a App,
    pub tx: &'a mut PgConnection,
    pub now: Timestamp,
}

impl Change<'_> {
    async fn create(mut self, input: &CreateIntent) -> Result<Outcome, Failure> {
        let ends_at = input.expires_at.and_then(|at| Timestamp::from_second(at).ok());
        if ends_at.is_some_and(|at| at <= self.now) {
            let message = "expires_at is in the past.";
            return Err(Failure::invalid("parameter_invalid", message, Some("expires_at")));
        }
        let id = new_id("pi");
        let intent = Intent {
            client_secret: format!("{id}_secret_{}", hex::encode(random_bytes::<16>())),
            id,
            amount: input.amount,
            currency: input.currency.clone(),
            automatic: input.capture_method == CaptureMethod::Automatic,
            status: Status::RequiresPaymentMethod,
            received: 0,
            refunded: 0,
            description: input.description.clone(),
            metadata: Value::Object(input.metadata.clone()),
            return_url: input.return_url.clone(),
            card_last4: None,
            stalls: false,
            last_error: None,
            cancellation_reason: None,
            ends_at,
            created_at: self.now,
            refunds: json!([]),
        };
        db::insert_intent(self.tx, &intent).await?;
        let body = intent.shown(&self.app.own_url);
        self.tell(&intent, "payment_intent.created", &body).await?;
        Ok(Outcome { status: StatusCode::OK, body, stalls: false })
    }

    async fn confirm(mut self, id: &str, input: &Confirm) -> Result<Outcome, Failure> {
        let mut intent = self.customers(id, &input.client_secret).await?;
        let today = self.now.to_zoned(TimeZone::UTC).date();
        let card = &input.card;
        let card = cards::read(&card.number, &card.exp, &card.cvc, today)
            .map_err(|(code, param)| bad_card(code, param))?;
        let told = intent.confirm(&card, &new_id("ch"), self.now)?;
        let stalls = intent.stalls;
        self.save(&intent, told, stalls).await
    }

    async fn challenge(mut self, id: &str, secret: &str, agreed: bool) -> Result<Outcome, Failure> {
        let mut intent = self.customers(id, secret).await?;
        let told = intent.challenged(agreed, &new_id("ch"), self.now)?;
        self.save(&intent, told, false).await
    }

    /// A change by the merchant; it stalls where the card does.
    async fn on_card(
        mut self,
        id: &str,
        change: impl FnOnce(&mut Intent) -> Result<Told, Failure>,
    ) -> Result<Outcome, Failure> {
        let mut intent = self.live(id).await?;
        let told = change(&mut intent)?;
        let stalls = intent.stalls;
        self.save(&intent, told, stalls).await
    }

    async fn refund(mut self, input: &CreateRefund) -> Result<Outcome, Failure> {
        let mut intent = self.live(&input.payment_intent).await?;
        let amount = intent.refund(input.amount)?;
        let refund = db::Refund {
            id: new_id("re"),
            intent: intent.id.clone(),
            amount,
            reason: input.reason.clone(),
            metadata: Value::Object(input.metadata.clone()),
        };
        db::insert_refund(self.tx, &refund, self.now).await?;
        db::save_intent(self.tx, &intent).await?;
        let body = json!({
            "id": refund.id,
            "object": "refund",
            "amount": amount,
            "currency": intent.currency,
            "payment_intent": intent.id,
            "reason": refund.reason,
            "metadata": refund.metadata,
            "status": "succeeded",
            "created": self.now.as_second(),
        });
        let stalls = intent.stalls;
        self.tell(&intent, "refund.created", &body).await?;
        Ok(Outcome { status: StatusCode::OK, body, stalls })
    }

    /// Makes true what [`Change::live`] shows: its time has come.
    pub async fn end(mut self, id: &str) -> Result<Outcome, Failure> {
        let intent = self.live(id).await?;
        self.save(&intent, vec!["payment_intent.canceled"], false).await
    }

    /// The intent under its lock. One whose time has come can only end.
    async fn live(&mut self, id: &str) -> Result<Intent, Failure> {
        let found = db::locked_intent(self.tx, id).await?;
        let mut intent = found.ok_or_else(|| Failure::missing("payment_intent"))?;
        if intent.overdue(self.now) {
            // Shown as ended already; the job makes it so, with its event.
            let _ = intent.cancel("expired");
        }
        Ok(intent)
    }

    /// The intent, for whoever holds its client secret.
    async fn customers(&mut self, id: &str, secret: &str) -> Result<Intent, Failure> {
        let intent = self.live(id).await?;
        if holds(&intent, secret) { Ok(intent) } else { Err(Failure::missing("payment_intent")) }
    }

    async fn save(mut self, intent: &Intent, told: Told, stalls: bool) -> Result<Outcome, Failure> {
        db::save_intent(self.tx, intent).await?;
        let body = intent.shown(&self.app.own_url);
        for kind in told {
            if kind.starts_with("charge.") {
                let mut charge = body["latest_charge"].clone();
                charge["payment_intent"] = json!(intent.id);
                self.tell(intent, kind, &charge).await?;
            } else {
                self.tell(intent, kind, &body).await?;
            }
        }
        let declined = intent.status == Status::RequiresPaymentMethod;
        if let Some(error) = intent.last_error.as_ref().filter(|_| declined) {
            let mut error = error.clone();
            error["payment_intent"] = body;
            let body = json!({ "error": error });
            return Ok(Outcome { status: StatusCode::PAYMENT_REQUIRED, body, stalls });
        }
        Ok(Outcome { status: StatusCode::OK, body, stalls })
    }

    async fn tell(&mut self, intent: &Intent, kind: &str, object: &Value) -> Result<(), Failure> {
        let id = new_id("evt");
        let mut object = object.clone();
        if let Some(fields) = object.as_object_mut() {
            // Events travel further than answers do.
            fields.remove("client_secret");
            fields.remove("pay_url");
            fields.remove("next_action");
        }
        let body = json!({
            "id": id,
            "object": "event",
            "api_version": "2026-06-15",
            "type": kind,
            "created": self.now.as_second(),
            "livemode": false,
            "data": {"object": object},
        });
        let new = db::NewEvent {
            id: &id,
            kind,
            intent: &intent.id,
            body: &body.to_string(),
            at: self.now,
        };
        Ok(db::insert_event(self.tx, &new).await?)
    }
}

/// Whether this is the intent's client secret.
pub fn holds(intent: &Intent, secret: &str) -> bool {
    intent.client_secret.as_bytes().ct_eq(secret.as_bytes()).into()
}

fn bad_card(code: &str, param: &str) -> Failure {
    let message = match code {
        "expired_card" => "The card has expired.",
        "incorrect_cvc" => "The security code is three or four digits.",
        "invalid_expiry_month" => "The expiry must look like 12/34.",
        _ => "The card number is not right.",
    };
    Failure::card(code, message, param)
}

fn new_id(kind: &str) -> String {
    format!("{kind}_{}", hex::encode(random_bytes::<12>()))
}
