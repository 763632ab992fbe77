use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use wire::{Fault, Never, Path, Problem};

use crate::page;

/// The checkout page's own style and script. Their names change with what is in them.
#[utoipa::path(
    get, path = "/pay/files/{file}", tag = "payments", operation_id = "payment_page_file",
    params(("file" = String, Path)),
    responses(
        (status = OK, content(
            (String = "text/css"),
            (String = "text/javascript"),
        )),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn file(Path(name): Path<String>) -> Result<Response, Fault<Never>> {
    let file = page::file(&name).ok_or_else(|| Problem::not_found("file"))?;
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, file.body).into_response())
}
