mod balance;
mod choose;
mod come_back;
mod data;
mod ledger;
mod refund;
mod show;
mod start;
mod ways;
mod webhook;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show::show))
        .routes(routes!(choose::payment_of_order))
        .routes(routes!(choose::offered_ways))
        .routes(routes!(choose::choose_way))
        .routes(routes!(ways::ways, ways::set))
        .routes(routes!(ways::remove))
        .routes(routes!(come_back::come_back))
        .routes(routes!(refund::refund))
        .routes(routes!(ledger::ledger))
        .routes(routes!(balance::balance))
        .routes(routes!(webhook::sandbox))
        .routes(routes!(webhook::provider))
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/payments/payments", post(start::start))
        .route("/internal/payments/people/{person}/data", get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "The money of an order, from its provider's word to the ledger.";
    host::open_api("Tipple payments", about, crate::access::ACCESS, routes().into_openapi())
}
