use axum::extract::State;
use garde::Validate;
use kernel::{CartId, Money};
use serde::Deserialize;
use wire::{Fault, IfMatch, Json, Path, Problem, Signed};

use crate::{
    App,
    cart::{Cart, Tagged},
    change::Change,
    db,
    refusal::ChangeRefusal,
    tariff::MOST_AMOUNT,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTip {
    /// Minor units of the store's currency. The store's tariff sets how much is taken for meant.
    #[garde(range(min = 0, max = MOST_AMOUNT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    amount: i64,
}

/// Says what the driver gets on top.
#[utoipa::path(
    put, path = "/v1/cart/carts/{cart}/tip", tag = "cart", operation_id = "put_tip",
    params(
        ("cart" = CartId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = PutTip,
    responses(
        (status = OK, body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put_tip(
    State(app): State<App>,
    actor: Signed,
    Path(cart): Path<CartId>,
    if_match: Option<IfMatch>,
    Json(PutTip { amount }): Json<PutTip>,
) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    let most = db::rules::most_tip(&mut *change.tx, change.row.store).await?.unwrap_or(0);
    if amount > most {
        let most = Money::new(most, change.row.currency);
        return Err(ChangeRefusal::TipTooHigh { most }.into());
    }
    db::change::set_tip(&mut change.tx, cart, amount).await?;
    change.commit().await
}
