mod claim;
mod coupons;
mod coupons_of_cart;
mod data;
mod destination;
mod drop;
mod fill;
mod lines;
mod list;
mod open;
mod packed;
mod promotions;
mod show;
mod slots;
mod tariffs;
mod tip;
mod unclaim;

use axum::{
    Router,
    routing::{get, post},
};
use kernel::StoreId;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{Problem, Reach};

use crate::App;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open::open_cart, list::list_carts))
        .routes(routes!(show::show_cart, drop::drop_cart))
        .routes(routes!(fill::fill_cart))
        .routes(routes!(lines::put_line, lines::delete_line))
        .routes(routes!(destination::put_destination))
        .routes(routes!(tip::put_tip))
        .routes(routes!(slots::cart_slots))
        .routes(routes!(slots::put_slot))
        .routes(routes!(coupons_of_cart::put_coupon, coupons_of_cart::delete_coupon))
        .routes(routes!(tariffs::show_tariff, tariffs::put_tariff))
        .routes(routes!(promotions::list_promotions, promotions::create_promotion))
        .routes(routes!(promotions::end_promotion))
        .routes(routes!(coupons::list_coupons, coupons::create_coupon))
        .routes(routes!(coupons::end_coupon))
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/cart/carts/{cart}/claim", post(claim::claim))
        .route("/internal/cart/carts/{cart}/unclaim", post(unclaim::unclaim))
        .route("/internal/cart/carts/{cart}/packed", post(packed::packed))
        .route("/internal/cart/people/{person}/data", get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "What a customer is about to buy, what it costs and why.";
    host::open_api("Tipple cart", about, crate::access::ACCESS, routes().into_openapi())
}

/// Whether a rule for that store, or for all of them, is within reach.
fn may_rule(reach: &Reach, store: Option<StoreId>) -> Result<(), Problem> {
    match store {
        Some(store) if reach.store(store) => Ok(()),
        Some(_) => Err(Problem::not_found("store")),
        None if reach.all => Ok(()),
        None => Err(Problem::forbidden("Only operators rule over all stores.")),
    }
}
