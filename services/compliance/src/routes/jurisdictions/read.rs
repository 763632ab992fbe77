use axum::{extract::State, http::HeaderName};
use wire::{Fault, Json, Never, Path, Problem, etag};

use super::{Code, JurisdictionView};
use crate::{App, db};

/// One jurisdiction.
#[utoipa::path(
    get, path = "/v1/compliance/jurisdictions/{code}", tag = "compliance",
    operation_id = "jurisdiction",
    params(("code" = String, Path, example = "US-IA")),
    responses(
        (status = OK, body = JurisdictionView, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn jurisdiction(
    Path(Code(code)): Path<Code>,
    State(app): State<App>,
) -> Result<([(HeaderName, String); 1], Json<JurisdictionView>), Fault<Never>> {
    let row = db::law::jurisdiction(&app.db, &code).await?;
    let row = row.ok_or_else(|| Problem::not_found("jurisdiction"))?;
    Ok((etag(row.version), Json(row.into())))
}
