use axum::{extract::State, http::StatusCode};
use kernel::CartId;
use wire::{Fault, IfMatch, Path, Problem, Signed};

use crate::{App, change::Change, db, refusal::ChangeRefusal};

/// Throws a cart away.
#[utoipa::path(
    delete, path = "/v1/cart/carts/{cart}", tag = "cart", operation_id = "drop_cart",
    params(
        ("cart" = CartId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    responses(
        (status = NO_CONTENT, description = "It is gone"),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn drop_cart(
    State(app): State<App>,
    actor: Signed,
    Path(cart): Path<CartId>,
    if_match: Option<IfMatch>,
) -> Result<StatusCode, Fault<ChangeRefusal>> {
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    db::change::delete_cart(&mut change.tx, cart).await?;
    change.tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
