use axum::{extract::State, http::StatusCode};
use cart_api::ClaimRefusal;
use garde::Validate;
use kernel::{CartId, CustomerId, OrderId};
use serde::Deserialize;
use store::violated;
use wire::{Fault, House, Json, Path, Problem};

use crate::{
    App,
    db::{self, claim::Unless},
};

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Unclaim {
    #[garde(skip)]
    order: OrderId,
    /// Whose order it is: nobody else's cart is touched.
    #[garde(skip)]
    customer: CustomerId,
}

/// How often it is tried while the customer opens another cart at that very moment.
const TRIES: u32 = 3;

/// Ends the claim of an order that will not be placed, and gives its coupons back: for services of
/// the house. Fine when there is no claim, and then none can come; the cart of a placed order stays
/// as it is.
pub async fn unclaim(
    _: House,
    State(app): State<App>,
    Path(cart): Path<CartId>,
    Json(Unclaim { order, customer }): Json<Unclaim>,
) -> Result<StatusCode, Fault<ClaimRefusal>> {
    for _ in 0..TRIES {
        let (mut tx, now) = (app.db.begin().await?, app.clock.now());
        db::claim::give_up(&mut tx, (cart, customer), order, now).await?;
        match db::claim::unclaim(&mut tx, order, Unless::Ordered, now).await {
            Ok(true) => db::coupon::give_back(&mut tx, order).await?,
            Ok(false) => {}
            Err(error) if violated(&error) == Some("cart_open") => continue,
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::unavailable("cart").into())
}
