use axum::extract::State;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::{Code, JurisdictionView};
use crate::{App, db, routes::only_operators};

/// All jurisdictions, in the order of their codes. Operators only.
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
    actor: Signed,
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<JurisdictionView>>, Fault<Never>> {
    only_operators(&actor)?;
    let (limit, after) = (page.limit()?, page.after::<Code>()?);
    let after = after.as_ref().map(|code| code.0.as_str());
    let rows = db::law::jurisdictions(&app.db, after, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.code.clone()).map(JurisdictionView::from)))
}
