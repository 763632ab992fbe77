//! Every statement of the service, by what it is about.

pub mod categories;
pub mod counts;
pub mod export;
pub mod holds;
pub mod import;
pub mod listings;
pub mod movements;
pub mod personal;
pub mod picking;
pub mod products;
pub mod search;
pub mod seeding;
pub mod shipping;
pub mod stock;
pub mod stores;
