use std::{error::Error, fmt};

use cart_api::{Destination, IfMissing, Slot};
use compliance_api::Item;
use jiff::Timestamp;
use kernel::{CartId, CustomerId, Drink, LineId, Money, OrderId, Place, ProductId, StoreId};
use payments_api::Sale;
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
    /// What went back is back, or known to be lost, and its money goes back too. The end.
    Closed,
    /// Ended before it left the store. The end.
    Cancelled,
}

impl State {
    pub const ALL: [Self; 10] = [
        Self::Placing,
        Self::Placed,
        Self::Paid,
        Self::Accepted,
        Self::Packed,
        Self::OutForDelivery,
        Self::Delivered,
        Self::Returning,
        Self::Closed,
        Self::Cancelled,
    ];

    /// As it stands in JSON and in a database column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placing => "placing",
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Accepted => "accepted",
            Self::Packed => "packed",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::Returning => "returning",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing comes after it.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Delivered | Self::Closed | Self::Cancelled)
    }
}

/// Text that names no state.
#[derive(Debug)]
pub struct UnknownState(String);

impl fmt::Display for UnknownState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no state of an order", self.0)
    }
}

impl Error for UnknownState {}

impl TryFrom<String> for State {
    type Error = UnknownState;

    fn try_from(text: String) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or(UnknownState(text))
    }
}

/// An order as its followers need it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderFacts {
    pub order: OrderId,
    /// What it was made of; none where it was told before this was.
    #[serde(default)]
    pub cart: Option<CartId>,
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
    /// What of the charges is the tip; none where it was told before this was.
    #[serde(default)]
    pub tip: Option<Money>,
    pub total: Money,
    pub placed_at: Timestamp,
    /// When it is wanted at the door; none for as soon as possible.
    #[serde(default)]
    pub slot: Option<Slot>,
    /// What of it is other than was agreed to, once it is packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked: Option<Picked>,
}

/// What was not packed as it was ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    /// What the customer had agreed to pay.
    pub agreed: Money,
    /// Lines that are other than they were ordered.
    pub changes: Vec<LineChange>,
    /// What is sold instead of what was agreed to, for the books; it names nobody.
    pub sale: Sale,
}

/// A line of which not all was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineChange {
    pub line: LineId,
    pub product: ProductId,
    pub name: String,
    /// Units that were ordered.
    pub ordered: u32,
    /// Units of it that were packed; the line is gone where that is none.
    pub packed: u32,
    /// What was put in for units that were not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub instead: Option<Replacement>,
    /// What the line was to cost.
    pub agreed: Money,
    /// What is paid for it now, with what was put in for it; never more than was agreed.
    pub total: Money,
}

/// What was put in for something that was not there: a line of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Replacement {
    pub line: LineId,
    pub product: ProductId,
    pub name: String,
    pub quantity: u32,
    pub total: Money,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
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
    /// What the customer wants where the store has not all of it.
    #[serde(default)]
    #[schema(required = true)]
    pub if_missing: IfMissing,
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
