use axum::extract::State;
use wire::{Fault, Json, Never, Path, Problem};

use super::RulebookView;
use crate::{App, db, routes::jurisdictions::Code};

/// One version of a jurisdiction's rules, as a verdict names it.
#[utoipa::path(
    get, path = "/v1/compliance/jurisdictions/{code}/rulebooks/{version}", tag = "compliance",
    operation_id = "rulebook",
    params(
        ("code" = String, Path, example = "US-IA"),
        ("version" = i32, Path, minimum = 1, example = 1),
    ),
    responses(
        (status = OK, body = RulebookView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn rulebook(
    Path(named): Path<(Code, i32)>,
    State(app): State<App>,
) -> Result<Json<RulebookView>, Fault<Never>> {
    let (Code(code), version) = named;
    let row = db::law::rulebook(&app.db, &code, version).await?;
    Ok(Json(row.ok_or_else(|| Problem::not_found("rulebook"))?.into()))
}
