use axum::{
    extract::State as Shared,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Raw, Refusal};

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
    /// What proves the signature cannot be had now.
    TryLater,
}

impl Refusal for WebhookRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::TryLater => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::BadSignature => "The signature does not hold for this body and this time.",
            Self::NotAnEvent => "The body is not an event of this provider.",
            Self::TryLater => "The signature cannot be checked now; send it again.",
        }
        .into()
    }
}

impl From<NotTaken> for WebhookRefusal {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::Signature => Self::BadSignature,
            NotTaken::Form => Self::NotAnEvent,
            NotTaken::Later => Self::TryLater,
        }
    }
}

/// Takes a notice of the sandbox: the body is kept as it came, once per event, before it is
/// answered with 200; whatever goes wrong before that is a 5xx, so that the provider sends it again.
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
    app: Shared<App>,
    headers: HeaderMap,
    body: Raw,
) -> Result<Json<Kept>, Fault<WebhookRefusal>> {
    keep(&app, ("sandbox", "sandbox"), &headers, &body.0).await
}

/// Takes a notice of Stripe, PayPal or Razorpay for one of our accounts there, signed as that
/// provider signs. It is kept as the sandbox's are.
#[utoipa::path(
    post, path = "/v1/payments/webhooks/{provider}/{account}", tag = "payments",
    operation_id = "provider_webhook",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("provider" = String, Path, description = "`stripe`, `paypal`, `razorpay`"),
        ("account" = String, Path, description = "The account's name in the settings"),
    ),
    responses(
        (status = OK, body = Kept),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn provider(
    app: Shared<App>,
    Path((provider, account)): Path<(String, String)>,
    headers: HeaderMap,
    body: Raw,
) -> Result<Json<Kept>, Fault<WebhookRefusal>> {
    keep(&app, (&provider, &account), &headers, &body.0).await
}

async fn keep(
    app: &App,
    (provider, name): (&str, &str),
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Json<Kept>, Fault<WebhookRefusal>> {
    let account = app.accounts.find(provider, name);
    let account = account.ok_or_else(|| Problem::not_found("account"))?;
    let now = app.clock.now();
    let notice = account.client.notice(headers, body, now).await.map_err(WebhookRefusal::from)?;
    let kept = [&notice.event_id, &notice.kind, &notice.object];
    let fits = |text: &str| text.len() <= 255 && !text.contains('\0');
    let dispute = notice.dispute.as_deref().unwrap_or_default();
    if notice.event_id.is_empty() || !fits(dispute) || !kept.into_iter().all(|text| fits(text)) {
        return Err(WebhookRefusal::NotAnEvent.into());
    }
    db::inbox::insert(&app.db, (provider, name), &notice, body, now).await?;
    app.wake_inbox();
    Ok(Json(Kept { received: true }))
}
