use axum::extract::State;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::Address;
use crate::{App, db};

/// The asker's addresses, oldest first.
#[utoipa::path(
    get, path = "/v1/accounts/addresses", tag = "accounts", operation_id = "addresses",
    params(PageQuery),
    responses(
        (status = OK, body = Page<Address>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn addresses(
    actor: Signed,
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Address>>, Fault<Never>> {
    let limit = page.limit()?;
    let rows = db::address::addresses(&app.db, actor.person, page.after()?, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(Address::from)))
}
