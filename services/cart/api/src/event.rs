use kernel::{CartId, Event, StoreId};
use serde::{Deserialize, Serialize};

/// Something was put into a cart that had nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartFilled {
    pub cart: CartId,
    pub store: StoreId,
}

impl Event for CartFilled {
    const KIND: &'static str = "tipple.cart.filled";
    fn subject(&self) -> String {
        self.cart.to_string()
    }
}
