//! Everything that the house has of one person, for that person.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde_json::{Map, Value};
use wire::{CallError, Fault, Never, Problem, Signed};

use crate::App;

/// Who keeps nothing of anybody: a stand-in for a provider, which has accounts of its own.
const STAND_IN: &str = "sandbox";

/// Gives everything that every service has of the asker, by service, a few
/// times a minute. Nothing is left out: where a service does not answer
/// the answer is 503 and names it.
#[utoipa::path(
    get, path = "/v1/accounts/me/export", tag = "accounts", operation_id = "export_me",
    responses(
        (status = OK, body = Value, description = "By service: tables and their rows"),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn export_me(
    actor: Signed,
    State(app): State<App>,
) -> Result<impl IntoResponse, Fault<Never>> {
    app.limits.count_export(actor.person).await?;
    let mut all = Map::new();
    // One after the other: the whole house is asked, and no more than one part of it waits.
    for (service, neighbour) in app.upstreams.iter().filter(|(name, _)| **name != STAND_IN) {
        let Some(client) = &neighbour.client else {
            return Err(Problem::unavailable(service).into());
        };
        let path = format!("/internal/{service}/people/{}/data", actor.person);
        let data = client.get::<Value, Never>(&path).await.map_err(|error| match error {
            CallError::Refused(never) => match never {},
            CallError::Unavailable(service) => Problem::unavailable(service),
        })?;
        all.insert((*service).to_owned(), data);
    }
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""),
    ];
    Ok((headers, Json(Value::Object(all))))
}
