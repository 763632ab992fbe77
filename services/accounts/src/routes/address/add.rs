use axum::{
    extract::State,
    http::{HeaderName, StatusCode},
};
use kernel::AddressId;
use wire::{Fault, Json, Problem, Signed, etag};

use super::{Address, AddressInput, AddressRefusal, MOST};
use crate::{App, db, routes::gone};

type Answer = (StatusCode, [(HeaderName, String); 1], Json<Address>);

/// Adds an address to the asker's own.
#[utoipa::path(
    post, path = "/v1/accounts/addresses", tag = "accounts", operation_id = "add_address",
    request_body = AddressInput,
    responses(
        (status = CREATED, body = Address, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn add_address(
    actor: Signed,
    State(app): State<App>,
    Json(input): Json<AddressInput>,
) -> Result<Answer, Fault<AddressRefusal>> {
    let (person, id) = (actor.person, AddressId::new());
    let mut new = input.as_new();
    let mut tx = app.db.begin().await?;
    db::lock_person(&mut tx, person).await?.ok_or_else(gone)?;
    let count = db::address::count(&mut tx, person).await?;
    if count >= MOST {
        return Err(AddressRefusal::TooManyAddresses { most: MOST }.into());
    }
    new.is_default |= count == 0;
    if new.is_default {
        db::address::only_default(&mut tx, person, id).await?;
    }
    let row = db::address::insert(&mut tx, person, id, &new, app.clock.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, etag(row.version), Json(row.into())))
}
