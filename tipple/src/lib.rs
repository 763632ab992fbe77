//! The system, one line per service, and the commands of the binary.

pub mod cluster;
pub mod commands;
pub mod demo;
pub mod settings;

use host::Part;

/// Every service there is. Reading this is reading the system.
pub const PARTS: &[Part] = &[
    accounts::PART,
    catalogue::PART,
    cart::PART,
    compliance::PART,
    orders::PART,
    payments::PART,
    delivery::PART,
    notifications::PART,
    insight::PART,
    gateway::PART,
    sandbox::PART,
];

/// The OpenAPI documents of the services, by name.
pub fn documents() -> Vec<(&'static str, utoipa::openapi::OpenApi)> {
    PARTS.iter().map(|part| (part.name, (part.open_api)())).collect()
}
