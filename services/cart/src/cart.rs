//! A cart as its owner reads it.

use axum::http::HeaderName;
use cart_api::{Destination, IfMissing, Slot};
use kernel::{CartId, Money, OrderId, ProductId, StoreId};
use serde::Serialize;
use wire::{Json, etag};

use crate::db::cart::CartRow;
pub use crate::db::cart::State;

/// What is in a cart.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Cart {
    pub cart: CartId,
    pub store: StoreId,
    pub store_name: String,
    pub state: State,
    /// The order that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub order: Option<OrderId>,
    pub lines: Vec<CartLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub destination: Option<Destination>,
    /// When it is wanted; as soon as possible where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub slot: Option<Slot>,
    pub tip: Money,
    pub coupons: Vec<String>,
    /// Grows with each change; also the ETag.
    pub version: i64,
}

/// So many of one product.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CartLine {
    pub product: ProductId,
    #[schema(minimum = 1, maximum = 999)]
    pub quantity: u32,
    /// What is wanted where the store turns out not to have all of it.
    pub if_missing: IfMissing,
}

/// An answer with the version in its `ETag`.
pub type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

impl From<CartRow> for Cart {
    fn from(row: CartRow) -> Self {
        let line = |line: &crate::db::cart::Line| CartLine {
            product: line.product,
            quantity: line.quantity,
            if_missing: line.if_missing.unwrap_or_default(),
        };
        Self {
            cart: row.id,
            store: row.store,
            store_name: row.store_name,
            state: row.state,
            order: row.claimed_by,
            lines: row.lines.iter().map(line).collect(),
            destination: row.destination,
            slot: row.slot,
            tip: Money::new(row.tip, row.currency),
            coupons: row.coupons,
            version: row.version,
        }
    }
}

impl Cart {
    pub fn tagged(self) -> Tagged<Self> {
        (etag(self.version), Json(self))
    }
}
