use std::time::Duration;

use axum::{Router, http::StatusCode, routing};
use wire::{House, Problem};

use crate::Context;

/// How long a database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /internal/<service>/ready`: whether the service reaches its database, is not about to end
/// and, where it takes tokens, knows whose hold. For the gateway, and for whoever calls it.
pub(crate) fn route(context: &Context, takes_tokens: bool) -> Router {
    let (path, db) = (format!("/internal/{}/ready", context.name), context.db.clone());
    let (verifier, leaving) = (context.verifier.clone(), context.leaving.clone());
    let answer = move |_: House| async move {
        if leaving.is_cancelled() {
            return Err(Problem::leaving());
        }
        if takes_tokens && !verifier.hears() {
            return Err(Problem::unavailable("accounts"));
        }
        match tokio::time::timeout(PATIENCE, store::reach(&db)).await {
            Ok(Ok(())) => Ok(StatusCode::NO_CONTENT),
            _ => Err(Problem::unavailable("database")),
        }
    };
    Router::new().route(&path, routing::get(answer))
}
