use axum::extract::State;
use delivery_api::{Estimate, Trip, Trips};
use wire::{House, Json};

use crate::App;

/// How long a trip takes: for services of the house.
pub async fn estimate(_: House, State(app): State<App>, Json(trip): Json<Trip>) -> Json<Estimate> {
    Json(app.config.estimate(trip.from, trip.to))
}

/// How long each of several takes: for services of the house.
pub async fn estimates(
    _: House,
    State(app): State<App>,
    Json(Trips { from, to }): Json<Trips>,
) -> Json<Vec<Estimate>> {
    Json(from.into_iter().map(|from| app.config.estimate(from, to)).collect())
}
