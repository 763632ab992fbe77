mod address;
mod contact;
mod data;
mod favourites;
mod jwks;
mod me;
mod people;
mod sign_in;
mod sign_up;

use axum::Router;
use kernel::Actor;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::Problem;

use crate::App;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_up::sign_up))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(me::me, me::change_me))
        .routes(routes!(address::list::addresses, address::add::add_address))
        .routes(routes!(address::change::change_address, address::remove::remove_address))
        .routes(routes!(favourites::favourites))
        .routes(routes!(favourites::add_favourite, favourites::remove_favourite))
        .routes(routes!(people::list::people))
        .routes(routes!(people::roles::set_roles))
        .routes(routes!(jwks::keys))
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/accounts/people/{person}/contact", axum::routing::get(contact::contact))
        .route("/internal/accounts/people/{person}/data", axum::routing::get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "Who people are, how they sign in, where they live.";
    host::open_api("Tipple accounts", about, routes().into_openapi())
}

/// Refuses everyone but those who run the platform.
fn only_operators(actor: &Actor) -> Result<(), Problem> {
    if actor.is_operator() {
        return Ok(());
    }
    Err(Problem::forbidden("Only those who run the platform may do this."))
}
