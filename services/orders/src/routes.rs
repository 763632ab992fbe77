mod command;
mod data;
mod events;
mod lists;
mod pack;
mod place;
mod read;
mod replacements;
mod under_way;

use axum::{Router, routing::get};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(place::place_order, lists::my_orders))
        .routes(routes!(read::order))
        .routes(routes!(events::order_events))
        .routes(routes!(command::cancel_order))
        .routes(routes!(command::accept_order))
        .routes(routes!(pack::pack_order))
        .routes(routes!(command::reject_order))
        .routes(routes!(replacements::replacements))
        .routes(routes!(under_way::store_queue))
        .routes(routes!(lists::all_orders))
        .routes(routes!(under_way::orders_under_way))
        .routes(routes!(under_way::loads_of_stores))
}

/// The public operations. The house asks orders nothing but what it has of a person: it tells.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public.route("/internal/orders/people/{person}/data", get(data::data)).with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "How a cart becomes an order, and what becomes of the order.";
    host::open_api("Tipple orders", about, crate::access::ACCESS, routes().into_openapi())
}
