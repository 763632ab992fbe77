use axum::{
    extract::State as Shared,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Problem, Raw, Refusal};

use crate::{App, db, provider::NotTaken};

/// That it is kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Kept {
    received: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum WebhookRefusal {
    BadSignature,
    NotAnEvent,
}

impl Refusal for WebhookRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }
    fn detail(&self) -> String {
        match self {
            Self::BadSignature => "The signature does not hold for this body and this time.",
            Self::NotAnEvent => "The body is not an event of this provider.",
        }
        .into()
    }
}

/// Takes a notice of the sandbox: the body is kept as it came, once per event, before it is answered with 200; whatever goes wrong before
/// that is a 5xx, so that the provider sends it again.
#[utoipa::path(
    post, path = "/v1/payments/webhooks/sandbox", tag = "payments",
    operation_id = "sandbox_webhook",
    request_body(content = Object, content_type = "application/json"),
    params(("Sandbox-Signature" = String, Header, description = "t=<unix seconds>,v1=<hex>")),
    responses(
        (status = OK, body = Kept),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn sandbox(
    Shared(app): Shared<App>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Json<Kept>, Fault<WebhookRefusal>> {
    let now = app.clock.now();
    let notice = app.provider.notice(&headers, &body, now).map_err(|why| match why {
        NotTaken::Signature => WebhookRefusal::BadSignature,
        NotTaken::Form => WebhookRefusal::NotAnEvent,
    })?;
    db::inbox::insert(&app.db, app.provider.name(), &notice, &body, now).await?;
    app.wake_inbox();
    Ok(Json(Kept { received: true }))
}
