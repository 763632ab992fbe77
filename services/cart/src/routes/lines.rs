use axum::extract::State;
use cart_api::{CartFilled, IfMissing};
use garde::Validate;
use kernel::{CartId, Money, ProductId};
use serde::Deserialize;
use wire::{Fault, IfMatch, Json, Path, Problem, Signed};

use crate::{
    App,
    cart::{Cart, Tagged},
    change::Change,
    db::{self, cart::Line},
    refusal::ChangeRefusal,
    tariff::MOST_AMOUNT,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutLine {
    /// 0 takes it out of the cart.
    #[garde(range(max = kernel::MAX_QUANTITY))]
    #[schema(maximum = 999)]
    quantity: u32,
    /// What is wanted where the store turns out not to have all of it. As it was, or `none`, where
    /// nothing is said.
    #[garde(skip)]
    #[serde(default)]
    #[schema(nullable = false)]
    if_missing: Option<IfMissing>,
    /// What one unit cost as it was shown to the customer: the cart's page says where it costs
    /// something else by now. As it was where nothing is said, or in another currency than the cart's.
    #[garde(inner(custom(not_below_nothing)))]
    #[serde(default)]
    #[schema(nullable = false)]
    seen_price: Option<Money>,
}

fn not_below_nothing(price: &Money, (): &()) -> garde::Result {
    if (0..=MOST_AMOUNT).contains(&price.amount) {
        return Ok(());
    }
    Err(garde::Error::new(format!("must be between 0 and {MOST_AMOUNT}")))
}

/// Sets how many of a product are in the cart, and what is wanted where the store has fewer.
///
/// Whether the store has it is not asked here: the cart page says so.
#[utoipa::path(
    put, path = "/v1/cart/carts/{cart}/lines/{product}", tag = "cart", operation_id = "put_line",
    params(
        ("cart" = CartId, Path),
        ("product" = ProductId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = PutLine,
    responses(
        (status = OK, body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put_line(
    State(app): State<App>,
    actor: Signed,
    Path((cart, product)): Path<(CartId, ProductId)>,
    if_match: Option<IfMatch>,
    Json(PutLine { quantity, if_missing, seen_price }): Json<PutLine>,
) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    if quantity == 0 {
        db::change::remove_line(&mut change.tx, cart, product).await?;
        return change.commit().await;
    }
    let seen_price = seen_price.filter(|price| price.currency == change.row.currency);
    let seen_price = seen_price.map(|price| price.amount);
    let (line, most) = (Line { product, quantity, if_missing, seen_price }, app.config.most_lines);
    let now = app.clock.now();
    let was_empty = db::change::is_empty(&mut change.tx, cart).await?;
    if !db::change::set_line(&mut change.tx, cart, line, most.into(), now).await? {
        return Err(ChangeRefusal::TooManyLines { most }.into());
    }
    if was_empty {
        let filled = CartFilled { cart, store: change.row.store };
        feed::append(&mut change.tx, &filled, now).await?;
    }
    change.commit().await
}

/// Takes a product out of the cart; fine when it is not in it.
#[utoipa::path(
    delete, path = "/v1/cart/carts/{cart}/lines/{product}", tag = "cart",
    operation_id = "delete_line",
    params(
        ("cart" = CartId, Path),
        ("product" = ProductId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    responses(
        (status = OK, body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn delete_line(
    State(app): State<App>,
    actor: Signed,
    Path((cart, product)): Path<(CartId, ProductId)>,
    if_match: Option<IfMatch>,
) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    db::change::remove_line(&mut change.tx, cart, product).await?;
    change.commit().await
}
