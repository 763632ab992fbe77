use axum::extract::State;
use cart_api::Destination;
use kernel::CartId;
use wire::{Fault, IfMatch, Json, Path, Problem, Signed};

use crate::{
    App,
    cart::{Cart, Tagged},
    change::Change,
    db,
    refusal::ChangeRefusal,
};

/// Says where it goes.
#[utoipa::path(
    put, path = "/v1/cart/carts/{cart}/destination", tag = "cart",
    operation_id = "put_destination",
    params(
        ("cart" = CartId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = Destination,
    responses(
        (status = OK, body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put_destination(
    State(app): State<App>,
    actor: Signed,
    Path(cart): Path<CartId>,
    if_match: Option<IfMatch>,
    Json(destination): Json<Destination>,
) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    db::change::set_destination(&mut change.tx, cart, &destination).await?;
    change.commit().await
}
