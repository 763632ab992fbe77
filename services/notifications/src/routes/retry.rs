use axum::extract::State;
use notifications_api::MessageId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Refusal, StatusCode};

use super::all::MessageView;
use crate::{App, db};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RetryRefusal {
    /// It was sent, is being tried, or may have been sent.
    MessageNotDead { state: String },
}

impl Refusal for RetryRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        let Self::MessageNotDead { state } = self;
        format!("Only a dead message can be tried again; this one is {state}.")
    }
}

/// Tries a dead message again from the start.
#[utoipa::path(
    post, path = "/v1/notifications/messages/{message}/retry", tag = "notifications",
    operation_id = "retry_message",
    params(("message" = MessageId, Path)),
    responses(
        (status = OK, body = MessageView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn retry_message(
    State(app): State<App>,
    Path(message): Path<MessageId>,
) -> Result<Json<MessageView>, Fault<RetryRefusal>> {
    if let Some(row) = db::revive(&app.db, message, app.clock.now()).await? {
        return Ok(Json(row.into()));
    }
    let row = db::message(&app.db, message).await?;
    let row = row.ok_or_else(|| Problem::not_found("message"))?;
    Err(RetryRefusal::MessageNotDead { state: row.state }.into())
}
