//! What it tells people when it is told something. The message is written in the transaction of
//! the inbox; everything it needs from elsewhere is asked before.

mod deliveries;
mod orders;
mod payments;
mod stock;

use accounts_api::{AccountsRefusal, Contact};
use anyhow::Context;
use kernel::{CustomerId, OrderId};
use wire::CallError;

pub use self::{
    deliveries::job_moved, orders::order_moved, payments::payment_moved, stock::stock_low,
};
use crate::{
    App,
    db::{self, KnownOrder},
};

/// How to reach the customer; none where the account is gone, and with it whom to tell.
async fn contact(app: &App, customer: CustomerId) -> anyhow::Result<Option<Contact>> {
    match app.accounts.contact(customer.cast()).await {
        Ok(contact) => Ok(Some(contact)),
        Err(CallError::Refused(AccountsRefusal::NoSuchPerson)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The order that somebody else's event names. It comes again later where orders has not told of
/// it yet.
async fn order(app: &App, order: OrderId) -> anyhow::Result<KnownOrder> {
    let known = db::known_order(&app.db, order).await?;
    known.with_context(|| format!("order {order} is not known yet"))
}
