use kernel::{Event, ProductId, StoreId, VendorId};
use serde::{Deserialize, Serialize};

/// What can still be promised of a product at a store fell to its threshold or below: told once
/// each time it crosses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLow {
    pub store: StoreId,
    pub store_name: String,
    pub product: ProductId,
    pub product_name: String,
    pub free: u32,
    pub threshold: u32,
}

impl Event for StockLow {
    const KIND: &'static str = "tipple.catalogue.stock_low";
    fn subject(&self) -> String {
        format!("{}/{}", self.store, self.product)
    }
}

/// A product is new, or what people see of it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductChanged {
    pub product: ProductId,
    pub name: String,
    /// Slug path, such as `spirits/whiskey/bourbon`.
    pub category: String,
    /// Whether it can be sold at all.
    pub active: bool,
    /// Grows with each change.
    pub version: i64,
}

impl Event for ProductChanged {
    const KIND: &'static str = "tipple.catalogue.product_changed";
    fn subject(&self) -> String {
        self.product.to_string()
    }
}

/// A store is new, or something of it changed: perhaps whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreChanged {
    pub store: StoreId,
    /// Whose it is.
    pub vendor: VendorId,
    /// Grows with each change.
    pub version: i64,
}

impl Event for StoreChanged {
    const KIND: &'static str = "tipple.catalogue.store_changed";
    fn subject(&self) -> String {
        self.store.to_string()
    }
}
