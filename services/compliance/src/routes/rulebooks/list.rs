use axum::extract::State;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query};

use super::RulebookView;
use crate::{App, db, routes::jurisdictions::Code};

/// All versions of a jurisdiction's rules, newest first.
#[utoipa::path(
    get, path = "/v1/compliance/jurisdictions/{code}/rulebooks", tag = "compliance",
    operation_id = "rulebooks",
    params(("code" = String, Path, example = "US-IA"), PageQuery),
    responses(
        (status = OK, body = Page<RulebookView>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn rulebooks(
    Path(Code(code)): Path<Code>,
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RulebookView>>, Fault<Never>> {
    let (limit, before) = (page.limit()?, page.after::<i32>()?);
    let there = db::law::jurisdiction(&app.db, &code).await?;
    there.ok_or_else(|| Problem::not_found("jurisdiction"))?;
    let rows = db::law::rulebooks(&app.db, &code, before, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.version).map(RulebookView::from)))
}
