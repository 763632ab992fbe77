use axum::{extract::State, http::HeaderName};
use kernel::AddressId;
use wire::{Fault, IfMatch, Json, Never, Path, Problem, Signed, etag};

use super::{Address, AddressInput};
use crate::{App, db, routes::gone};

/// Replaces one of the asker's addresses; orders that go there keep the old one. `If-Match` may be left out.
#[utoipa::path(
    put, path = "/v1/accounts/addresses/{address}", tag = "accounts",
    operation_id = "change_address",
    params(
        ("address" = AddressId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = AddressInput,
    responses(
        (status = OK, body = Address, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn change_address(
    actor: Signed,
    Path(address): Path<AddressId>,
    read: Option<IfMatch>,
    State(app): State<App>,
    Json(input): Json<AddressInput>,
) -> Result<([(HeaderName, String); 1], Json<Address>), Fault<Never>> {
    let person = actor.person;
    let mut tx = app.db.begin().await?;
    db::lock_person(&mut tx, person).await?.ok_or_else(gone)?;
    let version = db::address::version(&mut tx, person, address).await?;
    let version = version.ok_or_else(|| Problem::not_found("address"))?;
    if read.is_some_and(|IfMatch(read)| read != version) {
        return Err(Problem::stale("address").into());
    }
    if input.is_default {
        db::address::only_default(&mut tx, person, address).await?;
    }
    let row = db::address::update(&mut tx, person, address, &input.as_new()).await?;
    tx.commit().await?;
    Ok((etag(row.version), Json(row.into())))
}
