//! Every statement of the service.

pub mod cart;
pub mod change;
pub mod claim;
pub mod coupon;
pub mod personal;
pub mod rules;
