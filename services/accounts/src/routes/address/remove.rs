use axum::{extract::State, http::StatusCode};
use kernel::AddressId;
use wire::{Fault, Never, Path, Problem, Signed};

use crate::{App, db};

/// Removes one of the asker's addresses.
#[utoipa::path(
    delete, path = "/v1/accounts/addresses/{address}", tag = "accounts",
    operation_id = "remove_address",
    params(("address" = AddressId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove_address(
    actor: Signed,
    Path(address): Path<AddressId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    if db::address::delete(&app.db, actor.person, address).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("address").into())
}
