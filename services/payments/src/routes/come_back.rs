use axum::extract::State as Shared;
use kernel::PaymentId;
use serde_json::{Map, Value};
use wire::{Fault, Json, Path, Problem, Signed};

use super::{show::PaymentView, webhook::WebhookRefusal};
use crate::{
    App, db,
    settle::{SettleFailed, payer_came_back},
};

/// The browser is back from the provider's page: asks the provider how the payment stands.
/// Nothing that the browser says is believed; where the provider signs what the browser brings, a
/// signature that does not hold is refused.
#[utoipa::path(
    post, path = "/v1/payments/payments/{payment}/return", tag = "payments",
    operation_id = "return_from_provider",
    params(("payment" = PaymentId, Path)),
    request_body(content = Object, description = "What the provider gave the browser, as it is"),
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
    Json(Brought(brought)): Json<Brought>,
) -> Result<Json<PaymentView>, Fault<WebhookRefusal>> {
    let payment = db::payment::find(&app.db, payment).await?;
    let payment = payment
        .filter(|payment| actor.reach.own && payment.customer == actor.customer())
        .ok_or_else(|| Problem::not_found("payment"))?;
    let account = app.accounts.of_payment(&payment)?;
    if let Some(name) = &payment.provider_payment {
        account.come_back(name, &Value::Object(brought)).map_err(WebhookRefusal::from)?;
    }
    match payer_came_back(&app, payment.id).await {
        Ok(payment) => Ok(Json(PaymentView::of(&app, &payment, &actor))),
        Err(SettleFailed::Provider(why)) => {
            tracing::warn!(%why, "the provider does not answer");
            Err(Problem::unavailable("payment provider's").into())
        }
        Err(SettleFailed::Broken(error)) => Err(error.into()),
    }
}

/// What a browser brings: whatever the provider gave it, all of it text or numbers.
#[derive(Debug, serde::Deserialize)]
#[serde(transparent)]
pub struct Brought(Map<String, Value>);

impl garde::Validate for Brought {
    type Context = ();

    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        if self.0.len() > 20 {
            report.append(parent(), garde::Error::new("has more than 20 fields"));
        }
    }
}
