mod capture;
mod confirm;
mod create;
mod events;
mod pages;
mod refund;
mod retrieve;
mod test_helpers;

use axum::{Router, routing::options};
use tower_http::cors::{Any, CorsLayer};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::Problem;

use crate::App;

/// What the merchant's server calls.
fn merchant() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create))
        .routes(routes!(capture::capture))
        .routes(routes!(capture::cancel))
        .routes(routes!(refund::refund))
        .routes(routes!(events::list))
        .routes(routes!(test_helpers::webhooks))
        .routes(routes!(test_helpers::faults))
}

/// What the customer's browser calls, from whatever shop's page: it asks first whether it may, and
/// that needs a route for the layer to answer on.
fn browser() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(retrieve::retrieve))
        .routes(routes!(confirm::confirm))
        .route("/sandbox/v1/payment_intents/{intent}", options(preflight))
        .route("/sandbox/v1/payment_intents/{intent}/confirm", options(preflight))
        .layer(CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any))
}

async fn preflight() {}

/// The JSON operations and, undocumented, the pages.
pub fn router(app: App) -> Router {
    let (json, _) = merchant().merge(browser()).split_for_parts();
    json.route("/sandbox/pay/{intent}", axum::routing::get(pages::show_pay).post(pages::pay))
        .route(
            "/sandbox/3ds/{intent}",
            axum::routing::get(pages::show_challenge).post(pages::challenge),
        )
        .fallback(|| async { Problem::not_found("path") })
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "A stand-in payment provider. Its secret key is the bearer token.";
    host::open_api(
        "Sandbox payments",
        about,
        crate::access::ACCESS,
        merchant().merge(browser()).into_openapi(),
    )
}
