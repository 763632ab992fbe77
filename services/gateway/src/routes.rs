use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Request, State},
    http::Method,
    response::{IntoResponse, Response},
    routing,
};
use tower::ServiceExt;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::Problem;

use crate::{
    App, dead_letters, documents, edge, export,
    forward::forward,
    health, may, pages, site,
    target::{Target, target},
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(documents::openapi))
        .routes(routes!(export::export_me))
        .routes(routes!(may::may))
        .routes(routes!(may::may_at_store))
        .routes(routes!(dead_letters::dead_letters))
        .routes(routes!(dead_letters::dead_letter))
        .routes(routes!(dead_letters::replay_dead_letter))
}

/// Everything that is reachable from outside.
pub fn router(app: &App) -> Router {
    let (documented, _) = routes().split_for_parts();
    let own = documented
        .route("/", routing::get(pages::start))
        .route("/assets/{*file}", routing::get(site::file))
        .route("/driver.webmanifest", routing::get(site::file))
        .route("/driver-icon.svg", routing::get(site::file))
        .route("/driver-icon-192.png", routing::get(site::file))
        .route("/driver-icon-512.png", routing::get(site::file))
        .route("/driver-icon-whole.png", routing::get(site::file))
        .route("/icon.svg", routing::get(site::file))
        .route("/icon-192.png", routing::get(site::file))
        .route("/icon-512.png", routing::get(site::file))
        .route("/icon-whole.png", routing::get(site::file))
        .route("/site.webmanifest", routing::get(site::file))
        .route("/worker.js", routing::get(site::file))
        .route("/docs", routing::get(pages::to_docs))
        .route("/docs/", routing::get(pages::docs))
        .route("/docs/{*file}", routing::get(pages::docs))
        .fallback(pass_on)
        .method_not_allowed_fallback(|| async { edge::no_such_method() })
        .with_state(app.clone());
    let all = edge::edged(own, app);
    // The edge of the host then copies one handler for a request, and not all of this router's layers.
    Router::new().fallback(move |request: Request| all.clone().oneshot(request))
}

async fn pass_on(State(app): State<App>, request: Request<Body>) -> Response {
    let name = match target(request.uri().path()) {
        Some(Target::Service(name)) => name,
        Some(Target::Page) => return page(app, request).await,
        _ => return Problem::not_found("path").into_response(),
    };
    let Some((service, neighbour)) = app.upstreams.get_key_value(name) else {
        return Problem::not_found("path").into_response();
    };
    match &neighbour.upstream {
        Some(upstream) => forward(&app, service, upstream, request).await,
        None => Problem::unavailable(service).into_response(),
    }
}

async fn page(app: App, request: Request<Body>) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return edge::no_such_method().into_response();
    }
    let uri = OriginalUri(request.uri().clone());
    site::page(State(app), uri, request.headers().clone()).await
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "Whether the house stands, and what it can do.";
    host::open_api("Tipple gateway", about, crate::access::ACCESS, routes().into_openapi())
}
