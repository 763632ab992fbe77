//! What a person with a browser sees: a welcome, and the API to read and try.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use utoipa_swagger_ui::Config;
use wire::Problem;

use crate::{App, site};

const WELCOME: &str = include_str!("pages/welcome.html");
/// Swagger UI's own page, with our name and made for telephones too.
const DOCS: &str = include_str!("pages/docs.html");
/// Nothing but what the page itself brings.
const WELCOME_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                              form-action 'none'; frame-ancestors 'none'";
/// Swagger UI writes style attributes and draws from data addresses; scripts are files.
const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                           img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                           frame-ancestors 'none'";

/// The shop, or a welcome where the program was built without it.
pub async fn start(State(app): State<App>, uri: OriginalUri, headers: HeaderMap) -> Response {
    if app.site.is_some() {
        return site::page(State(app), uri, headers).await;
    }
    ([(header::CONTENT_SECURITY_POLICY, WELCOME_POLICY)], Html(WELCOME)).into_response()
}

/// Whether it is somebody's browser that asks, with an address that somebody has typed or written.
pub fn wanted(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    matches!(*request.method(), Method::GET | Method::HEAD)
        && accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// That there is nothing, and how to go on: the same page whatever the address was, of which
/// nothing is read.
pub async fn nothing(app: App, headers: HeaderMap) -> Response {
    let uri = OriginalUri(Uri::from_static("/nothing"));
    site::page(State(app), uri, headers).await
}

/// The page asks for its files relative to itself.
pub async fn to_docs() -> Redirect {
    Redirect::permanent("/docs/")
}

/// A file of Swagger UI, all of which is inside the program.
pub async fn docs(OriginalUri(uri): OriginalUri) -> Response {
    static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
        let config = Config::new(["/openapi.json"]);
        Arc::new(
            config
                .filter(true)
                .deep_linking(true)
                .doc_expansion("none")
                .default_models_expand_depth(0)
                .validator_url("none")
                .persist_authorization(false),
        )
    });
    let file = uri.path().trim_start_matches("/docs").trim_start_matches('/');
    if file.is_empty() {
        return ([(header::CONTENT_SECURITY_POLICY, DOCS_POLICY)], Html(DOCS)).into_response();
    }
    match utoipa_swagger_ui::serve(file, Arc::clone(&CONFIG)) {
        Ok(Some(file)) => {
            let headers = [
                (header::CONTENT_TYPE, file.content_type),
                (header::CONTENT_SECURITY_POLICY, DOCS_POLICY.into()),
            ];
            (headers, file.bytes.into_owned()).into_response()
        }
        Ok(None) => Problem::not_found("file").into_response(),
        Err(error) => {
            tracing::error!(%error, "the API page is broken");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
