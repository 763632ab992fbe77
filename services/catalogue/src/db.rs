//! Every statement of the service, by what it is about.

pub mod categories;
pub mod holds;
pub mod listings;
pub mod movements;
pub mod products;
pub mod search;
pub mod stock;
pub mod stores;
