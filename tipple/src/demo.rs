//! The demo city: Des Moines, Iowa, with invented stores and people and real bottles.

pub mod data;
pub mod home;
pub mod seed;
pub mod simulator;
pub mod visitor;
