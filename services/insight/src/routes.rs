mod curate;
mod data;
mod decisions;
mod delivery_times;
mod funnel;
mod history;
mod popular;
mod range;
mod ranking;
mod revert;
mod sales;
mod top_picks;
mod view;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(view::view_product))
        .routes(routes!(sales::sales))
        .routes(routes!(popular::popular))
        .routes(routes!(funnel::funnel))
        .routes(routes!(delivery_times::delivery_times))
        .routes(routes!(top_picks::top_picks))
        .routes(routes!(ranking::ranking))
        .routes(routes!(decisions::decisions))
        .routes(routes!(curate::curate, curate::uncurate))
        .routes(routes!(history::curations))
        .routes(routes!(revert::revert_curation))
}

/// The public operations, and what the house asks.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/insight/people/{person}/data", axum::routing::get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "What is sold, what is looked at, how long it takes; and Top Picks.";
    host::open_api("Tipple insight", about, crate::access::ACCESS, routes().into_openapi())
}
