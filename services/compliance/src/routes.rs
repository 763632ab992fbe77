mod data;
mod judge;
mod jurisdictions;
mod licences;
mod openings;
mod outlook;
mod rulebooks;
mod verdicts;
mod what_if;

use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::Problem;

use crate::App;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(jurisdictions::list::jurisdictions))
        .routes(routes!(jurisdictions::read::jurisdiction, jurisdictions::keep::keep_jurisdiction))
        .routes(routes!(rulebooks::list::rulebooks, rulebooks::add::add_rulebook))
        .routes(routes!(rulebooks::read::rulebook))
        .routes(routes!(licences::list::licences))
        .routes(routes!(licences::read::licence, licences::keep::keep_licence))
        .routes(routes!(verdicts::verdicts))
        .routes(routes!(what_if::what_if))
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/compliance/judge", axum::routing::post(judge::judge))
        .route("/internal/compliance/outlook", axum::routing::post(outlook::outlook))
        .route("/internal/compliance/openings", axum::routing::post(openings::openings))
        .route("/internal/compliance/people/{person}/data", axum::routing::get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "What the law allows, and what it said.";
    host::open_api("Tipple compliance", about, crate::access::ACCESS, routes().into_openapi())
}

/// What exists is replaced only by someone who has read it.
fn read_first() -> Problem {
    let detail = "It exists already. Read it, and send If-Match with its ETag to replace it.";
    Problem::new(wire::StatusCode::PRECONDITION_REQUIRED, "if-match-missing", detail)
        .with_field("If-Match")
}
