mod all;
mod data;
mod mine;
mod retry;

use axum::{Router, routing};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    Pending,
    Sending,
    /// Surely not sent; it will be tried again.
    Failed,
    Sent,
    /// Surely not sent, given up.
    Dead,
    /// Nobody knows whether it went out; it is not sent again.
    Unknown,
}

impl MessageState {
    const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Failed => "failed",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Unknown => "unknown",
        }
    }
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(mine::my_messages))
        .routes(routes!(all::all_messages))
        .routes(routes!(retry::retry_message))
}

/// The public operations, and what the house asks.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/notifications/people/{person}/data", routing::get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "What people have been told, and what is still to be told.";
    host::open_api("Tipple notifications", about, crate::access::ACCESS, routes().into_openapi())
}
