use garde::Validate;
use jiff::Timestamp;
use kernel::{Currency, Drink, Hours, Money, OrderId, Place, ProductId, StoreId, VendorId};
use serde::{Deserialize, Serialize};

/// What a cart wants to know of a store and some of its products.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct OffersWanted {
    #[garde(skip)]
    pub store: StoreId,
    #[garde(length(max = 200))]
    pub products: Vec<ProductId>,
    /// Where it would be delivered, if that is known.
    #[garde(skip)]
    pub door: Option<Place>,
}

/// A store and its offers, as they are now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offers {
    pub store: StoreFacts,
    /// One for each wanted product that the store lists, in no certain order.
    pub offers: Vec<Offer>,
    /// The wanted products that cannot be bought here, and why.
    pub missing: Vec<OfferMissing>,
    /// Whether the store is open at this moment and takes orders.
    pub open_now: bool,
    /// The store's, by its own clock.
    #[serde(default)]
    pub hours: Hours,
    /// Where its people let it take no orders for a while.
    #[serde(default)]
    pub paused: Option<Pause>,
    /// What an order has to be worth at list price, if anything.
    #[serde(default)]
    pub least_order: Option<Money>,
    /// Whether the door lies in the store's delivery zone; unknown without a door.
    pub reaches_door: Option<bool>,
}

/// A while in which a store takes no orders but for later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pause {
    /// It ends by itself.
    pub until: Timestamp,
    /// For customers to read.
    pub reason: String,
}

impl Pause {
    /// For customers; when it ends they are told by their own clocks.
    pub fn sentence(&self) -> String {
        let reason = self.reason.trim_end_matches(['.', '!', ' ']);
        format!("The store takes no orders for a while: {reason}.")
    }
}

/// Why a product is not offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferMissing {
    pub product: ProductId,
    /// The product's name, where there is such a product for everyone to see.
    pub name: Option<String>,
}

/// What others need to know of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreFacts {
    pub store: StoreId,
    pub vendor: VendorId,
    pub name: String,
    /// One line, for a driver.
    pub address: String,
    pub place: Place,
    /// IANA name, such as `America/Chicago`.
    pub time_zone: String,
    pub currency: Currency,
    pub preparation_minutes: u32,
}

/// One product at one store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub product: ProductId,
    pub name: String,
    /// Slug path, such as `spirits/whiskey/bourbon`.
    pub category: String,
    pub drink: Drink,
    pub price: Money,
    /// Names a rate in the cart's tax table, such as `standard`.
    pub tax_class: String,
    pub deposit: Option<Deposit>,
    /// Units that can be promised now.
    pub free: u32,
}

/// What is paid for the containers of one unit and returned with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// For all containers of one unit.
    pub per_unit: Money,
}

/// Stock to be held for an order. Sent again with the same order it changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Hold {
    #[garde(skip)]
    pub order: OrderId,
    #[garde(skip)]
    pub store: StoreId,
    #[garde(length(min = 1, max = 200), dive)]
    pub lines: Vec<HoldLine>,
    /// From then on others may have it.
    #[garde(skip)]
    pub until: Timestamp,
}

/// How much of one product; several lines of one product are added up.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct HoldLine {
    #[garde(skip)]
    pub product: ProductId,
    #[garde(range(min = 1, max = kernel::MAX_QUANTITY))]
    pub quantity: u32,
}

/// That stock is held, or allocated for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub order: OrderId,
    /// Absent once the stock is allocated.
    pub until: Option<Timestamp>,
}

/// A new end for a hold.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Until {
    #[garde(skip)]
    pub until: Timestamp,
}

/// Words that an offer of a store shall fit.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Search {
    #[garde(skip)]
    pub store: StoreId,
    /// None for whatever there is.
    #[garde(inner(length(chars, min = 1, max = 100), custom(wire::plain_text)))]
    pub words: Option<String>,
    /// This category and all below it.
    #[garde(inner(length(chars, min = 1, max = 200), custom(wire::plain_text)))]
    pub category: Option<String>,
    #[garde(range(min = 1, max = 50))]
    pub limit: u32,
}

/// What is packed of an order.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Pick {
    /// Grows with each pick of the order, from 1.
    #[garde(range(min = 1))]
    pub number: i32,
    /// Nothing where nothing of it is there.
    #[garde(length(max = 200), dive)]
    pub lines: Vec<HoldLine>,
    /// What was ordered and is not there: it is on hand no more.
    #[garde(length(max = 200), dive)]
    #[serde(default)]
    pub missing: Vec<HoldLine>,
}
