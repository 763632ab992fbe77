use axum::{extract::State as Shared, http::header, response::IntoResponse};
use wire::{Fault, Json, Problem};

use super::{Link, PageState, opened};
use crate::{
    App,
    routes::{
        come_back::{Brought, brought_back},
        webhook::WebhookRefusal,
    },
};

/// The provider's component on the checkout page is done: asks the provider how the payment stands,
/// as `return_from_provider` does. Nothing that the browser says is believed.
#[utoipa::path(
    post, path = "/pay/{payment}/{key}/return", tag = "payments",
    operation_id = "return_on_page",
    params(("payment" = kernel::PaymentId, Path), ("key" = String, Path)),
    request_body = Brought,
    responses(
        (status = OK, body = PageState),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn come_back(
    Shared(app): Shared<App>,
    link: Link,
    Json(brought): Json<Brought>,
) -> Result<impl IntoResponse, Fault<WebhookRefusal>> {
    let payment = opened(&app, link).await?.ok_or_else(|| Problem::not_found("payment"))?;
    let payment = brought_back(&app, &payment, &brought).await?;
    let state = PageState::of(&app, &payment).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}
