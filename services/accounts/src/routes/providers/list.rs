use axum::extract::State;
use serde::Serialize;
use wire::{Json, Problem};

use crate::App;

/// The providers that people can sign in at.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProviderList {
    items: Vec<ListedProvider>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ListedProvider {
    /// As it is in addresses.
    #[schema(example = "google")]
    provider: String,
    /// As people know it.
    #[schema(example = "Google")]
    display_name: String,
}

/// The providers that people can sign in at, by name.
#[utoipa::path(
    get, path = "/v1/accounts/providers", tag = "accounts", operation_id = "providers",
    responses(
        (status = OK, body = ProviderList),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn providers(State(app): State<App>) -> Json<ProviderList> {
    let items = app.providers.all().map(|provider| ListedProvider {
        provider: provider.name.clone(),
        display_name: provider.display_name.clone(),
    });
    Json(ProviderList { items: items.collect() })
}
