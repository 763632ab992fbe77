//! The asker's passkeys.

use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App, audit,
    db::{
        self,
        passkey::{PasskeyId, PasskeyRow},
    },
    profile,
    second_factor::{self, FactorRefusal},
};

/// A passkey, as its person knows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PasskeyView {
    #[schema(value_type = String, format = Uuid)]
    id: PasskeyId,
    name: String,
    created_at: Timestamp,
    /// When someone last signed in with it; absent where nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    used_at: Option<Timestamp>,
}

impl From<PasskeyRow> for PasskeyView {
    fn from(row: PasskeyRow) -> Self {
        Self { id: row.id, created_at: row.created_at(), used_at: row.used_at(), name: row.name }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PasskeyList {
    items: Vec<PasskeyView>,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    #[garde(length(chars, min = 1, max = 60), custom(profile::name))]
    #[schema(min_length = 1, max_length = 60, example = "My phone")]
    name: String,
}

/// The asker's passkeys, oldest first; there are twenty at most. Any signed-in person, their own
/// only.
#[utoipa::path(
    get, path = "/v1/accounts/me/passkeys", tag = "accounts", operation_id = "passkeys",
    responses(
        (status = OK, body = PasskeyList),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn passkeys(
    actor: Signed,
    State(app): State<App>,
) -> Result<Json<PasskeyList>, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    let rows = db::passkey::of(&mut tx, actor.person).await?;
    tx.commit().await?;
    Ok(Json(PasskeyList { items: rows.into_iter().map(PasskeyView::from).collect() }))
}

/// Gives one of the asker's passkeys another name. Any signed-in person, their own only.
#[utoipa::path(
    patch, path = "/v1/accounts/me/passkeys/{passkey}", tag = "accounts",
    operation_id = "rename_passkey", request_body = PasskeyName,
    params(("passkey" = String, Path, format = Uuid)),
    responses(
        (status = OK, body = PasskeyView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn rename_passkey(
    actor: Signed,
    Path(passkey): Path<PasskeyId>,
    State(app): State<App>,
    Json(input): Json<PasskeyName>,
) -> Result<Json<PasskeyView>, Fault<Never>> {
    let mut tx = app.db.begin().await?;
    db::lock_person(&mut tx, actor.person).await?.ok_or_else(crate::routes::gone)?;
    let row = db::passkey::rename(&mut tx, actor.person, passkey, input.name.trim()).await?;
    let row = row.ok_or_else(|| Problem::not_found("passkey"))?;
    tx.commit().await?;
    Ok(Json(row.into()))
}

/// Removes one of the asker's passkeys. Any signed-in person, their own only, in a session that
/// began with a second factor within 15 minutes.
#[utoipa::path(
    delete, path = "/v1/accounts/me/passkeys/{passkey}", tag = "accounts",
    operation_id = "remove_passkey",
    params(("passkey" = String, Path, format = Uuid)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove_passkey(
    actor: Signed,
    Path(passkey): Path<PasskeyId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<FactorRefusal>> {
    let mut tx = app.db.begin().await?;
    let (row, _) = second_factor::lock_to_give_up(&app, &mut tx, &actor).await?;
    if !db::passkey::delete(&mut tx, row.id, passkey).await? {
        return Err(Problem::not_found("passkey").into());
    }
    second_factor::after_removal(&app, &mut tx, &row).await?;
    let facts = json!({ "passkey": passkey });
    audit::note(&app, &mut tx, &actor, ("passkey_removed", Some(row.id)), facts).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
