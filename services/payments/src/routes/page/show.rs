use axum::{
    extract::State as Shared,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use wire::{Fault, Never, Reader};

use super::{Link, opened, shown};
use crate::{App, db};

/// The checkout page of a payment. That of one whose place another has taken leads on to the other.
#[utoipa::path(
    get, path = "/pay/{payment}/{key}", tag = "payments", operation_id = "payment_page",
    params(("payment" = kernel::PaymentId, Path), ("key" = String, Path)),
    responses(
        (status = OK, body = String, content_type = "text/html"),
        (status = SEE_OTHER, description = "To the page of the payment that took its place."),
        (status = NOT_FOUND, content(
            (String = "text/html"),
            (wire::Problem = "application/problem+json"),
        )),
        (status = "default", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn show(
    Shared(app): Shared<App>,
    link: Link,
    headers: HeaderMap,
) -> Result<Response, Fault<Never>> {
    let reader = Reader::of(&headers);
    let Some(payment) = opened(&app, link).await? else { return Ok(app.pages.missing(&reader)) };
    if payment.superseded
        && let Some(current) = db::payment::of_order(&app.db, payment.order).await?
    {
        return Ok(Redirect::to(&app.links.path(current.id)).into_response());
    }
    let shown = shown(&app, &payment, None).await?;
    Ok(app.pages.show(&reader, StatusCode::OK, &shown))
}
