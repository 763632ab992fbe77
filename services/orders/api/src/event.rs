use kernel::{Event, Money};
use serde::{Deserialize, Serialize};

use crate::{OrderFacts, State};

/// An order has moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderMoved {
    pub order: OrderFacts,
    /// The state after the move.
    pub state: State,
    pub moved: Move,
    /// Counts the order's moves from 1.
    pub version: i64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    Placed,
    Paid,
    Accepted,
    Packed,
    /// The provider has taken the money: from now on a driver may take it out.
    Captured,
    OutForDelivery,
    Delivered,
    /// Refused in whole or in part; `refund` is what the customer gets back for what goes back.
    Returning {
        reason: String,
        refund: Money,
    },
    /// What went back arrived. The money follows: `refund`, once.
    Closed {
        refund: Money,
    },
    /// What left the store and was not handed over will not come back. The money follows:
    /// `refund`, once.
    Lost {
        reason: String,
        refund: Money,
    },
    /// Ended before it left the store: the whole of the money goes back, whatever state it is in.
    Cancelled {
        reason: String,
    },
}

impl Event for OrderMoved {
    const KIND: &'static str = "tipple.orders.moved";
    fn subject(&self) -> String {
        self.order.order.to_string()
    }
}
