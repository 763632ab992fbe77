use axum::extract::State;
use delivery_api::{Estimate, Trip};
use wire::{House, Json};

use crate::App;

/// How long a trip takes: for services of the house.
pub async fn estimate(_: House, State(app): State<App>, Json(trip): Json<Trip>) -> Json<Estimate> {
    Json(app.config.estimate(trip.from, trip.to))
}
