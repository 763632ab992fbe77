//! What changes an intent: each in one transaction with its events and, under a key, its answer.

use std::time::Duration;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    App,
    asked::{Cancel, Capture, Confirm, CreateIntent, CreateRefund},
    change::{Change, apply},
    db,
    failure::Failure,
};

/// One change, as it was asked for.
#[derive(Debug, Serialize)]
pub enum Command {
    Create(CreateIntent),
    Confirm(String, Confirm),
    Challenge { id: String, client_secret: String, agreed: bool },
    Capture(String, Capture),
    Cancel(String, Cancel),
    Refund(CreateRefund),
}

/// What came of a command: committed, whether or not the customer likes it.
pub struct Outcome {
    pub status: StatusCode,
    pub body: Value,
    /// Whether the caller is to be kept waiting for an answer that never comes.
    pub stalls: bool,
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

impl Command {
    const fn operation(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Confirm(..) | Self::Challenge { .. } => "confirm",
            Self::Capture(..) => "capture",
            Self::Cancel(..) => "cancel",
            Self::Refund(_) => "refund",
        }
    }

    /// Browsers have keys of their own for each intent: none of them can use up the merchant's.
    fn own_key(&self, key: &str) -> String {
        match self {
            Self::Confirm(id, _) => format!("{id}/{key}"),
            _ => key.to_owned(),
        }
    }
}

/// Does what was asked, once per key: a second call with it gets the first one's answer.
pub async fn perform(app: &App, key: Option<&str>, command: &Command) -> Result<Outcome, Failure> {
    let fault = db::take_fault(&app.db, command.operation()).await?;
    if fault.as_deref() == Some("before") {
        return Err(Failure::outage());
    }
    let now = app.clock.now();
    let key = key.map(|key| command.own_key(key));
    let mut tx = app.db.begin().await?;
    if let Some(key) = &key {
        let asked = fingerprint(command)?;
        if let Some(answered) = db::take_key(&mut tx, key, &asked, now).await? {
            return replay(answered, &asked);
        }
    }
    let mut outcome = apply(app, &mut tx, command, now).await?;
    if let Some(key) = &key {
        db::keep_answer(&mut tx, key, outcome.status.as_u16().into(), &outcome.body).await?;
    }
    tx.commit().await?;
    app.send_webhooks();
    outcome.stalls |= fault.is_some();
    if outcome.stalls {
        tokio::time::sleep(Duration::from_millis(app.config.stall_ms)).await;
        return Err(Failure::outage());
    }
    Ok(outcome)
}

/// What tells this command from others. Of a card only the last four digits: a hash of the whole
/// number could be guessed back. The client secret is part of it, so that nobody without it is
/// given the answer again.
fn fingerprint(command: &Command) -> anyhow::Result<String> {
    let text = match command {
        Command::Confirm(id, confirm) => {
            let digits: Vec<char> = confirm.card.number.chars().rev().take(4).collect();
            format!("{id} {} {digits:?}", confirm.client_secret)
        }
        other => serde_json::to_string(other)?,
    };
    Ok(hex::encode(Sha256::digest(format!("{} {text}", command.operation()))))
}

fn replay(answered: db::Answered, asked: &str) -> Result<Outcome, Failure> {
    if answered.asked != asked {
        return Err(Failure::other_parameters());
    }
    let status = answered.status.and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    match (status, answered.body) {
        (Some(status), Some(body)) => Ok(Outcome { status, body, stalls: false }),
        _ => Err(Failure::Broken(anyhow::anyhow!("a key without its answer"))),
    }
}

/// Ends unpaid intents after their time, and authorisations that nobody captured.
pub async fn end_overdue(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    for id in db::overdue(&mut tx, now).await? {
        let ended = Change { app: &app, tx: &mut tx, now }.end(&id).await;
        ended.map_err(|failure| anyhow::anyhow!("end {id}: {failure:?}"))?;
    }
    tx.commit().await?;
    app.send_webhooks();
    let kept = jiff::SignedDuration::from_hours(24 * app.config.kept_days);
    db::forget_answers(&app.db, now - kept).await?;
    Ok(db::forget_events(&app.db, now - kept).await?)
}
