use axum::{extract::State, http::HeaderName};
use kernel::StoreId;
use wire::{Fault, Json, Never, Path, Problem, Signed, etag};

use super::LicenceView;
use crate::{App, db};

/// A store's licence.
#[utoipa::path(
    get, path = "/v1/compliance/licences/{store}", tag = "compliance", operation_id = "licence",
    params(("store" = StoreId, Path)),
    responses(
        (status = OK, body = LicenceView, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn licence(
    actor: Signed,
    Path(store): Path<StoreId>,
    State(app): State<App>,
) -> Result<([(HeaderName, String); 1], Json<LicenceView>), Fault<Never>> {
    let missing = || Problem::not_found("licence");
    if !actor.reach.store(store) {
        return Err(missing().into());
    }
    let row = db::licence::licence(&app.db, store).await?.ok_or_else(missing)?;
    Ok((etag(row.version), Json(row.into())))
}
