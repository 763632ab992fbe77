//! Tipple as many processes on one machine.

pub mod backing;
pub mod database;
pub mod keeper;
pub mod plan;
