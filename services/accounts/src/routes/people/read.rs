use axum::{extract::State, http::HeaderName};
use kernel::PersonId;
use wire::{Fault, Json, Never, Path, Problem, Signed, etag};

use super::ListedPerson;
use crate::{App, db};

/// One person.
#[utoipa::path(
    get, path = "/v1/accounts/people/{person}", tag = "accounts", operation_id = "person",
    params(("person" = PersonId, Path)),
    responses(
        (status = OK, body = ListedPerson, headers(("ETag" = String))),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn person(
    _: Signed,
    State(app): State<App>,
    Path(person): Path<PersonId>,
) -> Result<([(HeaderName, String); 1], Json<ListedPerson>), Fault<Never>> {
    let row = db::person(&app.db, person).await?;
    let row = row.ok_or_else(|| Problem::not_found("person"))?;
    Ok((etag(row.version), Json(row.into())))
}
