use kernel::{CartId, CustomerId, OrderId};
use serde::Serialize;
use wire::{CallError, Client};

use crate::{Claim, ClaimRefusal, Claimed, Packed, Packing, PackingRefusal};

/// Carts, as other services see them.
#[derive(Clone)]
pub struct Carts(Client);

#[derive(Serialize)]
struct Unclaim {
    order: OrderId,
    customer: CustomerId,
}

impl Carts {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// Freezes the cart for an order, checks the total under the lock and uses its coupons up, all
    /// or nothing. A second call by the same order gives the same answer.
    pub async fn claim(
        &self,
        cart: CartId,
        claim: &Claim,
    ) -> Result<Claimed, CallError<ClaimRefusal>> {
        self.0.ask(&format!("/internal/cart/carts/{cart}/claim"), claim).await
    }

    /// Gives the cart back to its customer, whose order it is, as it was, and its coupons their
    /// use; fine when that order has no claim.
    pub async fn unclaim(
        &self,
        cart: CartId,
        order: OrderId,
        customer: CustomerId,
    ) -> Result<(), CallError<ClaimRefusal>> {
        let body = Unclaim { order, customer };
        self.0.ask(&format!("/internal/cart/carts/{cart}/unclaim"), &body).await
    }

    /// What is to be paid for what the store has of an order. Changes nothing.
    pub async fn packed(
        &self,
        cart: CartId,
        packing: &Packing,
    ) -> Result<Packed, CallError<PackingRefusal>> {
        self.0.ask(&format!("/internal/cart/carts/{cart}/packed"), packing).await
    }
}
