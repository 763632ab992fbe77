use axum::extract::State;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query};

use super::{Code, JurisdictionView};
use crate::{App, db};

/// All jurisdictions, in the order of their codes.
#[utoipa::path(
    get, path = "/v1/compliance/jurisdictions", tag = "compliance",
    operation_id = "jurisdictions",
    params(PageQuery),
    responses(
        (status = OK, body = Page<JurisdictionView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn jurisdictions(
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<JurisdictionView>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<Code>()?);
    let after = after.as_ref().map(|code| code.0.as_str());
    let rows = db::law::jurisdictions(&app.db, after, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.code.clone()).map(JurisdictionView::from)))
}
