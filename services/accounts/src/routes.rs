mod contact;
mod sign_up;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_up::sign_up))
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/accounts/people/{person}/contact", axum::routing::get(contact::contact))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "Who people are, how they sign in, where they live.";
    host::open_api("Tipple accounts", about, routes().into_openapi())
}
