use cart_api::Destination;
use compliance_api::Item;
use jiff::Timestamp;
use kernel::{CustomerId, Drink, LineId, Money, OrderId, Place, ProductId, StoreId};
use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being put together: stock is not yet held or payment not yet started.
    Placing,
    /// Stock is held; the customer pays.
    Placed,
    /// The provider has confirmed the money; the store has not yet agreed.
    Paid,
    /// The store packs it.
    Accepted,
    /// Packed and waiting for its driver.
    Packed,
    OutForDelivery,
    /// All of it changed hands. The end.
    Delivered,
    /// All or part of it was refused at the door and goes back.
    Returning,
    /// What went back is back, and its money too. The end.
    Closed,
    /// Ended before it left the store. The end.
    Cancelled,
}

/// An order as its followers need it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderFacts {
    pub order: OrderId,
    /// Short, for people to say: `K7Q2-9F`.
    pub number: String,
    pub customer: CustomerId,
    pub store: StoreId,
    pub store_name: String,
    pub store_address: String,
    pub store_place: Place,
    /// IANA name of the store's time zone.
    pub time_zone: String,
    pub preparation_minutes: u32,
    pub destination: Destination,
    pub lines: Vec<OrderLine>,
    /// Fees and tip, which are not given back when the door refuses.
    pub charges: Money,
    pub total: Money,
    pub placed_at: Timestamp,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderLine {
    pub line: LineId,
    pub product: ProductId,
    pub name: String,
    pub category: String,
    pub drink: Drink,
    pub quantity: u32,
    /// Units that changed hands at the door; none before that.
    pub delivered: u32,
    pub net_unit_price: Money,
    /// What the customer pays for the whole line, taxes and deposits included.
    pub total: Money,
}

impl OrderLine {
    /// This line as the law looks at it.
    pub fn item(&self) -> Item {
        Item {
            name: self.name.clone(),
            drink: self.drink,
            quantity: self.quantity,
            unit_price: self.net_unit_price,
        }
    }
}
