use garde::Validate;
use kernel::Place;
use serde::{Deserialize, Serialize};

/// A trip to be estimated.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Trip {
    #[garde(custom(on_the_globe))]
    pub from: Place,
    #[garde(custom(on_the_globe))]
    pub to: Place,
}

fn on_the_globe(place: &Place, (): &()) -> garde::Result {
    if place.is_valid() { Ok(()) } else { Err(garde::Error::new("is not a place on the globe")) }
}

/// How far and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Estimate {
    /// Along streets.
    pub metres: u32,
    pub seconds: u32,
    /// What it takes on a bad day: for promises that the law depends on.
    pub worst_seconds: u32,
    /// Whether it is the built-in estimate rather than a router's.
    pub rough: bool,
}
