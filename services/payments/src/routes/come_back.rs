use axum::extract::State as Shared;
use garde::Validate;
use jiff::SignedDuration;
use kernel::PaymentId;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Path, Problem, Signed};

use super::{
    show::{PaymentView, within},
    webhook::WebhookRefusal,
};
use crate::{
    App, db,
    payment::Payment,
    settle::{SettleFailed, payer_came_back},
};

/// However often browsers come back for one payment, by whatever process, the provider is asked once in
/// this time; all others are told what is known.
const ASKED_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// The browser is back from the provider's page: asks the provider how the payment stands.
/// Nothing that the browser says is believed; where the provider signs what the browser brings, a
/// signature that does not hold is refused.
#[utoipa::path(
    post, path = "/v1/payments/payments/{payment}/return", tag = "payments",
    operation_id = "return_from_provider",
    params(("payment" = PaymentId, Path)),
    request_body = Brought,
    responses(
        (status = OK, body = PaymentView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn come_back(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(payment): Path<PaymentId>,
    Json(brought): Json<Brought>,
) -> Result<Json<PaymentView>, Fault<WebhookRefusal>> {
    let payment = within(&actor, db::payment::find(&app.db, payment).await?)?;
    let payment = brought_back(&app, &payment, &brought).await?;
    Ok(Json(PaymentView::of(&app, &payment, &actor)))
}

/// The payment as its provider shows it, once what the browser brought has been looked at.
pub async fn brought_back(
    app: &App,
    payment: &Payment,
    brought: &Brought,
) -> Result<Payment, Fault<WebhookRefusal>> {
    // Nobody can be asked any more: what is known is told.
    let Some(account) = app.accounts.still_of(payment) else { return Ok(payment.clone()) };
    if let Some(name) = &payment.provider_payment {
        let brought = serde_json::to_value(brought).map_err(anyhow::Error::from)?;
        account.come_back(name, &brought).map_err(WebhookRefusal::from)?;
    }
    let now = app.clock.now();
    if !db::payment::came_back(&app.db, payment.id, (now, ASKED_EVERY)).await? {
        let known = db::payment::find(&app.db, payment.id).await?;
        return known.ok_or_else(|| Problem::not_found("payment").into());
    }
    match payer_came_back(app, payment.id).await {
        Ok(payment) => Ok(payment),
        Err(SettleFailed::Provider(why)) => {
            tracing::warn!(%why, "the provider does not answer");
            Err(Problem::unavailable("payment provider's").into())
        }
        Err(SettleFailed::Broken(error)) => Err(error.into()),
    }
}

/// What the provider gave the browser, as it is: in the address that it was sent back to, or from the
/// provider's script. All of it is optional.
#[derive(Debug, Default, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Brought {
    /// Stripe.
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_intent: Option<String>,
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_intent_client_secret: Option<String>,
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_status: Option<String>,
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// PayPal.
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[garde(inner(length(max = 255)))]
    #[serde(rename = "PayerID", skip_serializing_if = "Option::is_none")]
    payer_id: Option<String>,
    /// Razorpay: its signature is checked.
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    razorpay_order_id: Option<String>,
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    razorpay_payment_id: Option<String>,
    #[garde(inner(length(max = 255)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    razorpay_signature: Option<String>,
}
