use axum::extract::State;
use kernel::CartId;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use crate::{App, cart::Cart, db};

/// The carts that are open or being ordered, newest first.
#[utoipa::path(
    get, path = "/v1/cart/carts", tag = "cart", operation_id = "list_carts",
    params(PageQuery),
    responses(
        (status = OK, body = Page<Cart>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list_carts(
    State(app): State<App>,
    actor: Signed,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Cart>>, Fault<Never>> {
    let limit = query.limit()?;
    let after = query.after::<CartId>()?;
    let most = i64::from(limit) + 1;
    let rows = db::cart::carts_of(&app.db, actor.customer(), after, most).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(Cart::from)))
}
