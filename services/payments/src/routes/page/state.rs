use axum::{Json, extract::State as Shared, http::header, response::IntoResponse};
use wire::{Fault, Never, Problem};

use super::{Link, PageState, opened};
use crate::App;

/// How a payment stands, for its checkout page.
#[utoipa::path(
    get, path = "/pay/{payment}/{key}/state", tag = "payments", operation_id = "payment_page_state",
    params(("payment" = kernel::PaymentId, Path), ("key" = String, Path)),
    responses(
        (status = OK, body = PageState),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn state(
    Shared(app): Shared<App>,
    link: Link,
) -> Result<impl IntoResponse, Fault<Never>> {
    let payment = opened(&app, link).await?.ok_or_else(|| Problem::not_found("payment"))?;
    let state = PageState::of(&app, &payment).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}
