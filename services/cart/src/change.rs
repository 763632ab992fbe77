//! What every change of a cart has in common: whose it is, that it is open, its version.

use kernel::{Actor, CartId, OrderId};
use store::Tx;
use wire::{Fault, IfMatch, Problem};

use crate::{
    App,
    cart::{Cart, State, Tagged},
    db::{self, change::Changing},
    refusal::ChangeRefusal,
};

/// A change under way: the cart is locked until it ends, and nothing stays of it when it is
/// dropped.
pub struct Change {
    pub tx: Tx<'static>,
    pub cart: CartId,
    pub row: Changing,
}

impl Change {
    /// Locks an open cart of this person's; a version that was sent must still hold.
    pub async fn begin(
        app: &App,
        actor: &Actor,
        cart: CartId,
        if_match: Option<IfMatch>,
    ) -> Result<Self, Fault<ChangeRefusal>> {
        let mut tx = app.db.begin().await?;
        let row = db::change::begin(&mut tx, cart, actor.customer(), app.clock.now()).await?;
        let row = row.ok_or_else(|| Problem::not_found("cart"))?;
        if row.state != State::Open {
            let order = row.claimed_by.unwrap_or_else(|| OrderId::from_uuid(cart.uuid()));
            return Err(ChangeRefusal::CartTaken { order }.into());
        }
        if if_match.is_some_and(|IfMatch(version)| version != row.version - 1) {
            return Err(Problem::stale("cart").into());
        }
        Ok(Self { tx, cart, row })
    }

    /// Makes it so, and answers with the cart as it is now.
    pub async fn commit(mut self) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
        let row = db::cart::cart(&mut *self.tx, self.cart).await?;
        let row = row.ok_or_else(|| Problem::not_found("cart"))?;
        self.tx.commit().await?;
        Ok(Cart::from(row).tagged())
    }
}
