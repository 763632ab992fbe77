use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use wire::{Fault, Json, Never, Problem, Signed};

use crate::{App, db::provider};

/// All of them: no more than one of each provider.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IdentityList {
    items: Vec<LinkedIdentity>,
}

/// Who the asker is at a provider.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LinkedIdentity {
    #[schema(example = "google")]
    provider: String,
    /// As the provider told it last.
    email: Option<String>,
    linked_at: Timestamp,
    used_at: Timestamp,
}

/// The providers that the asker can sign in at. Any signed-in person, their own only.
#[utoipa::path(
    get, path = "/v1/accounts/me/identities", tag = "accounts", operation_id = "identities",
    responses(
        (status = OK, body = IdentityList),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn identities(
    actor: Signed,
    State(app): State<App>,
) -> Result<Json<IdentityList>, Fault<Never>> {
    let rows = provider::of_person(&app.db, actor.person).await?;
    let items = rows.into_iter().map(|row| LinkedIdentity {
        linked_at: row.linked_at(),
        used_at: row.used_at(),
        provider: row.provider,
        email: row.email,
    });
    Ok(Json(IdentityList { items: items.collect() }))
}
