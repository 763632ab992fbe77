//! Events from one service to another, on a fresh database: what every carrier promises, and what one
//! with a broker does when that fails.

mod contract;
mod rabbitmq;
mod support;
