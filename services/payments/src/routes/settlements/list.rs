use axum::extract::State as Shared;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query};

use super::Settlement;
use crate::{App, db};

/// The settlement files that were loaded, the last one first.
#[utoipa::path(
    get, path = "/v1/payments/settlements", tag = "payments", operation_id = "settlements",
    params(PageQuery),
    responses(
        (status = OK, body = Page<Settlement>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list(
    Shared(app): Shared<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Settlement>>, Fault<Never>> {
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let rows = db::settlement::files(&app.db, before, i64::from(limit) + 1).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let open = db::settlement::open_of_file(&app.db, &ids).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(|row| Settlement::of(row, &open))))
}

/// A settlement file that was loaded.
#[utoipa::path(
    get, path = "/v1/payments/settlements/{settlement}", tag = "payments",
    operation_id = "settlement",
    params(("settlement" = Uuid, Path)),
    responses(
        (status = OK, body = Settlement),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn one(
    Shared(app): Shared<App>,
    Path(settlement): Path<Uuid>,
) -> Result<Json<Settlement>, Fault<Never>> {
    let row = db::settlement::find(&app.db, settlement).await?;
    let row = row.ok_or_else(|| Problem::not_found("settlement"))?;
    let open = db::settlement::open_of_file(&app.db, &[row.id]).await?;
    Ok(Json(Settlement::of(row, &open)))
}
