use axum::{
    extract::State as Shared,
    http::header,
    response::{IntoResponse, Response},
};
use uuid::Uuid;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::{DocumentView, WholeDocument, within};
use crate::{App, document};

/// An invoice or a credit note, as it was issued.
#[utoipa::path(
    get, path = "/v1/payments/documents/{document}", tag = "payments", operation_id = "document",
    params(("document" = Uuid, Path)),
    responses(
        (status = OK, body = WholeDocument),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn one(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(document): Path<Uuid>,
) -> Result<Json<WholeDocument>, Fault<Never>> {
    let row = within(&app, &actor, document).await?;
    let view = DocumentView::try_from(&row)?;
    Ok(Json(WholeDocument { view, contents: row.contents.map(|contents| contents.0) }))
}

/// The same as a PDF: the same bytes whenever it is asked for.
#[utoipa::path(
    get, path = "/v1/payments/documents/{document}/pdf", tag = "payments",
    operation_id = "document_pdf",
    params(("document" = Uuid, Path)),
    responses(
        (status = OK, body = Vec<u8>, content_type = "application/pdf"),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn pdf(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(document): Path<Uuid>,
) -> Result<Response, Fault<Never>> {
    let row = within(&app, &actor, document).await?;
    // What is not kept any longer cannot be drawn.
    let contents = row.contents.ok_or_else(|| Problem::not_found("document"))?;
    let bytes = tokio::task::spawn_blocking(move || document::pdf(&contents.0)).await;
    let bytes = bytes.map_err(anyhow::Error::from)??;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.pdf\"", row.number)),
    ];
    Ok((headers, bytes).into_response())
}
