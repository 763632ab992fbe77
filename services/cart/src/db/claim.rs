//! Carts that orders lay claim to.

use jiff::Timestamp;
use kernel::{CartId, CustomerId, OrderId};
use store::Tx;

/// A claim to be kept.
pub struct NewClaim<'a> {
    pub cart: CartId,
    pub customer: CustomerId,
    pub order: OrderId,
    /// The version that was quoted.
    pub version: i64,
    /// The answer, as it is given now and at every repetition.
    pub answer: &'a str,
    pub at: Timestamp,
}

/// `false` when the cart is not the customer's, not open or not as it was quoted, or the order was
/// given up. Locks the cart's row until the transaction ends.
pub async fn claim(tx: &mut Tx<'_>, new: &NewClaim<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update cart set state = 'claimed', claimed_by = $4, claim = $5, version = version + 1,
             changed_at = $6
         where id = $1 and customer_id = $2 and version = $3 and state = 'open'
           and not exists (select from given_up where order_id = $4)",
    )
    .bind(new.cart.uuid())
    .bind(new.customer.uuid())
    .bind(new.version)
    .bind(new.order.uuid())
    .bind(new.answer)
    .bind(store::instant(new.at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that an order is not placed, so that no claim of its comes later.
///
/// One may be under way and have asked already whether it was given up. The cart's version moves
/// once that is noted, for a claim holds only for the version it has seen; or it waits here until
/// the claim is made, and then there is one to end. The cart of another customer stays as it is: no
/// claim of this order's holds for it.
pub async fn give_up(
    tx: &mut Tx<'_>,
    (cart, customer): (CartId, CustomerId),
    order: OrderId,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "with old as (delete from given_up where at < $2 - interval '1 day')
         insert into given_up (order_id, at) values ($1, $2) on conflict do nothing",
    )
    .bind(order.uuid())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "update cart set version = version + 1, changed_at = $2
         where id = $1 and customer_id = $3 and claimed_by is null",
    )
    .bind(cart.uuid())
    .bind(store::instant(at))
    .bind(customer.uuid())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn is_given_up(tx: &mut Tx<'_>, order: OrderId) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from given_up where order_id = $1)")
        .bind(order.uuid())
        .fetch_one(&mut **tx)
        .await
}

/// Which claims end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unless {
    /// Only one whose order was not placed.
    Ordered,
    /// Any: the order is cancelled.
    Never,
}

/// Ends an order's claim: the cart is open again, or closed where the customer has opened another
/// at that store. `false` when the order has no such claim.
pub async fn unclaim(
    tx: &mut Tx<'_>,
    order: OrderId,
    unless: Unless,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update cart set claimed_by = null, claim = null, version = version + 1, changed_at = $2,
             state = case when exists (
                 select from cart newer
                 where newer.customer_id = cart.customer_id and newer.store_id = cart.store_id
                   and newer.state = 'open') then 'closed' else 'open' end
         where claimed_by = $1 and (state = 'claimed' or $3)",
    )
    .bind(order.uuid())
    .bind(store::instant(at))
    .bind(unless == Unless::Never)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The order of a claim was placed.
pub async fn ordered(tx: &mut Tx<'_>, order: OrderId, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update cart set state = 'ordered', version = version + 1, changed_at = $2
         where claimed_by = $1 and state = 'claimed'",
    )
    .bind(order.uuid())
    .bind(store::instant(at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
