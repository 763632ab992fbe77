//! Every statement of the service.

pub mod cart;
pub mod claim;
pub mod coupon;
pub mod rules;
