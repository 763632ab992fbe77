use delivery_api::{Estimate, Trip};
use wire::{House, Json};

use crate::estimate;

/// How long a trip takes: for services of the house.
pub async fn estimate(_: House, Json(trip): Json<Trip>) -> Json<Estimate> {
    Json(estimate::estimate(trip.from, trip.to))
}
