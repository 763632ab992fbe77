use axum::extract::State;
use kernel::CartId;
use wire::{Fault, IfMatch, Path, Problem, Signed};

use crate::{
    App,
    cart::{Cart, Tagged},
    change::Change,
    coupon::Code,
    db,
    refusal::ChangeRefusal,
};

/// Puts a coupon into the cart; the case of the code does not matter.
///
/// It is used up only when the cart becomes an order.
#[utoipa::path(
    put, path = "/v1/cart/carts/{cart}/coupons/{code}", tag = "cart",
    operation_id = "put_coupon_into_cart",
    params(
        ("cart" = CartId, Path),
        ("code" = String, Path, description = "As printed, in any case"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    responses(
        (status = OK, body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put_coupon(
    State(app): State<App>,
    actor: Signed,
    Path((cart, code)): Path<(CartId, String)>,
    if_match: Option<IfMatch>,
) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    let code = Code::new(&code).ok_or(ChangeRefusal::NoSuchCoupon)?;
    let codes = [code.as_str().to_owned()];
    let rows = db::coupon::coupons(&mut *change.tx, &codes, actor.customer()).await?;
    let row = rows.first().ok_or(ChangeRefusal::NoSuchCoupon)?;
    let (now, at) = (app.clock.now(), &change.row);
    if let Some(why) = row.coupon.refusal(now, at.store, at.currency, row.by_customer) {
        let [coupon] = codes;
        return Err(ChangeRefusal::CouponRefused { coupon, why }.into());
    }
    let most = app.config.most_coupons;
    if !db::change::put_coupon(&mut change.tx, cart, &code, most.into(), now).await? {
        return Err(ChangeRefusal::TooManyCoupons { most }.into());
    }
    change.commit().await
}

/// Takes a coupon out of the cart; fine when it is not in it.
#[utoipa::path(
    delete, path = "/v1/cart/carts/{cart}/coupons/{code}", tag = "cart",
    operation_id = "delete_coupon_from_cart",
    params(
        ("cart" = CartId, Path),
        ("code" = String, Path, description = "As printed, in any case"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    responses(
        (status = OK, body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn delete_coupon(
    State(app): State<App>,
    actor: Signed,
    Path((cart, code)): Path<(CartId, String)>,
    if_match: Option<IfMatch>,
) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    if let Some(code) = Code::new(&code) {
        db::change::remove_coupon(&mut change.tx, cart, &code).await?;
    }
    change.commit().await
}
