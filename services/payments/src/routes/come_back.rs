use axum::extract::State as Shared;
use kernel::PaymentId;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::show::PaymentView;
use crate::{
    App, db,
    settle::{SettleFailed, settle},
};

/// The browser is back from the provider's page: asks the provider how the payment stands.
/// Nothing that the browser says is believed.
#[utoipa::path(
    post, path = "/v1/payments/payments/{payment}/return", tag = "payments",
    operation_id = "return_from_provider",
    params(("payment" = PaymentId, Path)),
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
) -> Result<Json<PaymentView>, Fault<Never>> {
    let payment = db::payment::find(&app.db, payment).await?;
    let payment = payment
        .filter(|payment| actor.reach.own && payment.customer == actor.customer())
        .ok_or_else(|| Problem::not_found("payment"))?;
    match settle(&app, payment.id).await {
        Ok(payment) => Ok(Json(PaymentView::of(&app, &payment, &actor))),
        Err(SettleFailed::Provider(why)) => {
            tracing::warn!(%why, "the provider does not answer");
            Err(Problem::unavailable("payment provider's").into())
        }
        Err(SettleFailed::Broken(error)) => Err(error.into()),
    }
}
